package graph

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/stream"
)

// Dropout draws x with each value replaced by 0 with probability p, 0 ≤ p < 1, and the others divided by 1−p, so that
// the expected value stays the same. The gradient is masked and scaled alike. In an evaluation program Dropout
// returns x. A mask depends only on the seed of Params, on name and on the step that Program.SetStep sets.
//
// Srivastava et al., Dropout, 2014, in the inverted form that PyTorch uses.
func (b *Builder) Dropout(name string, x *Node, p float64) *Node {
	if !b.openNamed(name, x) {
		return nil
	}
	if !(p >= 0 && p < 1) {
		return b.Fail(fmt.Errorf("graph: %s: dropout probability %v: want 0 ≤ p < 1", name, p))
	}
	if b.mode == Eval || p == 0 {
		return x
	}
	return b.Op(Op{
		Kind: "Dropout", Name: name, Inputs: []*Node{x}, Shape: x.Shape(), Reads: []int{Result},
		Float32: func() Plan[float32] { return dropoutPlan[float32](b, name, x.Shape().TotalSize(), p) },
		Float64: func() Plan[float64] { return dropoutPlan[float64](b, name, x.Shape().TotalSize(), p) },
	})
}

func dropoutPlan[T Float](b *Builder, name string, size int, p float64) Plan[T] {
	mask := make([]T, size)
	key := stream.New(b.params.seed, "dropout", name)
	var seed [32]byte
	for i := range 3 {
		binary.LittleEndian.PutUint64(seed[8*i:], key.Uint64())
	}
	source := rand.NewChaCha8(seed)
	keep := T(1 / (1 - p))
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			binary.LittleEndian.PutUint64(seed[24:], *b.step)
			source.Seed(seed)
			sampleMask(mask, source, p, keep)
			elementwise.Dropout(c.Y, c.X[0], mask)
			return nil
		},
		Backward: func(c *Call[T]) error { elementwise.Dropout(c.DX[0], c.DY, mask); return nil },
	}
}

// sampleMask sets each value of mask to 0, with probability p, or to keep. It takes 32 random bits per value.
func sampleMask[T kernels.Float](mask []T, source *rand.ChaCha8, p float64, keep T) {
	drop := uint64(p * (1 << 32))
	var bits uint64
	for i := range mask {
		if i%2 == 0 {
			bits = source.Uint64()
		} else {
			bits >>= 32
		}
		mask[i] = keep
		if bits&0xffffffff < drop {
			mask[i] = 0
		}
	}
}
