package graph

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/rearrange"
)

// PadMode says what padding consists of. It is an option of Pad, Conv1D and Conv2D.
type PadMode int

const (
	PadConstant  PadMode = iota // zeros, or the number that PadValue sets
	PadReflect                  // x mirrored at its edge, whose numbers are not repeated
	PadReplicate                // the numbers at the edge
	PadCircular                 // the numbers from the other end
)

var padModes = []string{"constant", "reflect", "replicate", "circular"}

// String returns PyTorch's name of m.
func (m PadMode) String() string {
	if m < 0 || int(m) >= len(padModes) {
		return fmt.Sprintf("PadMode(%d)", int(m))
	}
	return padModes[m]
}

func (m PadMode) pad(c *padConfig)   { c.mode = m }
func (m PadMode) conv(c *convConfig) { c.padMode = m }

// PadOption is a setting of Pad.
type PadOption interface{ pad(*padConfig) }

type padConfig struct {
	mode  PadMode
	value float64
}

// PadValue makes Pad's padding consist of v. Default 0.
func PadValue(v float64) PadOption { return padOption(func(c *padConfig) { c.value = v }) }

type padOption func(*padConfig)

func (o padOption) pad(c *padConfig) { o(c) }

// Pad draws x with padding. sides has how many places to add before the last axis, after it, before the last but one,
// after it, and so on: [left, right, top, bottom] for images. Negative numbers take places away. Axes beyond sides stay
// as they are. The options are a PadMode and PadValue.
//
// With PadReflect a side has less padding than x has places. With PadCircular it has at most as much, and what is taken
// away at one side does not come back at the other. It is PyTorch's pad, which pads every axis with a constant only,
// and the last one to three of x with other modes.
func (b *Builder) Pad(x *Node, sides []int, opts ...PadOption) *Node {
	const what = "Pad"
	if !b.open(what, x) {
		return nil
	}
	var c padConfig
	for _, o := range opts {
		o.pad(&c)
	}
	before, after, err := c.axes(x.Shape(), sides)
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %s: %w", what, err))
	}
	in := []int(x.Shape().Clone())
	mode := rearrange.Mode(c.mode)
	return b.Op(Op{
		Kind: what, Inputs: []*Node{x}, Shape: rearrange.Padded(in, before, after), Reads: []int{},
		Float32: func() Plan[float32] { return padPlan[float32](in, before, after, mode, c.value) },
		Float64: func() Plan[float64] { return padPlan[float64](in, before, after, mode, c.value) },
		Settings: []Setting{
			{"", append([]int(nil), sides...), nil},
			{"", c.mode.String(), PadConstant.String()},
			{"value", c.value, 0.0},
		},
		ONNX: func(to ONNX, in []string) (string, error) { return c.onnx(to, in[0], before, after), nil },
	})
}

func padPlan[T Float](in, before, after []int, mode rearrange.Mode, value float64) Plan[T] {
	p := rearrange.NewPad[T](in, before, after, mode, value)
	return Plan[T]{
		Forward:  func(c *Call[T]) error { p.Forward(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error { p.Backward(c.DX[0], c.DY); return nil },
	}
}

// axes returns the padding before and after each axis of x.
func (c *padConfig) axes(x tensor.Shape, sides []int) (before, after []int, err error) {
	before, after = make([]int, len(x)), make([]int, len(x))
	switch {
	case len(sides)%2 != 0 || len(sides) > 2*len(x):
		return nil, nil, fmt.Errorf("sides %v for an input of shape %v: want two for each axis, the last axis first",
			sides, x)
	case c.mode < PadConstant || c.mode > PadCircular:
		return nil, nil, fmt.Errorf("mode %v: want one of %v", c.mode, padModes)
	case c.value != 0 && c.mode != PadConstant:
		return nil, nil, fmt.Errorf("padding value %v with mode %v: want mode %v", c.value, c.mode, PadConstant)
	case math.IsNaN(c.value):
		return nil, nil, fmt.Errorf("padding value %v: want a number", c.value)
	}
	for i := range len(sides) / 2 {
		axis := len(x) - 1 - i
		before[axis], after[axis] = sides[2*i], sides[2*i+1]
		most := math.MaxInt
		switch c.mode {
		case PadReflect:
			most = x[axis] - 1
		case PadCircular:
			most = x[axis] + min(before[axis], 0) + min(after[axis], 0)
		}
		for _, n := range sides[2*i : 2*i+2] {
			if n > most {
				return nil, nil, fmt.Errorf("padding %d of axis %d of %v: want at most %d with mode %v", n, axis, x, most, c.mode)
			}
		}
		if left := x[axis] + before[axis] + after[axis]; left < 1 || before[axis] < -x[axis] || after[axis] < -x[axis] {
			return nil, nil, fmt.Errorf("padding %d and %d of axis %d of %v leaves %d places: want at least 1",
				before[axis], after[axis], axis, x, left)
		}
	}
	return before, after, nil
}

// onnx writes the padding, and a Slice that takes away what negative numbers do: after it, except with PadCircular.
// ONNX has no circular mode before opset 19: the ends of x are joined to it instead.
func (c *padConfig) onnx(to ONNX, x string, before, after []int) string {
	pads := make([]int, 2*len(before))
	padded := false
	for axis := range before {
		pads[axis], pads[len(before)+axis] = max(before[axis], 0), max(after[axis], 0)
		padded = padded || pads[axis] > 0 || pads[len(before)+axis] > 0
	}
	if c.mode == PadCircular {
		x = crop(to, x, before, after)
		for axis := range before {
			x = joinEnds(to, x, axis, pads[axis], pads[len(before)+axis])
		}
		return x
	}
	in := []string{x, to.Ints(pads...)}
	mode := map[PadMode]string{PadConstant: "constant", PadReflect: "reflect", PadReplicate: "edge"}[c.mode]
	if c.mode == PadConstant {
		in = append(in, to.Floats(nil, []float32{float32(c.value)}))
	}
	if padded {
		x = to.Node("Pad", in, Attribute{"mode", mode})
	}
	return crop(to, x, before, after)
}

// crop writes a Slice that takes away as many places as there are negative numbers.
func crop(to ONNX, x string, before, after []int) string {
	var starts, ends, axes []int
	for axis := range before {
		if before[axis] < 0 || after[axis] < 0 {
			axes = append(axes, axis)
			starts, ends = append(starts, max(-before[axis], 0)), append(ends, sliceEnd(after[axis]))
		}
	}
	if len(axes) == 0 {
		return x
	}
	return to.Node("Slice", []string{x, to.Ints(starts...), to.Ints(ends...), to.Ints(axes...)})
}

// sliceEnd returns the end, for ONNX's Slice, of an axis that loses −after places, or none if after is positive.
func sliceEnd(after int) int {
	if after < 0 {
		return after
	}
	return math.MaxInt64
}

// joinEnds writes x with its last places of an axis before it, and its first ones after it.
func joinEnds(to ONNX, x string, axis, before, after int) string {
	if before == 0 && after == 0 {
		return x
	}
	part := func(from, end int) string {
		return to.Node("Slice", []string{x, to.Ints(from), to.Ints(end), to.Ints(axis)})
	}
	var pieces []string
	if before > 0 {
		pieces = append(pieces, part(-before, math.MaxInt64))
	}
	pieces = append(pieces, x)
	if after > 0 {
		pieces = append(pieces, part(0, after))
	}
	return to.Node("Concat", pieces, Attribute{"axis", axis})
}
