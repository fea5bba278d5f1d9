package graph

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// Ints draws the numbers of x as integers of type int32, for a network whose input has places in a vocabulary, or other
// classes, in place of measurements. Fractions are cut off, and float32 holds whole numbers up to 2²⁴ exactly. It has
// no gradient.
func (b *Builder) Ints(x *Node) *Node {
	if !b.open("Ints", x) {
		return nil
	}
	return b.withType(
		func() *Node { return drawInts[float32](b, x) },
		func() *Node { return drawInts[float64](b, x) })
}

func drawInts[T kernels.Float](b *Builder, x *Node) *Node {
	const int32Type = 6 // of ONNX's TensorProto
	y := newOp[T](b, "Ints", x.Shape())
	y.drawn = &Op{
		Kind: "Ints", Inputs: []*Node{x}, Shape: x.Shape(),
		ONNX: func(to ONNX, in []string) (string, error) {
			return to.Node("Cast", in, Attribute{"to", int32Type}), nil
		},
	}
	y.integers = true
	y.alloc = func() gorgonia.Value {
		return tensor.New(tensor.Of(tensor.Int32), tensor.WithShape(x.Shape().Clone()...))
	}
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		to := out.(*tensor.Dense).Int32s()
		for i, v := range Floats[T](in[0]) {
			if !(v >= -1<<31 && v < 1<<31) {
				return fmt.Errorf("number %d is %v: want an int32", i, v)
			}
			to[i] = int32(v)
		}
		return nil
	}
	return b.apply(y, x)
}
