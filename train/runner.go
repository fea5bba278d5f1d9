package train

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/plural"
)

// runner runs a model on the batches of data sets that are alike.
type runner struct {
	*graph.Runner
	classifies bool // the samples have classes, and the model's own result is their logits
	labelled   bool // the samples have classes
	draws      bool // the loss compares the model's own result with x
	named      []graph.Named
	shape      tensor.Shape            // of a sample
	dtype      tensor.Dtype            // of the parameters
	bound      map[place]*tensor.Dense // what bind has made; nil if x must be converted
}

// place is where the x of a batch is in memory.
type place struct {
	first *float32
	n     int // samples
}

// batch runs the model on a batch.
func (r *runner) batch(b data.Batch) (*graph.Program, error) {
	p, err := r.Program(len(b.Labels))
	if err != nil {
		return nil, err
	}
	r.named = AppendFields(r.named[:0], p, b)
	labels := b.Labels
	if !r.labelled {
		labels = nil
	}
	if r.bound == nil || len(b.X) != len(b.Labels)*r.shape.TotalSize() { // Run says what is wrong with the latter
		return r.Run(b.X, labels, r.named...)
	}
	return r.RunTensor(r.bind(b), labels, r.named...)
}

// AppendFields appends to named the fields of a batch that a program takes.
func AppendFields(named []graph.Named, p *graph.Program, b data.Batch) []graph.Named {
	for _, f := range b.Fields {
		if p.Takes(f.Name) {
			named = append(named, graph.Named{Name: f.Name, Floats: f.Floats, Ints: f.Ints})
		}
	}
	return named
}

// bind returns x of a batch as a tensor in the loader's memory. A loader has few buffers, whose tensors bind keeps.
func (r *runner) bind(b data.Batch) *tensor.Dense {
	at := place{&b.X[0], len(b.Labels)}
	x := r.bound[at]
	if x == nil {
		x = tensor.New(tensor.WithShape(append(tensor.Shape{at.n}, r.shape...)...), tensor.WithBacking(b.X))
		r.bound[at] = x
	}
	return x
}

// sampled is a data set whose samples have classes or fields.
type sampled struct{ data.Dataset }

// names lists what a batch of s has.
func (s sampled) names() []string {
	names := []string{data.XName}
	if s.Classes() > 0 {
		names = append(names, data.LabelsName)
	}
	for _, f := range data.FieldsOf(s.Dataset) {
		names = append(names, f.Name)
	}
	return names
}

func (s sampled) has(name string) bool { return slices.Contains(s.names()[1:], name) }

// newRunner returns a runner for the samples of set. It compiles model for every size of batch in which they come, so
// that a model that cannot run one of them fails before the first batch.
func newRunner(
	model graph.Model, params *graph.Params, how graph.Config, set data.Dataset, batch int,
) (*runner, error) {
	how.Shape = append(tensor.Shape{min(batch, set.Len())}, data.XShapeOf(set)...)
	of, err := graph.NewRunner(model, params, how)
	if err != nil {
		return nil, fmt.Errorf("train: the model on a batch of shape %v: %w", []int(how.Shape), err)
	}
	p, err := of.Program(how.Shape[0])
	if err != nil {
		return nil, err
	}
	r := &runner{Runner: of, labelled: set.Classes() > 0, shape: how.Shape[1:], dtype: params.Dtype()}
	if params.Dtype() == tensor.Float32 {
		r.bound = make(map[place]*tensor.Dense)
	}
	r.classifies = r.labelled && p.Classes() >= set.Classes() && !numeric(how.Loss)
	if term, ok := how.Loss.(graph.Term); ok {
		r.draws = term.Target == data.XName && term.Output == ""
	}
	if err := checkFields(p, sampled{set}, how.Loss != nil || how.Mode == graph.Train); err != nil {
		return nil, err
	}
	return r, compileAll(r, set, batch)
}

// compileAll compiles the model of r for every size of batch in which the samples of set come.
func compileAll(r *runner, set data.Dataset, batch int) error {
	n := set.Len()
	size := min(batch, n)
	p, err := r.Program(size)
	if err != nil {
		return err
	}
	if p.Takes(data.LabelsName) && p.Classes() > 0 && p.Classes() < set.Classes() {
		return tooFewLogits(p.Classes(), set)
	}
	if last := n % size; last > 0 {
		if _, err := r.Program(last); err != nil {
			return fmt.Errorf("train: the model on a batch of %d: %w (%s make batches of %d and a last one of %d; "+
				"drop-last leaves that one out)", last, err, plural.Of(n, "sample"), size, last)
		}
	}
	return nil
}

// tooFewLogits returns the error for a model with too few logits for the labels of set.
func tooFewLogits(logits int, set data.Dataset) error {
	labels, err := data.Labels(set)
	if err != nil {
		return err
	}
	low, high := slices.Min(labels), slices.Max(labels)
	wanted := fmt.Sprintf("%d logits", set.Classes())
	if low > 0 {
		wanted += fmt.Sprintf(", or %d and labels that begin with 0", int32(set.Classes())-low)
	}
	return fmt.Errorf("train: the data has %s and the model tells %d apart: labels run from %d to %d; "+
		"want at least as many logits as classes: %s", plural.Of(set.Classes(), "class"), logits, low, high, wanted)
}
