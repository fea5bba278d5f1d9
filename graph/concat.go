package graph

import (
	"fmt"
	"slices"

	"anneal/internal/kernels/rearrange"
)

// Concat draws tensors one after another along an axis: their sizes along it add up, and all other sizes must be the
// same. The axis counts from 0, or backwards from −1, the last. It copies. It is PyTorch's cat.
func (b *Builder) Concat(axis int, x ...*Node) *Node {
	const what = "Concat"
	if b.err != nil {
		return nil
	}
	if len(x) == 0 || slices.Contains(x, nil) {
		return b.Fail(fmt.Errorf("graph: %s: one of its %d inputs is nil, or it has none", what, len(x)))
	}
	at, err := placeOfAxis(x[0], axis)
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %s: %w", what, err))
	}
	shape := x[0].Shape().Clone()
	outer, _, inner := axisLayout(shape, at)
	widths := make([]int, len(x))
	total := 0
	for i, n := range x {
		other := n.Shape().Clone()
		if len(other) == len(shape) {
			widths[i] = other[at] * inner
			total += other[at]
			other[at] = shape[at]
		}
		if !other.Eq(shape) {
			return b.Fail(fmt.Errorf("graph: %s: input %d has shape %v, and input 0 has %v: "+
				"want shapes that differ only in axis %d", what, i, n.Shape(), x[0].Shape(), at))
		}
	}
	shape[at] = total
	return b.Op(Op{
		Kind: what, Inputs: x, Shape: shape, Reads: []int{},
		Float32:  func() Plan[float32] { return concatPlan[float32](outer, widths) },
		Float64:  func() Plan[float64] { return concatPlan[float64](outer, widths) },
		Settings: []Setting{{"axis", at, nil}},
		ONNX: func(to ONNX, in []string) (string, error) {
			return to.Node("Concat", in, Attribute{"axis", at}), nil
		},
	})
}

func concatPlan[T Float](outer int, widths []int) Plan[T] {
	p := rearrange.NewPieces[T](outer, widths...)
	return Plan[T]{
		Forward:  func(c *Call[T]) error { p.Join(c.Y, c.X); return nil },
		Backward: func(c *Call[T]) error { p.Cut(c.DX, c.DY); return nil },
	}
}

// Split draws the parts of x along an axis, with so many places each, and returns them in order. One size stands for as
// many parts of that size as there are; the last one is smaller if the axis has no multiple. The axis counts from 0, or
// backwards from −1, the last. Each part is a Slice, a copy. It is PyTorch's split.
func (b *Builder) Split(x *Node, axis int, sizes ...int) []*Node {
	const what = "Split"
	if b.err == nil && x == nil {
		b.Fail(fmt.Errorf("graph: %s: its input is nil", what))
	}
	if b.err != nil {
		return make([]*Node, max(len(sizes), 1))
	}
	fail := func(err error) []*Node {
		b.Fail(fmt.Errorf("graph: %s: %w", what, err))
		return make([]*Node, max(len(sizes), 1))
	}
	at, err := placeOfAxis(x, axis)
	if err != nil {
		return fail(err)
	}
	size := x.Shape()[at]
	if len(sizes) == 0 || slices.Min(sizes) < 1 {
		return fail(fmt.Errorf("parts of sizes %v: want sizes of at least 1", sizes))
	}
	if len(sizes) == 1 {
		sizes = chunks(size, sizes[0])
	}
	total := 0
	for _, n := range sizes {
		total += n
	}
	if total != size {
		return fail(fmt.Errorf("parts of sizes %v make %d places: axis %d of %v has %d", sizes, total, at, x.Shape(), size))
	}
	parts := make([]*Node, len(sizes))
	from := 0
	for i, n := range sizes {
		parts[i] = b.Slice(x, at, from, from+n)
		from += n
	}
	return parts
}

// chunks cuts size places into parts of n, the last of which may be smaller.
func chunks(size, n int) []int {
	sizes := slices.Repeat([]int{n}, size/n)
	if size%n != 0 {
		sizes = append(sizes, size%n)
	}
	return sizes
}
