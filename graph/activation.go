package graph

import (
	"fmt"
	"math"

	"anneal/internal/kernels/activation"
)

// activationForm is what an activation function says of itself besides its kernels.
type activationForm struct {
	reads    []int // see Op.Reads; nil: the input
	settings []Setting
	onnx     onnxForm
}

// activation draws a function that is applied to each element by itself.
func (b *Builder) activation(kind string, x *Node, f32 func() activation.Function[float32],
	f64 func() activation.Function[float64], form activationForm,
) *Node {
	if !b.open(kind, x) {
		return nil
	}
	for _, s := range form.settings {
		if v := s.Value.(float64); v-v != 0 {
			return b.Fail(fmt.Errorf("graph: %s: %s %v: want a finite number", kind, s.Name, v))
		}
	}
	reads := form.reads
	if reads == nil {
		reads = []int{0}
	}
	n := x.Shape().TotalSize()
	return b.Op(Op{
		Kind: kind, Inputs: []*Node{x}, Shape: x.Shape(), Reads: reads, Settings: form.settings, ONNX: form.onnx,
		Float32: func() Plan[float32] { return activationPlan(activation.NewPlan(n, f32())) },
		Float64: func() Plan[float64] { return activationPlan(activation.NewPlan(n, f64())) },
	})
}

func activationPlan[T Float](p *activation.Plan[T]) Plan[T] {
	return Plan[T]{
		Forward: func(c *Call[T]) error { p.Forward(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error {
			x, y := c.X[0], c.Y // the function reads one of them; the other is nil
			if x == nil {
				x = y
			} else if y == nil {
				y = x
			}
			p.Backward(c.DX[0], c.DY, x, y)
			return nil
		},
	}
}

// scalarONNX adds a constant and returns its name.
func scalarONNX(to ONNX, v float64) string { return to.Floats([]int{1}, []float32{float32(v)}) }

// geluONNX writes x·(1 + erf(x/√2))/2: the operator Gelu came in opset 20.
func geluONNX(to ONNX, in []string) (string, error) {
	erf := to.Node("Erf", []string{to.Node("Mul", []string{in[0], scalarONNX(to, math.Sqrt2/2)})})
	twice := to.Node("Mul", []string{in[0], to.Node("Add", []string{erf, scalarONNX(to, 1)})})
	return to.Node("Mul", []string{twice, scalarONNX(to, 0.5)}), nil
}

// geluTanhONNX writes GELUTanh as x·sigmoid(x·(1 + 0.044715·x²)·2·√(2/π)), which is the same.
func geluTanhONNX(to ONNX, in []string) (string, error) {
	slope := 2 * math.Sqrt(2/math.Pi)
	square := to.Node("Mul", []string{in[0], in[0]})
	cubic := to.Node("Mul", []string{square, scalarONNX(to, 0.044715*slope)})
	inner := to.Node("Mul", []string{in[0], to.Node("Add", []string{cubic, scalarONNX(to, slope)})})
	return to.Node("Mul", []string{in[0], to.Node("Sigmoid", []string{inner})}), nil
}

// softplusONNX writes Softplus of beta·x, divided by beta, and x where beta·x is above the threshold.
func softplusONNX(beta, threshold float64) onnxForm {
	return func(to ONNX, in []string) (string, error) {
		x := in[0]
		if beta != 1 {
			x = to.Node("Mul", []string{x, scalarONNX(to, beta)})
		}
		y := to.Node("Softplus", []string{x})
		if beta != 1 {
			y = to.Node("Div", []string{y, scalarONNX(to, beta)})
		}
		if threshold >= 16 { // from there on both are the same number
			return y, nil
		}
		above := to.Node("Greater", []string{x, scalarONNX(to, threshold)})
		return to.Node("Where", []string{above, in[0], y}), nil
	}
}
