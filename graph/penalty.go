package graph

import (
	"fmt"

	"gorgonia.org/tensor"
)

// Penalty adds a penalty on the activations h to what training minimises, and returns h:
//
//	(l1·Σ|h| + l2·Σ h²) / N
//
// h is [N, ...]; l1 and l2 are at least 0. The losses of evaluation programs have no penalties. It is Keras's
// activity_regularizer. AddLoss adds others; penalties on weights are solvers' weight decay.
func (b *Builder) Penalty(h *Node, l1, l2 float64) *Node {
	if !b.open("Penalty", h) {
		return nil
	}
	if !(l1 >= 0 && l2 >= 0) {
		return b.Fail(fmt.Errorf("graph: Penalty: got l1 %v and l2 %v, want numbers of at least 0", l1, l2))
	}
	if b.mode == Train {
		n := float64(h.Shape()[0])
		b.AddLoss(b.Op(Op{
			Kind: "Penalty", Inputs: []*Node{h}, Shape: tensor.ScalarShape(), Reads: []int{0},
			Float32: func() Plan[float32] { return penaltyPlan[float32](l1/n, l2/n) },
			Float64: func() Plan[float64] { return penaltyPlan[float64](l1/n, l2/n) },
		}))
	}
	return h
}

// AddLoss adds a scalar that the model draws to what training minimises. Evaluation programs ignore it.
func (b *Builder) AddLoss(scalar *Node) {
	switch {
	case b.err != nil || b.mode != Train:
	case scalar == nil || !scalar.IsScalar() || scalar.Dtype() != b.params.dtype:
		b.Fail(fmt.Errorf("graph: AddLoss: got %s, want a scalar of type %v", shapeOf(scalar), b.params.dtype))
	default:
		b.penalties = append(b.penalties, scalar)
	}
}

func penaltyPlan[T Float](l1, l2 float64) Plan[T] {
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			var absolute, squares float64
			for _, v := range c.X[0] {
				absolute += max(float64(v), -float64(v))
				squares += float64(v) * float64(v)
			}
			c.Y[0] = T(l1*absolute + l2*squares)
			return nil
		},
		Backward: func(c *Call[T]) error {
			flat, steep := T(l1)*c.DY[0], T(2*l2)*c.DY[0]
			for i, v := range c.X[0] {
				switch {
				case v > 0:
					c.DX[0][i] = steep*v + flat
				case v < 0:
					c.DX[0][i] = steep*v - flat
				default:
					c.DX[0][i] = steep * v // NaN for NaN
				}
			}
			return nil
		},
	}
}
