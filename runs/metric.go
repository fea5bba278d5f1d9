package runs

import "math"

// Metric is how well the weights do after an epoch, by a metric of train.Config.Metrics.
type Metric struct {
	Name   string `json:"name"`
	Larger bool   `json:"larger,omitempty"` // a larger value is better

	Test       *float64 `json:"test,omitempty"`       // on the test samples, nil if it is not defined or not finite
	Validation *float64 `json:"validation,omitempty"` // likewise on the validation samples, nil if there are none

	// The same of the average of the weights, Settings.EMA's or SWA's, nil if there is none.
	AverageTest       *float64 `json:"average_test,omitempty"`
	AverageValidation *float64 `json:"average_validation,omitempty"`
}

// Metric returns the metric of that name, or nil if the epoch has none.
func (e Epoch) Metric(name string) *Metric {
	for i := range e.Metrics {
		if e.Metrics[i].Name == name {
			return &e.Metrics[i]
		}
	}
	return nil
}

// JudgedBy returns the number by which epochs are compared if they are by best, and whether a larger one is better. It
// is NaN where a metric is not defined. The samples are those of Judged.
func (e Epoch) JudgedBy(by ChooseBy, best Best) (value float64, larger bool) {
	loss, accuracy := e.Judged(by)
	m := e.Metric(string(best))
	switch {
	case m != nil && !(best == ByAccuracy && !e.NoClasses):
		on := m.Test
		if by == ByValidation && e.ValidationLoss != nil {
			on = m.Validation
		}
		if on == nil {
			return math.NaN(), m.Larger
		}
		return *on, m.Larger
	case best == ByLoss:
		return loss, false
	case best == ByAccuracy || best == "":
		return accuracy, true
	}
	return math.NaN(), true
}
