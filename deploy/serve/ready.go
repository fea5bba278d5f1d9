package serve

import (
	"errors"
	"fmt"
	"net/http"

	"anneal/deploy/predict"
	"anneal/internal/answer"
)

var errLoading = errors.New("the network is being loaded, try again")

// Network is a network with what is known about it.
type Network struct {
	*predict.Predictor
	Card *Card // nil: nothing beyond what the Predictor knows
}

// named is a network with its name.
type named struct {
	network
	name string
}

// Open gives a Waiting service its network, and further ones that /activations shows beside it. It is an error if one
// of them takes other samples. Open must be called once.
func (s *Service) Open(n Network, beside ...Network) error {
	for _, other := range beside {
		if err := n.SameSamples(other.Predictor); err != nil {
			return fmt.Errorf("serve: %s beside %s: %w", other.Card.name(), n.Card.name(), err)
		}
	}
	s.open(n.Predictor, n.Card, beside...)
	return nil
}

func (s *Service) open(n network, card *Card, beside ...Network) {
	s.network, s.card, s.networks = n, card, []named{{n, card.name()}}
	for _, other := range beside {
		s.networks = append(s.networks, named{other.Predictor, other.Card.name()})
	}
	s.loaded.Store(true)
}

// answer is the network's Answer.
func (s *Service) answer(samples ...[]float32) ([]predict.Prediction, error) {
	return s.network.Answer(samples...)
}

// opened returns h for when the network is there. It answers requests that come earlier with status 503.
func (s *Service) opened(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.loaded.Load() {
			answer.Error(w, http.StatusServiceUnavailable, errLoading)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// health says that the service is there.
func health(w http.ResponseWriter, _ *http.Request) {
	answer.JSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readiness says whether requests to /predict are answered, so that a balancer sends them elsewhere if not.
func (s *Service) readiness(w http.ResponseWriter, _ *http.Request) {
	text, status := "ready", http.StatusServiceUnavailable
	switch {
	case s.ending.Load():
		text = "shutting down"
	case !s.loaded.Load():
		text = "loading"
	default:
		status = http.StatusOK
	}
	if status != http.StatusOK {
		w.Header().Set("Retry-After", "1")
	}
	answer.JSON(w, status, map[string]string{"status": text})
}
