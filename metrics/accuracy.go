package metrics

import (
	"math"

	"anneal/internal/spec"
)

// Accuracy is the share of samples whose label has the largest logit, the first of equal ones: accuracy_score. With
// questions of yes or no it is the share of right answers.
type Accuracy struct{}

func (*Accuracy) settings() []spec.Setting { return nil }

// String returns the name.
func (Accuracy) String() string { return "accuracy" }

// Larger returns true.
func (Accuracy) Larger() bool { return true }

// New returns a meter.
func (m Accuracy) New() Meter { return &accuracy{metric: m, k: 1} }

// Top is the share of samples whose label is among the K classes with the largest logits: top_k_accuracy_score. Of
// equal logits the first ones count as larger. With questions of yes or no it is the accuracy.
type Top struct {
	K int // at least 1; 5 in a spec without it, and 0 stands for that
}

func (m *Top) settings() []spec.Setting {
	return []spec.Setting{spec.Optional("k", &m.K, 5).AtLeast(1)}
}

// String returns the name and k.
func (m Top) String() string {
	if m.K == 0 {
		m.K = 5
	}
	return format("top", spec.Required("k", &m.K))
}

// Validate returns an error if K is out of range.
func (m Top) Validate() error {
	if m.K == 0 {
		return nil
	}
	return spec.Validate("top", m.settings()...)
}

// Larger returns true.
func (Top) Larger() bool { return true }

// New returns a meter.
func (m Top) New() Meter {
	if m.K == 0 {
		m.K = 5
	}
	return &accuracy{metric: m, k: m.K}
}

type accuracy struct {
	metric Metric
	k      int
	right  share
}

func (a *accuracy) Add(b Batch) error {
	if err := b.check(a.metric, true, true); err != nil {
		return err
	}
	if b.binary() {
		b.answers(func(_ int, logit float64, yes bool, w float64) { a.right.addIf(logit > 0 == yes, w) })
		return nil
	}
	b.rows(func(logits []float64, label int, w float64) {
		larger := 0
		for c, x := range logits {
			if x > logits[label] || x == logits[label] && c < label {
				larger++
			}
		}
		a.right.addIf(larger < a.k && !math.IsNaN(logits[label]), w)
	})
	return nil
}

func (a *accuracy) Value() float64 { return a.right.value() }
