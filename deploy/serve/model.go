package serve

import (
	"net/http"

	"anneal/internal/answer"
	"anneal/runs"
)

// model is the answer to /model.
type model struct {
	Data       string   `json:"data,omitempty"` // the name of what the network was trained on
	Shape      [3]int   `json:"shape"`          // of a sample: C, H, W
	Preprocess string   `json:"preprocess"`     // as in predict.Options
	Classes    []string `json:"classes"`        // their names, or their numbers
}

func (s *Service) model(w http.ResponseWriter, _ *http.Request) {
	n, err := s.network.Classes()
	if err != nil {
		answer.Error(w, http.StatusInternalServerError, err)
		return
	}
	o := s.network.Options()
	m := model{Data: o.DataName, Shape: o.Shape, Preprocess: o.Preprocess, Classes: make([]string, n)}
	for class := range m.Classes {
		m.Classes[class] = runs.ClassName(o.ClassNames, class)
	}
	answer.JSON(w, http.StatusOK, m)
}
