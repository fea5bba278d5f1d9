// Package metrics says how well a network does on a set of samples, in one number: accuracy, F1, ROC-AUC, mean absolute
// error and others. A Metric is a value with settings; its New starts a Meter, which adds up batches. Definitions are
// scikit-learn's. A type of your own with the same methods is a metric, too.
//
// A network's output is compared with classes or with numbers:
//
//   - classes: output [N, C, …] are logits, labels [N, …] are 0 to C−1. A negative label does not count. Two classes
//     may also have one logit, [N, 1]: class 1 is predicted where it is above 0.
//   - numbers: output and target have one shape, [N, …]. A metric of classes takes an output as the logits of questions
//     with the answers yes, a target of at least 0.5, and no: one question per element of a sample.
//
// Weights count samples more often or less. A value that is not defined, such as the ROC-AUC of samples of one class,
// is NaN.
package metrics

import (
	"fmt"
	"math"
	"slices"
)

// Metric is a number that says how well a network does.
type Metric interface {
	// String returns the name with its settings, such as "f1" and "top(k=3)". Records have it, and the best epoch may be
	// chosen by it.
	String() string
	// Larger reports whether a larger value is better.
	Larger() bool
	// New returns a meter that has seen no samples.
	New() Meter
}

// Meter measures samples, a batch after the other.
type Meter interface {
	// Add counts a batch. The slices of b are valid until it returns. The error says what b lacks.
	Add(b Batch) error
	// Value returns the metric of all samples so far, or NaN if it is not defined.
	Value() float64
}

// Batch is what a network makes of some samples, and what would be right.
type Batch struct {
	Shape   []int     // of Output: [N, …]
	Output  []float64 // logits or numbers, row by row
	Labels  []int32   // classes, or nil
	Target  []float64 // numbers, as many as Output has, or nil
	Weights []float64 // of the samples, N numbers of at least 0; nil: all are 1
}

// On is a metric on one of several outputs, or one that counts samples by their weights.
type On struct {
	Metric
	Output  string // the name of the output; "": the model's own result
	Target  string // the name of labels or target in the data; "": the output's, and for the model's own result its usual
	Weights string // the name of the samples' weights in the data; "": all weights are 1
}

// String returns the metric's name and those of the tensors.
func (o On) String() string {
	text := o.Metric.String()
	for _, part := range [][2]string{{"on", o.Output}, {"target", o.Target}, {"weights", o.Weights}} {
		if part[1] != "" {
			text += " " + part[0] + " " + part[1]
		}
	}
	return text
}

// check returns an error unless the lengths in b fit one another, and there are labels or targets as wanted.
func (b Batch) check(m Metric, classes, numbers bool) error {
	size := 1
	for _, s := range b.Shape {
		size *= s
	}
	switch {
	case len(b.Shape) == 0 || size < 1 || len(b.Output) != size:
		return fmt.Errorf("metrics: %v: got an output of %d numbers and shape %v: want one that is not empty",
			m, len(b.Output), b.Shape)
	case b.Weights != nil && len(b.Weights) != b.Shape[0]:
		return fmt.Errorf("metrics: %v: got %d weights for %d samples", m, len(b.Weights), b.Shape[0])
	case slices.ContainsFunc(b.Weights, func(w float64) bool { return !(w >= 0 && w <= math.MaxFloat64) }):
		return fmt.Errorf("metrics: %v: got the weights %v: want finite numbers of at least 0", m, b.Weights)
	case classes && b.Labels != nil:
		return b.checkLabels(m)
	case !numbers:
		return fmt.Errorf("metrics: %v: got samples without classes: want labels", m)
	case b.Target == nil && classes:
		return fmt.Errorf("metrics: %v: got neither labels nor a target: want one of them", m)
	case b.Target == nil:
		return fmt.Errorf("metrics: %v: got no target: want numbers of the output's shape, %v", m, b.Shape)
	case len(b.Target) != size:
		return fmt.Errorf("metrics: %v: got a target of %d numbers for an output of shape %v", m, len(b.Target), b.Shape)
	}
	return nil
}

// checkLabels returns an error unless the labels are classes of the output.
func (b Batch) checkLabels(m Metric) error {
	if len(b.Shape) < 2 {
		return fmt.Errorf("metrics: %v: got labels and an output of shape %v: want [N, C, …]", m, b.Shape)
	}
	if want := len(b.Output) / b.Shape[1]; len(b.Labels) != want {
		return fmt.Errorf("metrics: %v: got %d labels for an output of shape %v: want %d", m, len(b.Labels), b.Shape, want)
	}
	if most := slices.Max(b.Labels); int(most) >= max(2, b.Shape[1]) {
		return fmt.Errorf("metrics: %v: got label %d: want 0 to %d", m, most, max(2, b.Shape[1])-1)
	}
	return nil
}

// weight returns the weight of sample n.
func (b Batch) weight(n int) float64 {
	if b.Weights == nil {
		return 1
	}
	return b.Weights[n]
}
