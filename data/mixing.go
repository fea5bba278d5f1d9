package data

import (
	"fmt"
	"slices"
)

// mixing mixes batches with random numbers that depend only on the seed, the epoch and the batch.
type mixing struct {
	steps   Compose
	frame   Frame
	classes int
	random  *augmenter
	targets []float32
	fields  []Values
}

// newMixing returns nil if nothing in steps mixes.
func newMixing(set Dataset, steps Compose) (*mixing, error) {
	if !steps.Mixes() {
		return nil, nil
	}
	if err := steps.CheckClasses(set.Classes()); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	for _, f := range FieldsOf(set) {
		if f.Name == TargetName {
			return nil, fmt.Errorf("data: %v: the samples have a field %q already: want only classes", steps, f.Name)
		}
	}
	f := FrameOf(set)
	return &mixing{steps: steps, frame: f, classes: set.Classes(), random: newAugmenter(nil, f)}, nil
}

// start begins an epoch, counted from 1.
func (m *mixing) start(seed uint64, epoch int) {
	if m != nil {
		m.random.startNamed("mix", seed, epoch)
	}
}

// apply mixes b, and returns it with its targets: the probability of each class, [N, classes], which a loss of soft
// targets takes. The labels stay those of the first parts. What it returns is valid until it mixes another batch. With
// an error, as for a label that is no class, it is only the batch's Index.
func (m *mixing) apply(b Batch) (Batch, error) {
	if m == nil {
		return b, nil
	}
	if n := len(b.Labels) * m.classes; cap(m.targets) < n {
		m.targets = make([]float32, n)
	}
	m.targets = m.targets[:len(b.Labels)*m.classes]
	clear(m.targets)
	for i, label := range b.Labels {
		if label < 0 || int(label) >= m.classes {
			return Batch{Index: b.Index}, fmt.Errorf("data: label of sample %d of batch %d: got %d, want 0 to %d",
				i, b.Index, label, m.classes-1)
		}
		m.targets[i*m.classes+int(label)] = 1
	}
	m.random.seed(b.Index)
	m.steps.Mix(b.X, m.targets, m.frame, m.random.random)
	m.fields = append(append(m.fields[:0], b.Fields...), Values{Name: TargetName, Floats: m.targets})
	b.Fields = m.fields
	return b, nil
}

// Mixed returns set as a data set whose samples have the targets that a Loader adds when it mixes. Only the shapes and
// the names of its fields are meant to be used.
func Mixed(set Dataset) Fielder { return mixed{set} }

type mixed struct{ Dataset }

func (m mixed) XShape() []int { return XShapeOf(m.Dataset) }

func (m mixed) Fields() []Field {
	return append(slices.Clip(FieldsOf(m.Dataset)), Field{Name: TargetName, Shape: []int{m.Classes()}})
}

func (m mixed) ReadField(i, f int, floats []float32, ints []int32) error {
	if inner, ok := m.Dataset.(Fielder); ok && f < len(inner.Fields()) {
		return inner.ReadField(i, f, floats, ints)
	}
	return fmt.Errorf("data: field %d of sample %d: a Loader makes it, for a whole batch", f, i)
}
