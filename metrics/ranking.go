package metrics

import (
	"cmp"
	"math"
	"slices"

	"anneal/internal/spec"
)

// ROCAUC is the probability that a sample of a class gets a larger score than one of another class; equal scores count
// as half: roc_auc_score. Of two classes it is that of class 1. Of more it is the mean over classes, each against the
// rest, with probabilities as scores (multi_class='ovr'); a class that has no samples, or all of them, does not count.
// With questions of yes or no it is the mean over questions.
//
// The meter keeps all scores.
type ROCAUC struct{}

func (*ROCAUC) settings() []spec.Setting { return nil }

// String returns the name.
func (ROCAUC) String() string { return "roc_auc" }

// Larger returns true.
func (ROCAUC) Larger() bool { return true }

// New returns a meter.
func (m ROCAUC) New() Meter { return &ranking{metric: m, of: rocAUC} }

// AveragePrecision is the area under the curve of precision and recall as a sum of steps, Σ (Rₙ − Rₙ₋₁)·Pₙ over the
// distinct scores: average_precision_score. Classes and questions are averaged as those of ROCAUC; one without samples
// that are right does not count.
//
// The meter keeps all scores.
type AveragePrecision struct{}

func (*AveragePrecision) settings() []spec.Setting { return nil }

// String returns the name.
func (AveragePrecision) String() string { return "average_precision" }

// Larger returns true.
func (AveragePrecision) Larger() bool { return true }

// New returns a meter.
func (m AveragePrecision) New() Meter { return &ranking{metric: m, of: averagePrecision} }

// scored is a sample with its score for a class.
type scored struct {
	score  float64
	yes    bool
	weight float64
}

type ranking struct {
	metric  Metric
	of      func(sorted []scored) float64
	classes [][]scored
}

func (r *ranking) Add(b Batch) error {
	if err := b.check(r.metric, true, true); err != nil {
		return err
	}
	if b.binary() {
		r.grow(b.questions())
		b.answers(func(q int, logit float64, yes bool, w float64) {
			r.classes[q] = append(r.classes[q], scored{logit, yes, w})
		})
		return nil
	}
	if b.Shape[1] == 2 {
		r.grow(1)
		b.rows(func(logits []float64, label int, w float64) {
			r.classes[0] = append(r.classes[0], scored{logits[1] - logits[0], label == 1, w})
		})
		return nil
	}
	r.grow(b.Shape[1])
	b.rows(func(logits []float64, label int, w float64) {
		sum := logSum(logits)
		for c, x := range logits {
			r.classes[c] = append(r.classes[c], scored{math.Exp(x - sum), label == c, w})
		}
	})
	return nil
}

func (r *ranking) grow(n int) {
	for len(r.classes) < n {
		r.classes = append(r.classes, nil)
	}
}

func (r *ranking) Value() float64 {
	var mean share
	for _, list := range r.classes {
		if slices.ContainsFunc(list, func(s scored) bool { return math.IsNaN(s.score) }) {
			return math.NaN()
		}
		slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
		if v := r.of(list); !math.IsNaN(v) {
			mean.add(v, 1)
		}
	}
	return mean.value()
}

// steps calls f with the weights of yes and no at each distinct score, from the largest on.
func steps(sorted []scored, f func(yes, no float64)) {
	for i := 0; i < len(sorted); {
		var yes, no float64
		for score := sorted[i].score; i < len(sorted) && sorted[i].score == score; i++ {
			if sorted[i].yes {
				yes += sorted[i].weight
			} else {
				no += sorted[i].weight
			}
		}
		f(yes, no)
	}
}

// rocAUC returns NaN unless there are yes and no.
func rocAUC(sorted []scored) float64 {
	var yes, no, area float64
	steps(sorted, func(y, n float64) {
		area += n * (yes + y/2)
		yes, no = yes+y, no+n
	})
	return area / (yes * no)
}

// averagePrecision returns NaN if there is no yes.
func averagePrecision(sorted []scored) float64 {
	var yes, no, sum float64
	steps(sorted, func(y, n float64) {
		yes, no = yes+y, no+n
		if y > 0 {
			sum += y * yes / (yes + no)
		}
	})
	return sum / yes
}
