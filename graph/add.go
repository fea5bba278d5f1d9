package graph

import (
	"fmt"
	"slices"

	"anneal/internal/kernels/elementwise"
)

// Add draws the sum of its terms, element by element. All have one shape; there is no broadcasting. Terms are added
// from the first to the last. With two terms, the BatchNorm that one of them is and the ReLU that follows are fused
// with the sum: the end of a residual block is then one op.
func (b *Builder) Add(terms ...*Node) *Node {
	if !b.openTerms("Add", terms) {
		return nil
	}
	terms = slices.Clone(terms)
	if len(terms) == 2 && !b.adds(terms[0]) && b.adds(terms[1]) {
		slices.Reverse(terms) // which changes no bit of the sum
	}
	return b.Op(sumOf(terms, false))
}

// Mul draws the product of its terms, element by element. All have one shape; there is no broadcasting.
func (b *Builder) Mul(terms ...*Node) *Node {
	if !b.openTerms("Mul", terms) {
		return nil
	}
	size := terms[0].Shape().TotalSize()
	return b.Op(Op{
		Kind: "Mul", Inputs: slices.Clone(terms), Shape: terms[0].Shape(),
		Float32: func() Plan[float32] { return combinationPlan(elementwise.NewProduct[float32](size)) },
		Float64: func() Plan[float64] { return combinationPlan(elementwise.NewProduct[float64](size)) },
		ONNX:    termByTerm("Mul"),
	})
}

// openTerms begins a layer without a name that takes several nodes of one shape. It reports whether the layer may go
// on.
func (b *Builder) openTerms(what string, terms []*Node) bool {
	if b.err != nil {
		return false
	}
	switch {
	case len(terms) < 2:
		b.Fail(fmt.Errorf("graph: %s of %d terms: want 2 at least", what, len(terms)))
	case slices.Contains(terms, nil):
		b.Fail(fmt.Errorf("graph: %s: term %d is nil", what, slices.Index(terms, nil)))
	case terms[0].IsScalar():
		b.Fail(fmt.Errorf("graph: %s: term 0 is a scalar: want a tensor", what))
	}
	for i := 1; i < len(terms) && b.err == nil; i++ {
		if !terms[i].Shape().Eq(terms[0].Shape()) {
			b.Fail(fmt.Errorf("graph: %s: term %d has shape %v, and term 0 has %v: want one shape for all",
				what, i, terms[i].Shape(), terms[0].Shape()))
		}
	}
	return b.err == nil
}

// adds reports whether n's op may be fused with a sum.
func (b *Builder) adds(n *Node) bool {
	o := b.fusable(n)
	return o != nil && o.drawn != nil && o.drawn.adds
}

// sumOf returns the sum of terms of one shape, with relu max(0, sum).
func sumOf(terms []*Node, relu bool) Op {
	size := terms[0].Shape().TotalSize()
	o := Op{
		Kind: "Add", Inputs: terms, Shape: terms[0].Shape(), Reads: []int{},
		Float32: func() Plan[float32] { return combinationPlan(elementwise.NewSum[float32](size, relu)) },
		Float64: func() Plan[float64] { return combinationPlan(elementwise.NewSum[float64](size, relu)) },
		ONNX:    termByTerm("Add"), alike: true, passes: !relu,
	}
	if relu {
		o.Kind, o.Reads = "Add ReLU", []int{Result}
		return o
	}
	o.Fuse = func(next Op) *Op {
		if next.Kind != "ReLU" {
			return nil
		}
		both := sumOf(terms, true)
		return &both
	}
	return o
}

func combinationPlan[T Float](k *elementwise.Combination[T]) Plan[T] {
	return Plan[T]{
		Forward:  func(c *Call[T]) error { k.Forward(c.Y, c.X); return nil },
		Backward: func(c *Call[T]) error { k.Backward(c.DX, c.DY, c.Y, c.X); return nil },
	}
}

// termByTerm returns the Op.ONNX of an operator of two inputs on several.
func termByTerm(operator string) func(to ONNX, in []string) (string, error) {
	return func(to ONNX, in []string) (string, error) {
		y := in[0]
		for _, x := range in[1:] {
			y = to.Node(operator, []string{y, x})
		}
		return y, nil
	}
}
