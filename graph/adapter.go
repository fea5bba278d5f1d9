package graph

import (
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"time"

	"github.com/chewxy/hm"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
	"anneal/internal/memory"
)

// op adapts a kernel to Gorgonia: every layer's forward and gradient is one. It writes all of the same tensor on each
// run, so a warm program allocates none. Results that are needed at different times of a run share memory; see
// lifetimes.
//
// Gorgonia tells nodes apart by hash. Each op has a number that no other op of its graph has, so one op is one node.
type op struct {
	name  string
	shape tensor.Shape // of the result

	// The kernel.
	run   func(out gorgonia.Value, in []gorgonia.Value) error // writes all of out
	flops int64                                               // of a run
	alloc func() gorgonia.Value
	out   gorgonia.Value // made by alloc: the result, the same memory on every run

	// Its memory.
	shared bool // with results that are needed at other times of a run; see lifetimes
	writer *op  // the op that writes the result when it runs; nil: o itself

	// Its gradient.
	grad func(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) // nil: there is none
	wrt  func() []bool                                                  // which children have one
	sums bool                                                           // it takes the terms of a sum; see terms

	// Its node.
	b     *Builder
	id    uint32
	in    []hm.Type // the children's types
	stock bool      // the op stands for one of Gorgonia's
	reads bool      // the op only copies a result for its readers

	integers bool // the result is of type int32

	// Its layer.
	layer      int                               // the number of the layer that drew the op, or its forward op
	drawn      *Op                               // nil if the op is a gradient
	statistics func() (mean, variance []float64) // see Watched.Statistics; nil if there are none

	timing timing
}

// timing is what Program.Profile measures of an op.
type timing struct {
	on   bool
	runs int
	time time.Duration // of all runs together
}

// newOp returns an op of the current layer that writes a result of this shape.
func newOp[T kernels.Float](b *Builder, name string, shape tensor.Shape) *op {
	return &op{
		name: name, shape: shape, b: b, layer: b.layers,
		alloc: func() gorgonia.Value { return newDense[T](shape) },
	}
}

// apply draws the node that applies o to children.
func (b *Builder) apply(o *op, children ...*Node) *Node {
	if b.err != nil {
		return nil
	}
	for _, c := range children {
		o.in = append(o.in, c.Type())
	}
	return b.place(o, &o.id, children)
}

// place draws the node that applies o, whose number is id, to children. Gorgonia returns an older node instead if that
// has the same 32-bit hash. o then gets another number, and with it another hash.
func (b *Builder) place(o gorgonia.Op, id *uint32, children []*Node) *Node {
	for {
		b.ops++
		*id = b.ops
		n, err := gorgonia.ApplyOp(o, children...)
		if err != nil {
			return b.Fail(fmt.Errorf("graph: %s: %w", o, err))
		}
		if n.Op() == o {
			return n
		}
	}
}

// Do runs the kernel. It returns a panic as an error, because Gorgonia's machine calls Do on a goroutine of its own,
// where nothing else could recover it.
func (o *op) Do(in ...gorgonia.Value) (v gorgonia.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("%s: panic: %v", o.name, r)
			if short, ok := r.(*memory.Shortage); ok {
				err = fmt.Errorf("%s: %w", o.name, short)
			}
		}
	}()
	out := o.output()
	if o.timing.on {
		o.timing.runs++
		defer func(start time.Time) { o.timing.time += time.Since(start) }(time.Now())
	}
	if err := o.run(out, in); err != nil {
		return nil, fmt.Errorf("%s: %w", o.name, err)
	}
	return out, nil
}

// output returns the memory of the result. An op that no program runs never has any.
func (o *op) output() gorgonia.Value {
	if o.out == nil {
		o.out = o.alloc()
	}
	return o.out
}

// Type returns the op's type, arguments → result. It makes it anew on each call, because Gorgonia takes it apart and
// reuses it.
func (o *op) Type() hm.Type {
	a := hm.TypeVariable('a')
	var of hm.Type = o.b.params.dtype // unless an input says it
	types := make([]hm.Type, 0, len(o.in)+1)
	for _, t := range o.in {
		g := generic(t, a)
		types = append(types, g)
		if g != t {
			of = a
		}
	}
	if o.integers {
		of = tensor.Int32
	}
	if o.shape.IsScalar() {
		return hm.NewFnType(append(types, of)...)
	}
	return hm.NewFnType(append(types, gorgonia.TensorType{Dims: len(o.shape), Of: of})...)
}

// generic returns t with the type variable a in place of a floating-point element type.
func generic(t hm.Type, a hm.TypeVariable) hm.Type {
	switch t := t.(type) {
	case gorgonia.TensorType:
		if t.Of == hm.Type(tensor.Float32) || t.Of == hm.Type(tensor.Float64) {
			return gorgonia.TensorType{Dims: t.Dims, Of: a}
		}
	case tensor.Dtype:
		if t == tensor.Float32 || t == tensor.Float64 {
			return a
		}
	}
	return t
}

// InferShape returns the shape that the layer computed when it was drawn.
func (o *op) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) { return o.shape.Clone(), nil }

func (o *op) Arity() int            { return len(o.in) }
func (o *op) ReturnsPtr() bool      { return true }
func (o *op) CallsExtern() bool     { return false }
func (o *op) OverwritesInput() int  { return -1 }
func (o *op) String() string        { return o.name }
func (o *op) WriteHash(h hash.Hash) { fmt.Fprintf(h, "anneal %s %d", o.name, o.id) }
func (o *op) Hashcode() uint32      { return hashcode(o) }

// hashcode returns the 32-bit hash of what o writes.
func hashcode(o gorgonia.Op) uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// DiffWRT says which children have gradients.
func (o *op) DiffWRT(inputs int) []bool {
	if o.wrt == nil {
		return make([]bool, inputs)
	}
	return o.wrt()
}

// SymDiff draws the gradient ops, which belong to o's layer. It returns one node per child, nil where DiffWRT says
// false.
func (o *op) SymDiff(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
	if o.grad == nil {
		return nil, errors.New(o.name + " has no gradient")
	}
	defer func(last int) { o.b.layers = last }(o.b.layers)
	o.b.layers = o.layer
	return o.grad(in, out, dy)
}
