package graph

import (
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/memory"
)

// product is y = w∗x + bias, a convolution or a matrix product, on inputs x, w and, if there is one, bias.
type product struct {
	b          *Builder
	kind, name string
	shape      tensor.Shape // of y
	inputs     []*Node
	float32    func() productKernel[float32]
	float64    func() productKernel[float64]
	settings   []Setting
	onnx       func(to ONNX, in []string) (string, error)
}

// productKernel computes a product, with relu max(0, y), and its gradients. dx and dw may each be nil where nobody asks
// for them, and db is nil for a product without a bias.
type productKernel[T kernels.Float] interface {
	Forward(y, x, w, bias []T, relu bool)
	Backward(dx, dw, db, dy, x, w []T)
}

// op returns the product, with fused = " ReLU" the product and ReLU. ReLU, or a normalization of an evaluation program,
// may be fused with the product.
func (p product) op(fused string) Op {
	relu := fused != ""
	o := Op{
		Kind: p.kind, Name: p.name + fused, Inputs: p.inputs, Shape: p.shape, Settings: p.settings, ONNX: p.onnx,
		Float32:   func() Plan[float32] { return productPlan(p.float32(), relu) },
		Float64:   func() Plan[float64] { return productPlan(p.float64(), relu) },
		Reads:     []int{0, 1, Result},
		FLOPs:     2 * int64(p.shape.TotalSize()) * int64(p.inputs[1].Shape().TotalSize()/p.inputs[1].Shape()[0]),
		gradients: []string{"dx", "dw", "db"},
	}
	if !relu {
		o.Fuse = p.fuse
	}
	return o
}

// fuse returns the product with next, ReLU or a normalization. If pooling follows a ReLU, that is fused with the
// pooling and not with the product.
func (p product) fuse(next Op) *Op {
	var both Op
	switch {
	case next.Kind == "ReLU":
		both = p.op(" ReLU")
		both.Fuse = func(pool Op) *Op { return reluPool(next.Inputs[0], pool) }
	case next.norm != nil && !p.b.gradients && p.b.mode == Eval && p.normalizable():
		p.name += " " + next.String()
		p.inputs = foldNorm(p.b, p.inputs, *next.norm)
		both = p.op("")
	default:
		return nil
	}
	return &both
}

// normalizable reports whether BatchNorm's channels are the rows of the weight: it takes those from axis 1.
func (p product) normalizable() bool { return p.kind != "Linear" || len(p.shape) == 2 }

func productPlan[T Float](k productKernel[T], relu bool) Plan[T] {
	var gated []T // dy where y > 0
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			k.Forward(c.Y, c.X[0], c.X[1], third(c.X), relu)
			return nil
		},
		Backward: func(c *Call[T]) error {
			dy := c.DY
			if relu {
				if gated == nil {
					gated = memory.Make[T](len(dy))
				}
				elementwise.ReLUBackward(gated, dy, c.Y)
				dy = gated
			}
			k.Backward(c.DX[0], c.DX[1], third(c.DX), dy, c.X[0], c.X[1])
			return nil
		},
	}
}

// third returns the third tensor, nil if there are two.
func third[T Float](tensors [][]T) []T {
	if len(tensors) < 3 {
		return nil
	}
	return tensors[2]
}
