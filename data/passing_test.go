package data

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/parallel"
)

// panicking is an augmentation that panics on a pixel.
type panicking struct {
	GaussianNoise
	at float32
}

func (p panicking) Apply(dst, src []float32, f Frame, r *rand.Rand) {
	if src[0] == p.at {
		panic("no such pixel")
	}
	p.GaussianNoise.Apply(dst, src, f, r)
}

// Samples in memory that are read in passing make the batches that goroutines make, also while the workers compute
// other things, and the same sample ends them.
func TestPassing(t *testing.T) {
	step := parallel.New(func(int, int) {})
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(r, "samples")
		size := rapid.SampledFrom([]int{1, 50, 3000}).Draw(r, "pixels")
		pixels, labels := make([]float32, n*size), make([]int32, n)
		for i := range n {
			pixels[i*size] = float32(i)
		}
		set, err := NewMemory([3]int{1, 1, size}, 1, pixels, labels)
		if err != nil {
			r.Fatal(err)
		}
		some, err := Limit(set, rapid.IntRange(1, n).Draw(r, "limit"))
		if err != nil {
			r.Fatal(err)
		}
		o := Options{
			Batch: rapid.IntRange(1, 40).Draw(r, "batch"), Shuffle: true, Seed: rapid.Uint64().Draw(r, "seed"),
			Augment: Compose{panicking{GaussianNoise{Sigma: 1}, float32(rapid.IntRange(0, 99).Draw(r, "bad pixel"))}},
		}
		passing := loader(t, some, o)
		if !passing.passing {
			r.Fatal("the samples are not read in passing")
		}
		o.Workers = 2
		reading := loader(t, some, o)
		from := rapid.IntRange(0, passing.Batches()-1).Draw(r, "from")
		stop := rapid.IntRange(0, 5).Draw(r, "stop")
		for epoch := range 2 {
			var texts [2]string
			for i, l := range []*Loader{passing, reading} {
				for b, err := range l.Epoch(t.Context(), epoch, from) {
					for range 3 {
						step.Run(4)
					}
					texts[i] += fmt.Sprintln(b.Index, b.X, b.Labels, err)
					if b.Index == from+stop {
						break
					}
				}
			}
			if texts[0] != texts[1] {
				r.Fatalf("epoch %d: in passing\n%s\nwant\n%s", epoch, texts[0], texts[1])
			}
		}
	})
}
