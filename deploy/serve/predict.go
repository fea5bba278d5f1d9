package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"mime"
	"net/http"

	"anneal/deploy/predict"
	"anneal/internal/answer"
)

var errBusy = errors.New("too many requests at once, try again")

// prediction is the answer to a request.
type prediction struct {
	Digit         int       `json:"digit"`
	Probabilities []float64 `json:"probabilities"`
	Pixels        []int     `json:"pixels,omitempty"` // what the network saw of a picture
}

// decoder makes an image of a request's body.
type decoder func(ctx context.Context, body []byte) (*predict.Image, error)

func (s *Service) predict(w http.ResponseWriter, r *http.Request) {
	if !s.requests.TryAcquire(1) {
		answer.Error(w, http.StatusServiceUnavailable, errBusy)
		return
	}
	defer s.requests.Release(1)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	decode, known := map[string]decoder{
		"image/png": s.picture, "image/jpeg": s.picture, "image/gif": s.picture, "application/json": pixels,
	}[kind]
	if !known {
		answer.Error(w, http.StatusUnsupportedMediaType, fmt.Errorf(
			"content type %q: want image/png, image/jpeg, image/gif or application/json", r.Header.Get("Content-Type")))
		return
	}
	img, status, err := s.read(w, r, decode)
	if err != nil {
		answer.Error(w, status, err)
		return
	}
	p, err := s.batches.ask(r.Context(), img)
	switch {
	case errors.Is(err, errClosed):
		answer.Error(w, http.StatusServiceUnavailable, err)
		return
	case err != nil:
		answer.Error(w, http.StatusInternalServerError, err)
		return
	}
	result := prediction{Digit: p.Class, Probabilities: p.Probabilities}
	if kind != "application/json" {
		for _, v := range img {
			result.Pixels = append(result.Pixels, int(v))
		}
	}
	answer.JSON(w, http.StatusOK, result)
}

// read reads the body and decodes it to an image. An error comes with its status.
func (s *Service) read(
	w http.ResponseWriter, r *http.Request, decode decoder,
) (img *predict.Image, status int, err error) {
	size := r.ContentLength
	if size > maxBody {
		return nil, http.StatusRequestEntityTooLarge, fmt.Errorf("body of %d bytes, want at most %d", size, maxBody)
	}
	if size < 0 {
		size = maxBody // not known in advance
	}
	if !s.bodies.TryAcquire(size) {
		return nil, http.StatusServiceUnavailable, errBusy
	}
	defer s.bodies.Release(size)
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, http.StatusRequestEntityTooLarge, fmt.Errorf("body of more than %d bytes", maxBody)
	}
	if err != nil {
		return nil, http.StatusBadRequest, fmt.Errorf("body: %w", err)
	}
	img, err = decode(r.Context(), body)
	switch {
	case errors.Is(err, predict.ErrBlank):
		return nil, http.StatusUnprocessableEntity, err
	case err != nil:
		return nil, http.StatusBadRequest, err
	}
	return img, http.StatusOK, nil
}

// picture returns the digit on a PNG, JPEG or GIF picture. It waits while other pictures hold too many pixels.
func (s *Service) picture(ctx context.Context, body []byte) (*predict.Image, error) {
	config, _, _ := image.DecodeConfig(bytes.NewReader(body)) // Decode will say what is wrong
	n := min(int64(config.Width)*int64(config.Height), maxPixels)
	if err := s.pixels.Acquire(ctx, n); err != nil {
		return nil, err
	}
	defer s.pixels.Release(n)
	img, err := predict.Decode(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return predict.Digit(img)
}

// pixels returns the image that a JSON body spells pixel by pixel.
func pixels(_ context.Context, body []byte) (*predict.Image, error) {
	var in struct {
		Pixels []*float64 `json:"pixels"` // a null, which is what JavaScript makes of NaN, would be 0 in a plain number
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(&in)
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) {
		return nil, fmt.Errorf(`JSON: got %s at byte %d, want {"pixels": [%d numbers]}`,
			other.Value, other.Offset, len(predict.Image{}))
	}
	if err != nil {
		return nil, fmt.Errorf("JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("JSON: want one object and nothing after it")
	}
	img := new(predict.Image)
	if len(in.Pixels) != len(img) {
		return nil, fmt.Errorf("pixels: got %d, want %d", len(in.Pixels), len(img))
	}
	for i, v := range in.Pixels {
		if v == nil {
			return nil, fmt.Errorf("pixel %d: got null, want 0 to 255", i)
		}
		if !(*v >= 0 && *v <= 255) {
			return nil, fmt.Errorf("pixel %d: got %g, want 0 to 255", i, *v)
		}
		img[i] = byte(math.Round(*v))
	}
	return img, nil
}
