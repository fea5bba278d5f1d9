package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"anneal/internal/answer"
	"anneal/runs"
)

// maxBody is the largest body of a request, in bytes.
const maxBody = 1 << 10

// control passes a command on to the run.
func (s *Service) control(w http.ResponseWriter, r *http.Request) {
	if err := s.token.Check(r); err != nil {
		answer.Error(w, http.StatusForbidden, err)
		return
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		answer.Error(w, http.StatusUnsupportedMediaType,
			fmt.Errorf("content type %q: want application/json", r.Header.Get("Content-Type")))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		answer.Error(w, http.StatusRequestEntityTooLarge,
			fmt.Errorf("body of more than %d bytes, want at most that", maxBody))
		return
	case err != nil:
		answer.Error(w, http.StatusBadRequest, fmt.Errorf("body: %w", err))
		return
	}
	c, err := parse(body)
	if err != nil {
		answer.Error(w, http.StatusBadRequest, err)
		return
	}
	if err := s.pass(c); err != nil {
		answer.Error(w, http.StatusConflict, err)
		return
	}
	answer.JSON(w, http.StatusAccepted, map[string]runs.Action{"accepted": c.Action})
}

// parse reads a command.
func parse(body []byte) (runs.Command, error) {
	var in struct {
		Action runs.Action `json:"action"`
		LR     *float64    `json:"lr"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(&in)
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) {
		return runs.Command{}, fmt.Errorf(`JSON: %s: got %s, want as in {"action": "rate", "lr": 0.01}`,
			other.Field, other.Value)
	}
	if err != nil {
		return runs.Command{}, fmt.Errorf("JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return runs.Command{}, errors.New("JSON: want one object and nothing after it")
	}
	c := runs.Command{Action: in.Action}
	if in.LR != nil {
		c.LR = *in.LR
	}
	if err := c.Validate(); err != nil {
		return runs.Command{}, err
	}
	if in.LR != nil && c.Action != runs.SetRate {
		return runs.Command{}, fmt.Errorf("%s with lr %g: want lr with %q only", c.Action, c.LR, runs.SetRate)
	}
	return c, nil
}

// pass passes a command to the run, unless the run is over or has too many already.
func (s *Service) pass(c runs.Command) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.history.state.State == over {
		return errors.New("the run is over")
	}
	select {
	case s.commands <- c:
		return nil
	default:
		return fmt.Errorf("%d commands wait already for the end of a step or of an evaluation: try again then", maxCommands)
	}
}
