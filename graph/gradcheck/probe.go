package gradcheck

import (
	"math/rand/v2"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// inputName is the parameter that stands for the model's input, so that a program computes its gradient.
const inputName = "gradcheck.x"

// probed draws the model with logits whose loss has the gradient of Σ r·y times a constant factor.
func (c *check) probed(b *graph.Builder, x *graph.Node) *graph.Node {
	of := x
	if !c.FixedInput {
		of = b.Param(inputName, graph.Weight, c.shape, graph.Constant(0), graph.Fan{})
	}
	y := c.model(b, of)
	if b.Err() != nil {
		return nil
	}
	return c.probe(b, y, x)
}

// probe draws logits of two classes: s and 0 for the first sample, 0 and 0 for the others. s is Σ r·y less c.shift.
// Where the shift makes s 0, the derivative by s of the cross-entropy with label 0 is −½, divided by the number of
// samples.
func (c *check) probe(b *graph.Builder, y, x *graph.Node) *graph.Node {
	r := make([]float64, max(1, y.Shape().TotalSize()))
	normal(r, rand.New(rand.NewPCG(c.Seed, 2)))
	return b.Op(graph.Op{
		Kind: "gradcheck", Inputs: []*graph.Node{y, x}, Shape: tensor.Shape{c.shape[0], 2}, Reads: []int{graph.Result},
		Float64: func() graph.Plan[float64] {
			return graph.Plan[float64]{
				Forward: func(call *graph.Call[float64]) error {
					clear(call.Y)
					for i, v := range call.X[0] {
						call.Y[0] += r[i] * v
					}
					call.Y[0] -= c.shift
					return nil
				},
				Backward: func(call *graph.Call[float64]) error {
					for i := range call.DX[0] {
						call.DX[0][i] = r[i] * call.DY[0]
					}
					return nil
				},
			}
		},
	})
}
