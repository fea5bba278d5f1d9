package serve

import (
	"errors"
	"net/http"
	"strings"

	"anneal/deploy/predict"
	"anneal/internal/answer"
	"anneal/internal/guard"
)

var errBusy = errors.New("too many requests at once, try again")

// prediction is the answer about a sample.
type prediction struct {
	predict.Answer
	Pixels []int `json:"pixels,omitempty"` // what the network saw of a picture, [C, H, W]
}

func (s *Service) predict(w http.ResponseWriter, r *http.Request) {
	asked, output, free := s.take(w, r)
	defer free()
	if asked == nil {
		return
	}
	predictions, err := s.batches.ask(r.Context(), asked.samples)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	options := s.network.Options()
	var all []prediction
	for _, p := range predictions {
		all = append(all, prediction{Answer: options.Present(p, output)})
	}
	if asked.list {
		answer.JSON(w, http.StatusOK, all)
		return
	}
	all[0].show(asked.pixels)
	answer.JSON(w, http.StatusOK, all[0])
}

// show sets what the network saw of a picture.
func (p *prediction) show(pixels []byte) {
	for _, v := range pixels {
		p.Pixels = append(p.Pixels, int(v))
	}
}

// take reads what a request asks about, and which output. If that is nil, take has answered. free gives back what the
// request holds.
func (s *Service) take(w http.ResponseWriter, r *http.Request) (a *asked, output predict.Output, free func()) {
	client := guard.Client(r.Context())
	if !s.requests.TryAcquire(client, 1) {
		answer.Error(w, http.StatusServiceUnavailable, errBusy)
		return nil, "", func() {}
	}
	free = func() { s.requests.Release(client, 1) }
	output, err := s.network.Options().Output(predict.Output(r.URL.Query().Get("output")))
	if err != nil {
		answer.Error(w, http.StatusBadRequest, forClients(err))
		return nil, "", free
	}
	decode, err := s.decoder(r.Header.Get("Content-Type"))
	if err != nil {
		answer.Error(w, http.StatusUnsupportedMediaType, err)
		return nil, "", free
	}
	read, status, err := s.read(w, r, decode)
	free = func() {
		s.numbers.Release(client, read.held)
		s.requests.Release(client, 1)
	}
	if err != nil {
		answer.Error(w, status, forClients(err))
		return nil, "", free
	}
	return &read, output, free
}

// fail answers a request that the network has not answered.
func (s *Service) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errClosed) || r.Context().Err() != nil {
		answer.Error(w, http.StatusServiceUnavailable, err)
		return
	}
	answer.Error(w, http.StatusInternalServerError, forClients(err))
}

// forClients returns err without the name of package predict.
func forClients(err error) error {
	return errors.New(strings.ReplaceAll(err.Error(), "predict: ", ""))
}
