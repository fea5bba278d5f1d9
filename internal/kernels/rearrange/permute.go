package rearrange

import (
	"slices"

	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
	"anneal/internal/parallel"
)

// Permute is the plan of a tensor whose axes come in another order. Where the last axis stays the last, rows are
// copied. Elsewhere matrices are transposed: their rows lie along the last axis of the tensor, and their columns become
// the last axis of the result.
type Permute[T kernels.Float] struct {
	tiles   []tile
	stride  int     // how far apart the elements of a row are in the result
	offsets []int32 // where a matrix's rows begin; nil if rows are copied

	to, from []T // the arguments of the call at work
	loop     parallel.Loop
}

// tile is n elements of a row, or of each row of a matrix, from place from of the tensor and place to of the result.
type tile struct{ to, from, n int32 }

// NewPermute returns a plan for tensors of this shape. Axis i of the result is axis axes[i], and axes has each axis
// once.
func NewPermute[T kernels.Float](shape, axes []int) *Permute[T] {
	shape, axes = merged(shape, axes)
	last := len(axes) - 1
	result := make([]int, len(axes))
	for i, axis := range axes {
		result[i] = shape[axis]
	}
	in, out := strides(shape), strides(result)
	row := slices.Index(axes, last) // the axis of the result along which the tensor's rows lie
	p, columns := &Permute[T]{stride: out[row]}, 1
	if row != last {
		columns = result[last]
		for i := range columns {
			p.offsets = append(p.offsets, int32(i*in[axes[last]]))
		}
	}
	starts := []tile{{}}
	for i, axis := range axes {
		if i == row || i == last {
			continue
		}
		next := make([]tile, 0, len(starts)*result[i])
		for _, t := range starts {
			for j := range result[i] {
				next = append(next, tile{to: t.to + int32(j*out[i]), from: t.from + int32(j*in[axis])})
			}
		}
		starts = next
	}
	width := shape[last]
	most := min(width, max(1, parallel.PartSize/columns/kernels.Lanes)*kernels.Lanes)
	for _, t := range starts {
		for at := 0; at < width; at += most {
			p.tiles = append(p.tiles, tile{t.to + int32(at*p.stride), t.from + int32(at), int32(min(most, width-at))})
		}
	}
	p.loop = parallel.NewLoop(len(p.tiles), most*columns, p.part)
	return p
}

// Run sets to to the permuted from.
func (p *Permute[T]) Run(to, from []T) {
	kernels.CheckLen("Permute", "to", len(to), len(from))
	p.to, p.from = to, from
	p.loop.Run()
	p.to, p.from = nil, nil
}

func (p *Permute[T]) part(from, to int) {
	for _, t := range p.tiles[from:to] {
		if p.offsets == nil {
			copy(p.to[t.to:][:t.n], p.from[t.from:])
			continue
		}
		gemm.Transpose(p.to[t.to:], p.stride, p.from[t.from:], p.offsets, int(t.n))
	}
}

// merged returns the shape and the order with axes that stay next to each other as one.
func merged(shape, axes []int) (sizes, order []int) {
	first := make([]bool, len(shape)) // of the axes that are one
	for i, axis := range axes {
		first[axis] = i == 0 || axis != axes[i-1]+1
	}
	place := make([]int, len(shape))
	for axis, size := range shape {
		if first[axis] {
			sizes = append(sizes, size)
		} else {
			sizes[len(sizes)-1] *= size
		}
		place[axis] = len(sizes) - 1
	}
	for _, axis := range axes {
		if first[axis] {
			order = append(order, place[axis])
		}
	}
	return sizes, order
}

// strides returns how far apart the elements of each axis are.
func strides(shape []int) []int {
	s := make([]int, len(shape))
	size := 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = size
		size *= shape[i]
	}
	return s
}
