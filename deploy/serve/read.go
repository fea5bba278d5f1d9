package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"anneal/deploy/predict"
	"anneal/internal/guard"
)

// read reads the body and decodes it, when there is room for its samples, which is held. An error comes with its
// status.
func (s *Service) read(
	w http.ResponseWriter, r *http.Request, decode decoder,
) (a asked, status int, err error) {
	if r.ContentLength > maxBody {
		return asked{}, http.StatusRequestEntityTooLarge,
			fmt.Errorf("body of %d bytes, want at most %d", r.ContentLength, maxBody)
	}
	ctx, client := r.Context(), guard.Client(r.Context())
	most := maxBody
	if r.ContentLength >= 0 {
		most = int(r.ContentLength)
	}
	body, held, err := s.body(client, http.MaxBytesReader(w, r.Body, maxBody), most)
	defer func() { s.bodies.Release(client, held) }()
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return asked{}, http.StatusRequestEntityTooLarge, fmt.Errorf("body of more than %d bytes", maxBody)
	case errors.Is(err, errBusy):
		return asked{}, http.StatusServiceUnavailable, err
	case err != nil:
		return asked{}, http.StatusBadRequest, fmt.Errorf("body: %w", err)
	}
	room := s.room(body)
	if err := s.numbers.Acquire(ctx, client, room); err != nil {
		return asked{}, http.StatusServiceUnavailable, err
	}
	a, err = decode(ctx, body)
	a.held = room
	switch {
	case errors.Is(err, predict.ErrBlank):
		return a, http.StatusUnprocessableEntity, err
	case errors.Is(err, predict.ErrTooMany):
		return a, http.StatusRequestEntityTooLarge, err
	case err != nil && ctx.Err() != nil:
		return a, http.StatusServiceUnavailable, err
	case err != nil:
		return a, http.StatusBadRequest, err
	}
	return a, http.StatusOK, nil
}

// body reads all of r, at most most bytes. It takes the memory from the budget as the bytes come, not as they are
// announced, and returns how much it holds.
func (s *Service) body(client string, r io.Reader, most int) (body []byte, held int64, err error) {
	for {
		if len(body) == cap(body) {
			size := min(max(4*cap(body), 16<<10), most+1) // one more, to see the end
			if !s.bodies.TryAcquire(client, int64(size)) {
				return nil, held, errBusy
			}
			body = append(make([]byte, 0, size), body...)
			s.bodies.Release(client, held)
			held = int64(size)
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			return body, held, nil
		}
		if err != nil {
			return nil, held, err
		}
	}
}

// room returns how many numbers the samples of a body may have: those of one sample if it is an object or a picture. A
// sample that has more than a client may hold counts as that.
func (s *Service) room(body []byte) int64 {
	samples, body := s.most(), bytes.TrimSpace(body)
	list := s.network.Options().Input() == predict.Table ||
		bytes.HasPrefix(body, []byte("[")) || bytes.HasPrefix(body, []byte("--")) // JSON, a form
	if !list || bytes.HasPrefix(body, []byte("{")) {
		samples = 1
	}
	return int64(min(samples*s.size(), maxNumbers))
}
