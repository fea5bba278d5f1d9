package graph

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"gorgonia.org/gorgonia"

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
	return b.withType(
		func() *Node { return dropout[float32](b, name, x, p) },
		func() *Node { return dropout[float64](b, name, x, p) })
}

func dropout[T kernels.Float](b *Builder, name string, x *Node, p float64) *Node {
	mask := make([]T, x.Shape().TotalSize())
	key := stream.New(b.params.seed, "dropout", name)
	var seed [32]byte
	for i := range 3 {
		binary.LittleEndian.PutUint64(seed[8*i:], key.Uint64())
	}
	source := rand.NewChaCha8(seed)
	keep := T(1 / (1 - p))
	step := b.step
	y := newOp[T](b, "Dropout "+name, x.Shape())
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		binary.LittleEndian.PutUint64(seed[24:], *step)
		source.Seed(seed)
		sampleMask(mask, source, p, keep)
		elementwise.Dropout(Floats[T](out), Floats[T](in[0]), mask)
		return nil
	}
	y.grad = func(_ gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
		dx := newOp[T](b, "Dropout dx "+name, x.Shape())
		dx.run = func(out gorgonia.Value, v []gorgonia.Value) error {
			elementwise.Dropout(Floats[T](out), Floats[T](v[0]), mask)
			return nil
		}
		return gorgonia.Nodes{b.apply(dx, dy, out)}, b.err
	}
	return b.apply(y, x)
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
