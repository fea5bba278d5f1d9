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
	client := guard.Client(r.Context())
	if !s.requests.TryAcquire(client, 1) {
		answer.Error(w, http.StatusServiceUnavailable, errBusy)
		return
	}
	defer s.requests.Release(client, 1)
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
	defer func() { s.numbers.Release(client, asked.held) }()
	if err != nil {
		answer.Error(w, status, forClients(err))
		return
	}
	predictions, err := s.batches.ask(r.Context(), asked.samples)
	switch {
	case errors.Is(err, errClosed), err != nil && r.Context().Err() != nil:
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
