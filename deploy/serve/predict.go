package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"anneal/deploy/predict"
	"anneal/internal/answer"
)

var errBusy = errors.New("too many requests at once, try again")

// prediction is the answer about a sample.
type prediction struct {
	predict.Answer
	Pixels []int `json:"pixels,omitempty"` // what the network saw of a picture, [C, H, W]
}

func (s *Service) predict(w http.ResponseWriter, r *http.Request) {
	if !s.requests.TryAcquire(1) {
		answer.Error(w, http.StatusServiceUnavailable, errBusy)
		return
	}
	defer s.requests.Release(1)
	options := s.network.Options()
	output, err := options.Output(predict.Output(r.URL.Query().Get("output")))
	if err != nil {
		answer.Error(w, http.StatusBadRequest, forClients(err))
		return
	}
	decode, err := s.decoder(r.Header.Get("Content-Type"))
	if err != nil {
		answer.Error(w, http.StatusUnsupportedMediaType, err)
		return
	}
	asked, status, err := s.read(w, r, decode)
	defer func() { s.numbers.Release(asked.held) }()
	if err != nil {
		answer.Error(w, status, forClients(err))
		return
	}
	predictions, err := s.batches.ask(r.Context(), asked.samples)
	switch {
	case errors.Is(err, errClosed):
		answer.Error(w, http.StatusServiceUnavailable, err)
		return
	case err != nil:
		answer.Error(w, http.StatusInternalServerError, forClients(err))
		return
	}
	var all []prediction
	for _, p := range predictions {
		all = append(all, prediction{Answer: options.Present(p, output)})
	}
	if asked.list {
		answer.JSON(w, http.StatusOK, all)
		return
	}
	for _, v := range asked.pixels {
		all[0].Pixels = append(all[0].Pixels, int(v))
	}
	answer.JSON(w, http.StatusOK, all[0])
}

// forClients returns err without the name of package predict.
func forClients(err error) error {
	return errors.New(strings.ReplaceAll(err.Error(), "predict: ", ""))
}

// read reads the body and decodes it, when there is room for its samples, which is held. An error comes with its
// status.
func (s *Service) read(
	w http.ResponseWriter, r *http.Request, decode decoder,
) (a asked, status int, err error) {
	size := r.ContentLength
	if size > maxBody {
		return asked{}, http.StatusRequestEntityTooLarge, fmt.Errorf("body of %d bytes, want at most %d", size, maxBody)
	}
	if size < 0 {
		size = maxBody // not known in advance
	}
	if !s.bodies.TryAcquire(size) {
		return asked{}, http.StatusServiceUnavailable, errBusy
	}
	defer s.bodies.Release(size)
	var body bytes.Buffer
	body.Grow(int(size) + bytes.MinRead) // the memory that was acquired, at once: reading needs no more
	_, err = body.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return asked{}, http.StatusRequestEntityTooLarge, fmt.Errorf("body of more than %d bytes", maxBody)
	}
	if err != nil {
		return asked{}, http.StatusBadRequest, fmt.Errorf("body: %w", err)
	}
	room := s.room(body.Bytes())
	if err := s.numbers.Acquire(r.Context(), room); err != nil {
		return asked{}, http.StatusServiceUnavailable, err
	}
	a, err = decode(r.Context(), body.Bytes())
	a.held = room
	switch {
	case errors.Is(err, predict.ErrBlank):
		return a, http.StatusUnprocessableEntity, err
	case errors.Is(err, predict.ErrTooMany):
		return a, http.StatusRequestEntityTooLarge, err
	case errors.Is(err, context.Canceled):
		return a, http.StatusServiceUnavailable, err
	case err != nil:
		return a, http.StatusBadRequest, err
	}
	return a, http.StatusOK, nil
}

// room returns how many numbers the samples of a body may have: those of one sample if it is an object or a picture.
func (s *Service) room(body []byte) int64 {
	samples, body := s.most(), bytes.TrimSpace(body)
	list := s.network.Options().Input() == predict.Table ||
		bytes.HasPrefix(body, []byte("[")) || bytes.HasPrefix(body, []byte("--")) // JSON, a form
	if !list || bytes.HasPrefix(body, []byte("{")) {
		samples = 1
	}
	return int64(min(samples*s.size(), totalNumbers))
}
