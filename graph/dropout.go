package graph

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/memory"
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
	seed, step := b.maskSeed(name), b.step
	return b.Op(Op{
		Kind: "Dropout", Name: name, Inputs: []*Node{x}, Shape: x.Shape(), Reads: []int{Result},
		Float32: func() Plan[float32] { return dropoutPlan[float32](x.Shape().TotalSize(), p, seed, step) },
		Float64: func() Plan[float64] { return dropoutPlan[float64](x.Shape().TotalSize(), p, seed, step) },
	})
}

// maskSeed returns the seed of the masks of the dropout layer of this name, another one for each use of a shared layer.
// Its last eight bytes are free for the step.
func (b *Builder) maskSeed(name string) (seed [32]byte) {
	path := []string{"dropout", name}
	if again := b.uses[name]; again > 0 {
		path = append(path, strconv.Itoa(again))
	}
	key := stream.New(b.params.seed, path...)
	for i := range 3 {
		binary.LittleEndian.PutUint64(seed[8*i:], key.Uint64())
	}
	return seed
}

func dropoutPlan[T Float](size int, p float64, seed [32]byte, step *uint64) Plan[T] {
	mask := memory.Make[T](size)
	source := rand.NewChaCha8(seed)
	keep := T(1 / (1 - p))
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			binary.LittleEndian.PutUint64(seed[24:], *step)
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
