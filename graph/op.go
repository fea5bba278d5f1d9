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
)

// op adapts a kernel to Gorgonia: every layer's forward and gradient is one. It owns the tensor that it writes to and
// rewrites it in full on each run, so a warm program allocates none.
//
// Gorgonia tells nodes apart by hash; each op has a number of its own in its graph, hence one op is one node.
type op struct {
	name  string
	shape tensor.Shape                                                   // of the result
	run   func(out gorgonia.Value, in []gorgonia.Value) error            // writes all of out
	grad  func(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) // nil: no gradient
	fixed int                                                            // how many children, the last ones, have no gradient
	fused forms
	info  *Layer // what Describe tells, for a layer's own op

	statistics func() (mean, variance []float64) // of the batch that BatchNorm had in the last training run, biased

	layer  int  // which of the model's layers drew it, or its gradient
	layers *int // the layer that the Builder is drawing
	alloc  func() gorgonia.Value
	out    gorgonia.Value // the result, the same memory on every run
	serial *uint32        // the graph's count of ops
	id     uint32
	in     []hm.Type // the children's types, set by draw

	flops int64 // of a run
	timed bool  // see Program.Profile
	runs  int
	time  time.Duration
}

// draw makes the node that applies o to children.
func (o *op) draw(children ...*Node) (*Node, error) {
	for _, c := range children {
		o.in = append(o.in, c.Type())
	}
	for {
		*o.serial++
		o.id = *o.serial
		n, err := gorgonia.ApplyOp(o, children...)
		if err != nil {
			return nil, err
		}
		if n.Op() == gorgonia.Op(o) {
			return n, nil
		}
		// An older node has the same 32-bit hash: try again with another number.
	}
}

// Do runs the kernel. It is called by Gorgonia's machine, where a panic could not be caught.
func (o *op) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	out := o.output()
	if o.timed {
		o.runs++
		defer func(start time.Time) { o.time += time.Since(start) }(time.Now())
	}
	if err := o.run(out, in); err != nil {
		return nil, fmt.Errorf("%s: %w", o.name, err)
	}
	return out, nil
}

// output is the memory of the result. An op that no program runs never has any.
func (o *op) output() gorgonia.Value {
	if o.out == nil {
		o.out = o.alloc()
	}
	return o.out
}

// Type is arguments → result, made anew for each call because Gorgonia takes it apart and reuses it.
func (o *op) Type() hm.Type {
	a := hm.TypeVariable('a')
	types := make([]hm.Type, 0, len(o.in)+1)
	for _, t := range o.in {
		types = append(types, generic(t, a))
	}
	if o.shape.IsScalar() {
		return hm.NewFnType(append(types, a)...)
	}
	return hm.NewFnType(append(types, gorgonia.TensorType{Dims: len(o.shape), Of: a})...)
}

// generic replaces a floating element type by the type variable a.
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

// InferShape is the shape that the layer computed when it was drawn.
func (o *op) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) { return o.shape.Clone(), nil }

func (o *op) Arity() int            { return len(o.in) }
func (o *op) ReturnsPtr() bool      { return true }
func (o *op) CallsExtern() bool     { return false }
func (o *op) OverwritesInput() int  { return -1 }
func (o *op) String() string        { return o.name }
func (o *op) WriteHash(h hash.Hash) { fmt.Fprintf(h, "anneal %s %d", o.name, o.id) }

func (o *op) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// DiffWRT says which children have gradients.
func (o *op) DiffWRT(inputs int) []bool {
	wrt := make([]bool, inputs)
	for i := range inputs - o.fixed {
		wrt[i] = o.grad != nil
	}
	return wrt
}

// SymDiff draws the gradient ops: one node a child, nil where DiffWRT says false.
func (o *op) SymDiff(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
	if o.grad == nil {
		return nil, errors.New(o.name + " has no gradient")
	}
	defer func(last int) { *o.layers = last }(*o.layers)
	*o.layers = o.layer
	return o.grad(in, out, dy)
}
