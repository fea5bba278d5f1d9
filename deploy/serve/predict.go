package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"

	"anneal/deploy/predict"
	"anneal/internal/answer"
	"anneal/runs"
)

var errBusy = errors.New("too many requests at once, try again")

// prediction is the answer to a request.
type prediction struct {
	Digit         int       `json:"digit"`
	Probabilities []float64 `json:"probabilities"`
	Pixels        []int     `json:"pixels,omitempty"` // what the network saw of a picture, [C, H, W]
}

// namedPrediction is the answer of a network whose classes have names.
type namedPrediction struct {
	Class         int       `json:"class"`
	Name          string    `json:"name"`
	Probabilities []float64 `json:"probabilities"`
	Pixels        []int     `json:"pixels,omitempty"`
}

func (s *Service) predict(w http.ResponseWriter, r *http.Request) {
	if !s.requests.TryAcquire(1) {
		answer.Error(w, http.StatusServiceUnavailable, errBusy)
		return
	}
	defer s.requests.Release(1)
	decode, err := s.decoder(r.Header.Get("Content-Type"))
	if err != nil {
		answer.Error(w, http.StatusUnsupportedMediaType, err)
		return
	}
	asked, status, err := s.read(w, r, decode)
	if err != nil {
		answer.Error(w, status, err)
		return
	}
	p, err := s.batches.ask(r.Context(), asked.pixels)
	switch {
	case errors.Is(err, errClosed):
		answer.Error(w, http.StatusServiceUnavailable, err)
		return
	case err != nil:
		answer.Error(w, http.StatusInternalServerError, err)
		return
	}
	var seen []int
	if asked.picture {
		for _, v := range asked.pixels {
			seen = append(seen, int(v))
		}
	}
	if runs.HasNames(s.network.Options().ClassNames) {
		answer.JSON(w, http.StatusOK, namedPrediction{p.Class, p.Name, p.Probabilities, seen})
		return
	}
	answer.JSON(w, http.StatusOK, prediction{p.Class, p.Probabilities, seen})
}

// read reads the body and decodes it. An error comes with its status.
func (s *Service) read(
	w http.ResponseWriter, r *http.Request, decode decoder,
) (asked sample, status int, err error) {
	size := r.ContentLength
	if size > maxBody {
		return sample{}, http.StatusRequestEntityTooLarge, fmt.Errorf("body of %d bytes, want at most %d", size, maxBody)
	}
	if size < 0 {
		size = maxBody // not known in advance
	}
	if !s.bodies.TryAcquire(size) {
		return sample{}, http.StatusServiceUnavailable, errBusy
	}
	defer s.bodies.Release(size)
	var body bytes.Buffer
	body.Grow(int(size) + bytes.MinRead) // the memory that was acquired, at once: reading needs no more
	_, err = body.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return sample{}, http.StatusRequestEntityTooLarge, fmt.Errorf("body of more than %d bytes", maxBody)
	}
	if err != nil {
		return sample{}, http.StatusBadRequest, fmt.Errorf("body: %w", err)
	}
	asked, err = decode(r.Context(), body.Bytes())
	switch {
	case errors.Is(err, predict.ErrBlank):
		return sample{}, http.StatusUnprocessableEntity, err
	case err != nil:
		return sample{}, http.StatusBadRequest, err
	}
	return asked, http.StatusOK, nil
}

// picture returns what the network sees of a picture. It waits while other pictures hold too many
// pixels.
func (s *Service) picture(ctx context.Context, body []byte) (sample, error) {
	width, height, err := predict.Measure(body)
	if err != nil {
		return sample{}, err
	}
	n := int64(width) * int64(height)
	if max(width, height) > maxPixels || n > maxPixels {
		return sample{}, fmt.Errorf("picture of %d×%d pixels, want at most %d pixels", width, height, maxPixels)
	}
	if err := s.pixels.Acquire(ctx, n); err != nil {
		return sample{}, err
	}
	defer s.pixels.Release(n)
	img, err := predict.DecodeContext(ctx, bytes.NewReader(body))
	if err != nil {
		return sample{}, err
	}
	pixels, err := s.network.Pixels(img)
	return sample{pixels, true}, err
}

// spelled returns the sample that a JSON body spells pixel by pixel.
func (s *Service) spelled(_ context.Context, body []byte) (sample, error) {
	shape := s.network.Options().Shape
	size := shape[0] * shape[1] * shape[2]
	var in struct {
		Pixels []*float64 `json:"pixels"` // a null, which is what JavaScript makes of NaN, would be 0 in a plain number
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(&in)
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) {
		return sample{}, fmt.Errorf(`JSON: got %s at byte %d, want {"pixels": [%d numbers]}`,
			other.Value, other.Offset, size)
	}
	if err != nil {
		return sample{}, fmt.Errorf("JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return sample{}, errors.New("JSON: want one object and nothing after it")
	}
	if len(in.Pixels) != size {
		return sample{}, fmt.Errorf("pixels: got %d, want %d", len(in.Pixels), size)
	}
	pixels := make([]byte, size)
	for i, v := range in.Pixels {
		if v == nil {
			return sample{}, fmt.Errorf("pixel %d: got null, want 0 to 255", i)
		}
		if !(*v >= 0 && *v <= 255) {
			return sample{}, fmt.Errorf("pixel %d: got %g, want 0 to 255", i, *v)
		}
		pixels[i] = byte(math.Round(*v))
	}
	return sample{pixels, false}, nil
}
