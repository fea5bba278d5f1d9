package attention

import (
	"encoding/binary"
	"math/rand/v2"

	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Key determines the masks of a dropout: the seed of a stream, and a count, which stands for the step.
type Key struct {
	Seed [3]uint64
	Step *uint64
}

// dropout samples masks for weights. Each head of each sample has a stream, so that the masks do not depend on how
// heads are cut into parts.
type dropout[T kernels.Float] struct {
	key   Key
	drop  uint64 // a value is dropped if 32 random bits are below
	keep  T
	masks []T // as the weights
	seeds [][32]byte
	from  []*rand.ChaCha8 // by slot
	step  uint64
}

func newDropout[T kernels.Float](n int, p float64, key Key) *dropout[T] {
	d := &dropout[T]{
		key: key, drop: uint64(p * (1 << 32)), keep: T(1 / (1 - p)), masks: kernels.Make[T](n),
		seeds: make([][32]byte, parallel.MaxSlots), from: make([]*rand.ChaCha8, parallel.MaxSlots),
	}
	for i := range d.from {
		d.from[i] = rand.NewChaCha8(d.seeds[i])
	}
	return d
}

// next begins the masks of the key's step.
func (d *dropout[T]) next() { d.step = *d.key.Step }

// mask samples the mask of a block of weights, from query t of a head on. Blocks of a head come in order.
func (d *dropout[T]) mask(head, t int, w []T, slot int, s Shape) []T {
	source := d.from[slot]
	if t == 0 {
		seed := &d.seeds[slot]
		for i, word := range [4]uint64{d.key.Seed[0], d.key.Seed[1], d.key.Seed[2] + uint64(head), d.step} {
			binary.LittleEndian.PutUint64(seed[8*i:], word)
		}
		source.Seed(*seed)
	}
	mask := d.masks[(head*s.Queries+t)*s.Keys:][:len(w)]
	for i := 0; i < len(mask); i += 2 {
		bits := source.Uint64()
		for j := i; j < min(i+2, len(mask)); j++ {
			mask[j] = d.keep
			if bits&0xffffffff < d.drop {
				mask[j] = 0
			}
			bits >>= 32
		}
	}
	return mask
}
