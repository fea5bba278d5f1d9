package metrics

import (
	"math"

	"anneal/internal/spec"
)

// Perplexity is e to the mean cross-entropy, in nats, of labels: among how many equally likely classes, or words, the
// network chooses. At least 1.
type Perplexity struct{}

func (*Perplexity) settings() []spec.Setting { return nil }

// String returns the name.
func (Perplexity) String() string { return "perplexity" }

// Larger returns false.
func (Perplexity) Larger() bool { return false }

// New returns a meter.
func (m Perplexity) New() Meter { return &perplexity{metric: m} }

type perplexity struct {
	metric  Perplexity
	entropy share
}

func (p *perplexity) Add(b Batch) error {
	if err := b.check(p.metric, true, true); err != nil {
		return err
	}
	if b.binary() {
		b.answers(func(_ int, logit float64, yes bool, w float64) {
			if yes {
				logit = -logit
			}
			p.entropy.add(max(logit, 0)+math.Log1p(math.Exp(-math.Abs(logit))), w)
		})
		return nil
	}
	b.rows(func(logits []float64, label int, w float64) { p.entropy.add(logSum(logits)-logits[label], w) })
	return nil
}

func (p *perplexity) Value() float64 { return math.Exp(p.entropy.value()) }

// ECE is the expected calibration error: how far the probability of what a network predicts is from how often that is
// right. Predictions are put into Bins of equal width by their probability, and it is Σ share·|accuracy − mean
// probability| over the bins.
//
// Guo et al., On Calibration of Modern Neural Networks, 2017, arXiv:1706.04599, eq. 3.
type ECE struct {
	Bins int // at least 1; 15 in a spec without it, and 0 stands for that
}

func (m *ECE) settings() []spec.Setting {
	return []spec.Setting{spec.Optional("bins", &m.Bins, 15).AtLeast(1)}
}

// String returns the name and bins.
func (m ECE) String() string {
	if m.Bins == 0 {
		m.Bins = 15
	}
	return format("ece", m.settings()...)
}

// Validate returns an error if Bins is out of range.
func (m ECE) Validate() error {
	if m.Bins == 0 {
		return nil
	}
	return spec.Validate("ece", m.settings()...)
}

// Larger returns false.
func (ECE) Larger() bool { return false }

// New returns a meter.
func (m ECE) New() Meter {
	bins := m.Bins
	if bins == 0 {
		bins = 15
	}
	return &ece{metric: m, bins: make([]bin, bins)}
}

// bin has the sums over its predictions.
type bin struct{ weight, right, probability float64 }

type ece struct {
	metric ECE
	bins   []bin
	weight float64
}

func (e *ece) Add(b Batch) error {
	if err := b.check(e.metric, true, true); err != nil {
		return err
	}
	if b.binary() {
		b.answers(func(_ int, logit float64, yes bool, w float64) {
			e.count(1/(1+math.Exp(-math.Abs(logit))), logit > 0 == yes, w)
		})
		return nil
	}
	b.rows(func(logits []float64, label int, w float64) {
		predicted := Argmax(logits)
		e.count(math.Exp(logits[predicted]-logSum(logits)), predicted == label, w)
	})
	return nil
}

// count puts a prediction into its bin: bin i of n has probabilities above i/n and at most (i+1)/n.
func (e *ece) count(probability float64, right bool, w float64) {
	if math.IsNaN(probability) {
		e.weight = math.NaN()
		return
	}
	n := len(e.bins)
	in := &e.bins[min(max(int(math.Ceil(probability*float64(n)))-1, 0), n-1)]
	in.weight += w
	in.probability += w * probability
	if right {
		in.right += w
	}
	e.weight += w
}

func (e *ece) Value() float64 {
	sum := 0.0
	for _, b := range e.bins {
		sum += math.Abs(b.right - b.probability)
	}
	return sum / e.weight
}
