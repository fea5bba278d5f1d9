package metrics

import (
	"math"
	"slices"

	"anneal/internal/spec"
)

// F1 is the mean over classes of the harmonic mean of precision and recall, 2·tp/(2·tp + fp + fn): f1_score with
// average='macro'. A class that is neither a label nor predicted does not count. With questions of yes or no it is the
// mean over questions of the F1 of yes, average='binary'.
type F1 struct {
	Labels []int // the classes, or questions, whose mean it is, such as one of them; nil: all
}

func (m *F1) settings() []spec.Setting {
	return []spec.Setting{spec.Optional("labels", &m.Labels, nil).AtLeast(0)}
}

// String returns the name and labels.
func (m F1) String() string { return format("f1", m.settings()...) }

// Validate returns an error if a label is negative.
func (m F1) Validate() error { return spec.Validate("f1", m.settings()...) }

// Larger returns true.
func (F1) Larger() bool { return true }

// New returns a meter.
func (m F1) New() Meter { return &f1{metric: m} }

type f1 struct {
	metric  F1
	classes []counts
}

// counts are the weights of the samples that are of a class, predicted to be, and both.
type counts struct{ labelled, predicted, right float64 }

func (f *f1) Add(b Batch) error {
	if err := b.check(f.metric, true, true); err != nil {
		return err
	}
	if b.binary() {
		f.grow(b.questions())
		b.answers(func(q int, logit float64, yes bool, w float64) { f.count(q, yes, logit > 0, w) })
		return nil
	}
	f.grow(b.Shape[1])
	b.rows(func(logits []float64, label int, w float64) {
		predicted := Argmax(logits)
		f.count(label, true, predicted == label, w)
		if predicted != label {
			f.count(predicted, false, true, w)
		}
	})
	return nil
}

func (f *f1) grow(n int) {
	for len(f.classes) < n {
		f.classes = append(f.classes, counts{})
	}
}

func (f *f1) count(class int, is, predicted bool, w float64) {
	c := &f.classes[class]
	if is {
		c.labelled += w
	}
	if predicted {
		c.predicted += w
	}
	if is && predicted {
		c.right += w
	}
}

func (f *f1) Value() float64 {
	var mean share
	for class, c := range f.classes {
		if wanted := f.metric.Labels; wanted != nil && !slices.Contains(wanted, class) {
			continue
		}
		if v := 2 * c.right / (c.labelled + c.predicted); !math.IsNaN(v) {
			mean.add(v, 1)
		}
	}
	return mean.value()
}
