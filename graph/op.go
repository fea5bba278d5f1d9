package graph

import (
	"errors"
	"fmt"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels/pool"
)

// Op is one operation on nodes: what it computes, and what summaries, fusion and exports need to know of it. Every
// layer of the Builder is one, or a few, and so is a custom layer: Builder.Op draws it.
type Op struct {
	Kind   string       // such as "GroupNorm": Layer.Kind, and the op's name in errors and profiles
	Name   string       // of the layer, which no other layer has; "" for a layer without one
	Inputs []*Node      // x first, then other inputs and parameters
	Shape  tensor.Shape // of the result; tensor.ScalarShape() for a loss

	// Float32 returns the plan that computes the op in float32. It is called at most once per program, when the plan is
	// first needed. It makes the plan's scratch memory, so that a run allocates nothing. Float64 does so for float64. A
	// nil one means that the op does not have that type, which is an error if the parameters are of it.
	Float32 func() Plan[float32]
	Float64 func() Plan[float64]

	// Reads lists what Backward reads besides DY: places in Inputs, and Result. Call has nil for what is not listed, and
	// its memory may hold another result by then. nil stands for everything. A plan whose Backward uses memory that its
	// Forward left must list Result at least, because that makes Gorgonia run Forward first.
	Reads []int

	FLOPs    int64     // multiplications and additions of its products forward; backward counts twice as many
	Settings []Setting // what Layer.String shows, in this order

	// Fuse returns the op that computes this one and next in one pass, or nil if there is none. The first of next's
	// Inputs is this op's result. See Config.Fuse.
	Fuse func(next Op) *Op

	// ONNX writes the op's evaluation form to an ONNX file. in has the names of Inputs there. It returns the name of the
	// result. nil means that the op has no such form.
	ONNX func(to ONNX, in []string) (string, error)

	alike     bool        // the gradients of all inputs are equal, so one is computed
	passes    bool        // they are ∂loss/∂Y itself
	adds      bool        // Fuse takes Add
	sums      bool        // Backward adds Call.more to DY
	gradients []string    // the names of the gradients, by place in Inputs; see gradientName
	fixed     []int       // places in Inputs that have no gradient
	maxPool   *pool.Shape // of MaxPool2D
	norm      *normLayer  // of BatchNorm
}

// Result stands for the op's result in Op.Reads.
const Result = -1

// String returns the op's name in errors and profiles, such as "Conv2D conv1".
func (o Op) String() string {
	if o.Name == "" {
		return o.Kind
	}
	return o.Kind + " " + o.Name
}

// Op draws o and returns its result. It is an error if an input is nil or of another type than the parameters and
// int32, if a size of Shape is below 1, if another layer has the name, or if the op has no plan for the parameters'
// type.
//
// In a program with Config.Fuse, the op of the first input is asked for the op that computes both, which is drawn in
// place of the two if there is one.
func (b *Builder) Op(o Op) *Node {
	if b.err != nil {
		return nil
	}
	if b.fusion.drawing {
		return b.draw(o)
	}
	b.layers++
	if err := b.check(o); err != nil {
		return b.Fail(fmt.Errorf("graph: %w", err))
	}
	x := o.Inputs[0]
	if both := b.both(x, o); both != nil {
		return b.fuse(x, b.draw(*both))
	}
	return b.draw(o)
}

// check returns an error for an op that cannot be drawn, and takes its name.
func (b *Builder) check(o Op) error {
	what := o.Name
	if what == "" {
		what = o.Kind
	}
	_, exists := b.inputs[o.Name]
	own := o.Name == b.opened.name && (b.opened.kind == "" || b.opened.kind == o.Kind)
	switch {
	case o.Kind == "":
		return errors.New("an op without a kind: name what it computes")
	case len(o.Inputs) == 0:
		return fmt.Errorf("%s: it has no input: want one at least", what)
	case slices.Contains(o.Inputs, nil):
		return fmt.Errorf("%s: its input is nil", what)
	case len(o.Shape) > 0 && slices.Min(o.Shape) < 1:
		return fmt.Errorf("%s: its result has shape %v: want every size at least 1", what, o.Shape)
	case exists && !own && !b.sharing:
		return fmt.Errorf("two layers have the name %q: give one of them another name, or draw it in Share", o.Name)
	case exists && own:
		b.opened.kind = o.Kind
	case exists:
		b.uses[o.Name]++
	case o.Name != "":
		b.inputs[o.Name] = o.Inputs[0]
	}
	if first := b.kinds[o.Name]; o.Name != "" && first != "" && first != o.Kind {
		return fmt.Errorf("%s: it shares the parameters of a %s, but is a %s", o.Name, first, o.Kind)
	}
	b.kinds[o.Name] = o.Kind
	for i, n := range o.Inputs {
		p := b.paramAt(n)
		if t := b.dtypeOf(n); t != b.params.dtype && t != tensor.Int32 || p != nil && p.kind == Counter {
			return fmt.Errorf("%s: input %d has type %v: want %v or %v", what, i, t, b.params.dtype, tensor.Int32)
		}
	}
	for _, i := range o.Reads {
		if i < Result || i >= len(o.Inputs) {
			return fmt.Errorf("%s: it reads input %d of %d", what, i, len(o.Inputs))
		}
	}
	return nil
}

// dtypeOf returns the type of n's elements, the parameters' type where a stock op leaves it open.
func (b *Builder) dtypeOf(n *Node) tensor.Dtype {
	of := n.Type()
	if t, ok := of.(gorgonia.TensorType); ok {
		of = t.Of
	}
	if t, ok := of.(tensor.Dtype); ok {
		return t
	}
	return b.params.dtype
}

// paramAt returns the parameter that n is, or nil.
func (b *Builder) paramAt(n *Node) *Param {
	for p, drawn := range b.drawn {
		if drawn == n {
			return p
		}
	}
	return nil
}

// draw draws o in the parameters' type.
func (b *Builder) draw(o Op) *Node {
	return b.withType(
		func() *Node { return drawAs(b, o, o.Float32) },
		func() *Node { return drawAs(b, o, o.Float64) })
}

// drawAs draws o, whose plan make returns.
func drawAs[T Float](b *Builder, o Op, make func() Plan[T]) *Node {
	if make == nil {
		return b.Fail(fmt.Errorf("graph: %s: it does not compute in %v", o, b.params.dtype))
	}
	n := newOp[T](b, o.String(), o.Shape.Clone())
	k := &bound[T]{make: make}
	n.drawn, n.flops = &o, o.FLOPs
	n.run = k.forward
	n.statistics = k.statistics
	n.wrt = func() []bool { return k.differentiates(b, o) }
	n.grad = func(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) { return k.gradients(n, in, out, dy) }
	return b.apply(n, o.Inputs...)
}
