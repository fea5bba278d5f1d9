package graph

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"anneal/internal/parallel"
)

// Dropout2D draws x, [N, C, H, W] or [N, C, L], with each channel of each sample replaced by 0 with probability p, 0 ≤
// p < 1, and the others divided by 1−p. In an evaluation program it returns x. Its masks depend on the seed of Params,
// on name and on the step, as Dropout's do. It is PyTorch's Dropout2d and Dropout1d.
//
// Tompson et al., Efficient Object Localization Using Convolutional Networks, 2015, arXiv:1411.4280, section 3.2:
// places next to each other in a channel have much in common, so that Dropout takes away little.
func (b *Builder) Dropout2D(name string, x *Node, p float64) *Node {
	if !b.openNamed(name, x, 3, 4) {
		return nil
	}
	return b.dropWhole("Dropout2D", name, x, p, x.Shape()[0]*x.Shape()[1])
}

// DropPath draws x, [N, ...], with each sample replaced by 0 with probability p, 0 ≤ p < 1, and the others divided by
// 1−p. In a residual block, such as Add(x, DropPath(name, f(x), p)), that leaves out the whole branch f for these
// samples. In an evaluation program it returns x. Its masks depend on what Dropout's depend on.
//
// Huang et al., Deep Networks with Stochastic Depth, 2016, arXiv:1603.09382, for each sample and scaled in training, as
// torchvision's stochastic_depth with mode "row" and timm's DropPath.
func (b *Builder) DropPath(name string, x *Node, p float64) *Node {
	if !b.openNamed(name, x) {
		return nil
	}
	if x.Dims() == 0 {
		return b.Fail(fmt.Errorf("graph: %s: its input is a scalar, want [N, ...]", name))
	}
	return b.dropWhole("DropPath", name, x, p, x.Shape()[0])
}

// dropWhole draws x with each of its blocks, so many in row-major order, dropped with probability p.
func (b *Builder) dropWhole(kind, name string, x *Node, p float64, blocks int) *Node {
	if !(p >= 0 && p < 1) {
		return b.Fail(fmt.Errorf("graph: %s: dropout probability %v: want 0 ≤ p < 1", name, p))
	}
	if b.mode == Eval || p == 0 {
		return x
	}
	seed := b.maskSeed(name)
	size := x.Shape().TotalSize() / blocks
	step := b.step
	return b.Op(Op{
		Kind: kind, Name: name, Inputs: []*Node{x}, Shape: x.Shape(),
		Reads:    []int{Result}, // Backward uses Forward's mask
		Float32:  func() Plan[float32] { return dropPlan[float32](blocks, size, p, seed, step) },
		Float64:  func() Plan[float64] { return dropPlan[float64](blocks, size, p, seed, step) },
		Settings: []Setting{{"p", p, nil}},
	})
}

func dropPlan[T Float](blocks, size int, p float64, seed [32]byte, step *uint64) Plan[T] {
	mask := make([]T, blocks)
	source := rand.NewChaCha8(seed)
	var y, x []T
	scale := parallel.NewLoop(blocks, size, func(from, to int) {
		for i := from; i < to; i++ {
			m, out := mask[i], y[i*size:][:size]
			for j, v := range x[i*size:][:size] {
				out[j] = m * v
			}
		}
	})
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			binary.LittleEndian.PutUint64(seed[24:], *step)
			source.Seed(seed)
			sampleMask(mask, source, p, T(1/(1-p)))
			y, x = c.Y, c.X[0]
			scale.Run()
			return nil
		},
		Backward: func(c *Call[T]) error {
			y, x = c.DX[0], c.DY
			scale.Run()
			return nil
		},
	}
}
