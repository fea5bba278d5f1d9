package serve

import (
	"fmt"
	"net/http"

	"anneal/deploy/predict"
	"anneal/internal/answer"
	"anneal/internal/guard"
)

// activations is the answer to /activations.
type activations struct {
	Networks []insight `json:"networks"` // the network, then those beside it
}

// insight is what a network computes for a sample.
type insight struct {
	Network    string     `json:"network,omitempty"` // its name
	Prediction prediction `json:"prediction"`
	Layers     []layer    `json:"layers"`             // each after those whose results it takes
	LeftOut    int        `json:"left_out,omitempty"` // layers after these
}

// activations answers with what the layers of all networks compute for one sample. It needs them only while no question
// waits for the network.
func (s *Service) activations(w http.ResponseWriter, r *http.Request) {
	client := guard.Client(r.Context())
	if !s.inside.TryAcquire(client, 1) {
		answer.Error(w, http.StatusServiceUnavailable, errBusy)
		return
	}
	defer s.inside.Release(client, 1)
	asked, output, free := s.take(w, r)
	defer free()
	switch {
	case asked == nil:
		return
	case len(asked.samples) != 1:
		err := fmt.Errorf("got %d samples, want one: /activations looks at one at a time", len(asked.samples))
		answer.Error(w, http.StatusBadRequest, err)
		return
	}
	var all activations
	var failed error
	err := s.batches.aside(r.Context(), func() { all, failed = s.look(asked.samples[0], output) })
	if err == nil {
		err = failed
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	all.Networks[0].Prediction.show(asked.pixels)
	answer.JSON(w, http.StatusOK, all)
}

// look returns what the layers of all networks compute for a sample.
func (s *Service) look(x []float32, output predict.Output) (all activations, err error) {
	for _, n := range s.networks {
		one := insight{Network: n.name}
		p, err := n.Inside(x, func(list []predict.Activation) { one.Layers, one.LeftOut = layersOf(list) })
		if err != nil {
			return activations{}, err
		}
		one.Prediction.Answer = n.Options().Present(p, output)
		all.Networks = append(all.Networks, one)
	}
	return all, nil
}
