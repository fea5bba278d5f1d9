package graph

import (
	"fmt"
	"math/rand/v2"

	"gorgonia.org/tensor"
)

// EmbeddingOption is a setting of Embedding.
type EmbeddingOption func(*embeddingConfig)

type embeddingConfig struct {
	padding    int
	padded     bool
	initWeight Init
}

// PaddingIdx makes row i of an Embedding the one for places without a word: it is 0 initially and has no gradient, so
// that it stays as it is. A negative i counts from the end. PyTorch's padding_idx.
func PaddingIdx(i int) EmbeddingOption {
	return func(c *embeddingConfig) { c.padding, c.padded = i, true }
}

// InitRows samples an Embedding's initial rows with init. Default: the standard normal distribution.
func InitRows(init Init) EmbeddingOption { return func(c *embeddingConfig) { c.initWeight = init } }

// Embedding draws a table of vectors: indices is of any shape [...], and the result, [..., dim], has the rows of the
// weight with these indices. Indices are integers, or floating-point numbers that are whole, from 0 to num−1.
//
// The parameter is name.weight, [num, dim], initially from the standard normal distribution. The options are PaddingIdx
// and InitRows. It is PyTorch's Embedding.
func (b *Builder) Embedding(name string, indices *Node, num, dim int, opts ...EmbeddingOption) *Node {
	if !b.openNamed(name, indices) {
		return nil
	}
	c := embeddingConfig{initWeight: func(rng *rand.Rand, _ Fan) func() float64 { return normal(rng, 1) }}
	for _, o := range opts {
		o(&c)
	}
	switch {
	case num < 1 || dim < 1:
		return b.Fail(fmt.Errorf("graph: %s: %d rows of %d: want at least 1 of each", name, num, dim))
	case c.padded && (c.padding < -num || c.padding >= num):
		return b.Fail(fmt.Errorf("graph: %s: padding index %d: want %d to %d", name, c.padding, -num, num-1))
	case c.padding < 0:
		c.padding += num
	}
	if !c.padded {
		c.padding = -1
	}
	weight := b.Param(name+".weight", Weight, tensor.Shape{num, dim}, c.rows(dim), Fan{In: num, Out: dim})
	shape := append(indices.Shape().Clone(), dim)
	settings := []Setting{{"rows", num, nil}, {"of", dim, nil}, {"padding index", c.padding, -1}}
	return b.Op(Op{
		Kind: "Embedding", Name: name, Inputs: []*Node{indices, weight}, Shape: shape, Settings: settings,
		Float32: func() Plan[float32] { return embeddingPlan[float32](indices.Shape().TotalSize(), num, dim, c.padding) },
		Float64: func() Plan[float64] { return embeddingPlan[float64](indices.Shape().TotalSize(), num, dim, c.padding) },
		Reads:   []int{0, Result},
		ONNX: func(to ONNX, in []string) (string, error) {
			const int64Type = 7 // of ONNX's TensorProto
			rows := to.Node("Cast", in[:1], Attribute{"to", int64Type})
			return to.Node("Gather", []string{in[1], rows}, Attribute{"axis", 0}), nil
		},
	})
}

// rows returns the Init of the weight, whose rows have dim numbers: that of the padding is 0.
func (c embeddingConfig) rows(dim int) Init {
	return func(rng *rand.Rand, fan Fan) func() float64 {
		sample, at := c.initWeight(rng, fan), 0
		return func() float64 {
			v, row := sample(), at/dim
			at++
			if row == c.padding {
				return 0
			}
			return v
		}
	}
}

func embeddingPlan[T Float](count, num, dim, padding int) Plan[T] {
	rows := make([]int32, count)
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			if err := wholeNumbers(rows, c, 0, "index", 0, num-1); err != nil {
				return err
			}
			for i, row := range rows {
				copy(c.Y[i*dim:(i+1)*dim], c.X[1][int(row)*dim:])
			}
			return nil
		},
		Backward: func(c *Call[T]) error {
			if c.DX[0] != nil {
				clear(c.DX[0])
			}
			dw := c.DX[1]
			if dw == nil {
				return nil
			}
			clear(dw)
			for i, row := range rows {
				if int(row) == padding {
					continue
				}
				to := dw[int(row)*dim:][:dim]
				for j, d := range c.DY[i*dim:][:dim] {
					to[j] += d
				}
			}
			return nil
		},
	}
}
