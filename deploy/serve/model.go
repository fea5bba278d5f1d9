package serve

import (
	"net/http"

	"anneal/deploy/predict"
	"anneal/internal/answer"
	"anneal/runs"
)

// model is the answer to /model.
type model struct {
	Data       string             `json:"data,omitempty"`    // the name of what the network was trained on
	Input      predict.Input      `json:"input"`             // what it takes
	Task       predict.Task       `json:"task"`              // what its result is
	Shape      [3]int             `json:"shape"`             // of a sample: C, H, W
	XShape     []int              `json:"x_shape"`           // in which the network takes it
	Preprocess string             `json:"preprocess"`        // as in predict.Options
	Classes    []string           `json:"classes"`           // or labels: their names, or their numbers; empty for values
	Columns    []column           `json:"columns,omitempty"` // of a table
	Target     *runs.TargetRecord `json:"target,omitempty"`
	Most       int                `json:"most"`            // samples in a request
	Token      bool               `json:"token,omitempty"` // requests must show one
	Card       *Card              `json:"card,omitempty"`
}

// column is a column of a table, of numbers or of categories.
type column struct {
	Name       string   `json:"name"`
	Categories []string `json:"categories,omitempty"`
	Mean       *float64 `json:"mean,omitempty"`
	Std        *float64 `json:"std,omitempty"`
}

func (s *Service) model(w http.ResponseWriter, _ *http.Request) {
	n, err := s.network.Classes()
	if err != nil {
		answer.Error(w, http.StatusInternalServerError, err)
		return
	}
	o := s.network.Options()
	if o.Task == predict.Numbers {
		n = 0
	}
	m := model{
		Data: o.DataName, Input: o.Input(), Task: o.Task, Shape: o.Shape, XShape: o.XShape, Preprocess: o.Preprocess,
		Classes: make([]string, n), Columns: columnsOf(o), Target: o.Target, Most: s.most(),
		Token: s.guard.Token != "", Card: s.card,
	}
	for class := range m.Classes {
		m.Classes[class] = runs.ClassName(o.ClassNames, class)
	}
	answer.JSON(w, http.StatusOK, m)
}

// columnsOf returns the columns of a table, those of numbers with their means and deviations.
func columnsOf(o predict.Options) (list []column) {
	at := 0
	for _, c := range o.Columns {
		one := column{Name: c.Name, Categories: c.Categories}
		if c.Categories == nil {
			one.Mean, one.Std = &o.Means[at], &o.Stds[at]
		}
		list = append(list, one)
		at += c.Width()
	}
	return list
}
