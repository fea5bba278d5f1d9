package board

import (
	"anneal/metrics"
	"anneal/runs"
)

// result is how good the weights are after an epoch.
type result struct {
	Measure string `json:"measure"` // accuracy, loss or the name of a metric
	Larger  bool   `json:"larger"`  // is better
	Epoch   int    `json:"epoch"`
	Best    bool   `json:"best,omitempty"` // of all epochs, by what chooses; otherwise the epoch is the last one

	Validation *float64 `json:"validation,omitempty"` // nil if it is not defined
	Test       *float64 `json:"test,omitempty"`
}

// resultOf returns the result of a run: that of its best epoch if something chooses, otherwise that of the last. It is
// the metric that chooses, or the accuracy, or the loss if the samples have no classes. It is nil before the first
// epoch has ended.
func resultOf(r *runs.Run) *result {
	e := r.Last()
	if e == nil {
		return nil
	}
	out := new(result)
	if c := r.Choice(); c.Epoch > 0 {
		out.Best = true
		for i := range r.Epochs {
			if r.Epochs[i].Epoch == c.Epoch {
				e = &r.Epochs[i]
			}
		}
	}
	measure := runs.ByAccuracy
	switch {
	case e.Metric(string(r.Record.Best)) != nil && (r.Record.Best != runs.ByAccuracy || e.NoClasses):
		measure = r.Record.Best
	case e.NoClasses:
		measure = runs.ByLoss
	}
	out.Measure, out.Epoch = string(measure), e.Epoch
	test, larger := e.JudgedBy(runs.ByTest, measure)
	out.Larger, out.Test = larger, metrics.Finite(test)
	if e.ValidationLoss != nil {
		v, _ := e.JudgedBy(runs.ByValidation, measure)
		out.Validation = metrics.Finite(v)
	}
	return out
}
