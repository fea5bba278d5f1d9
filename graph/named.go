package graph

import (
	"fmt"
	"slices"
	"strings"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Named is a tensor that a batch brings besides x and its labels: another input of the model, or what its loss takes,
// under the name that they have for it. It is [N, ...] flat, in one of the three slices. Integers are int32. Numbers
// are converted to the parameters' type if they are of the other.
type Named struct {
	Name     string
	Floats   []float32
	Float64s []float64
	Ints     []int32
}

// feed is a node whose value every batch brings.
type feed struct {
	name   string
	node   *Node
	value  *tensor.Dense
	target bool // the loss takes it: a program that only predicts does without
	given  bool // by the run at work
}

// Input draws the input of that name beside x, [N, shape...] in the parameters' type. Every batch brings its values;
// see Program.Run. A second call with the same name returns the same node.
func (b *Builder) Input(name string, shape ...int) *Node {
	return b.feed(name, b.params.dtype, b.batchOf(shape))
}

// IntInput draws the input of that name beside x, integers [N, shape...] of type int32.
func (b *Builder) IntInput(name string, shape ...int) *Node {
	return b.feed(name, tensor.Int32, b.batchOf(shape))
}

// Output makes n, [N, ...], the result of that name, which Program.Output returns, and returns n. A loss can take it;
// see Term. The model's own result needs no name. Other nodes have no value that lasts: after a run, their memory may
// hold the results of others.
func (b *Builder) Output(name string, n *Node) *Node {
	switch _, exists := b.outputs[name]; {
	case b.err != nil:
		return nil
	case name == "" || exists:
		return b.Fail(fmt.Errorf("graph: an output has the name %q: want one that no other output has", name))
	}
	if b.outputs == nil {
		b.outputs = make(map[string]*Node)
	}
	b.outputs[name] = n
	b.named = append(b.named, name)
	return n
}

// batchOf returns the shape of a batch of samples of this shape.
func (b *Builder) batchOf(sample []int) tensor.Shape { return append(tensor.Shape{b.batch}, sample...) }

// feed draws what a batch brings under a name.
func (b *Builder) feed(name string, dtype tensor.Dtype, shape tensor.Shape) *Node {
	if b.err != nil {
		return nil
	}
	if name == "" || name == inputName {
		return b.Fail(fmt.Errorf("graph: %q cannot name an input beside x", name))
	}
	if slices.Min(shape) < 1 {
		return b.Fail(fmt.Errorf("graph: input %s: shape %v: want every size at least 1", name, shape))
	}
	for _, f := range b.feeds {
		if f.name == name {
			if f.node.Dtype() != dtype || !f.value.Shape().Eq(shape) {
				return b.Fail(fmt.Errorf("graph: input %s: got type %v and shape %v, want %v and %v as before",
					name, dtype, shape, f.node.Dtype(), f.value.Shape()))
			}
			return f.node
		}
	}
	value := tensor.New(tensor.Of(dtype), tensor.WithShape(shape.Clone()...))
	n := gorgonia.NodeFromAny(b.g, value, gorgonia.WithName(name))
	if n.Value() != gorgonia.Value(value) {
		return b.Fail(fmt.Errorf("graph: the model has an input of its own with the name %q", name))
	}
	b.feeds = append(b.feeds, &feed{name: name, node: n, value: value, target: b.losing})
	return n
}

// feedAt returns the name of the feed that n is, or "".
func (b *Builder) feedAt(n *Node) string {
	for _, f := range b.feeds {
		if f.node == n {
			return f.name
		}
	}
	return ""
}

// take copies what a batch brings to the program's values. What only the loss takes may be missing as a whole.
func (p *Program) take(labels []int32, named []Named) error {
	for _, f := range p.feeds {
		f.given = false
	}
	if f := p.feedOf(labelsName); f != nil && labels != nil {
		if want := len(f.value.Int32s()); len(labels) != want {
			return fmt.Errorf("graph: %d labels for a batch of %d", len(labels), want)
		}
		copy(f.value.Int32s(), labels)
		f.given = true
	}
	for i := range named {
		f := p.feedOf(named[i].Name)
		if f == nil {
			return fmt.Errorf("graph: a batch with %q: want %s", named[i].Name, p.feedNames())
		}
		if err := f.set(&named[i]); err != nil {
			return err
		}
		f.given = true
	}
	targets := slices.ContainsFunc(p.feeds, func(f *feed) bool { return f.target && f.given })
	for _, f := range p.feeds {
		switch {
		case f.given:
		case f.target && !targets:
			f.value.Zero()
		default:
			return fmt.Errorf("graph: a batch without %q: want %s", f.name, p.feedNames())
		}
	}
	return nil
}

// feedOf returns the feed of that name, or nil.
func (p *Program) feedOf(name string) *feed {
	for _, f := range p.feeds {
		if f.name == name {
			return f
		}
	}
	return nil
}

// feedNames lists the feeds, for errors.
func (p *Program) feedNames() string {
	var names []string
	for _, f := range p.feeds {
		names = append(names, f.name)
	}
	if names == nil {
		return "x alone"
	}
	return "x and " + strings.Join(names, ", ")
}

// set copies n to the feed's value.
func (f *feed) set(n *Named) error {
	want := f.value.Shape().TotalSize()
	got := len(n.Floats)
	switch to := f.value.Data().(type) {
	case []int32:
		if got = len(n.Ints); got == want {
			copy(to, n.Ints)
		}
	case []float32:
		if n.Float64s != nil {
			got = convert(to, n.Float64s)
		} else {
			copy(to, n.Floats)
		}
	case []float64:
		if n.Float64s != nil {
			got = len(n.Float64s)
			copy(to, n.Float64s)
		} else {
			got = convert(to, n.Floats)
		}
	}
	if got != want {
		return fmt.Errorf("graph: %s: got %d numbers of type %v, want %d, of shape %v",
			f.name, got, f.value.Dtype(), want, f.value.Shape())
	}
	return nil
}

// convert converts from to the type of to, as far as that has room, and returns how many numbers there are.
func convert[T, F Float](to []T, from []F) int {
	for i := range min(len(to), len(from)) {
		to[i] = T(from[i])
	}
	return len(from)
}

// Inputs lists the names of the inputs beside x, and Targets those of what the loss takes, both in the order in which
// they were drawn.
func (p *Program) Inputs() []string { return p.feedsOf(false) }

// Targets lists the names of what the loss takes; see Inputs.
func (p *Program) Targets() []string { return p.feedsOf(true) }

func (p *Program) feedsOf(target bool) (names []string) {
	for _, f := range p.feeds {
		if f.target == target {
			names = append(names, f.name)
		}
	}
	return names
}

// Takes reports whether a batch brings a tensor of that name to the program.
func (p *Program) Takes(name string) bool { return p.feedOf(name) != nil }

// Outputs lists the names of the outputs, in the order in which the model named them. The model's own result is not in
// the list.
func (p *Program) Outputs() []string { return p.named }

// Output returns the output of that name for the last batch, [N, ...], or nil if there is none. The next Run overwrites
// it. "" stands for the model's own result, as Logits does.
func (p *Program) Output(name string) *tensor.Dense {
	if name == "" {
		return p.logits.dense()
	}
	if r := p.results[name]; r != nil {
		return r.dense()
	}
	return nil
}
