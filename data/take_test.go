package data

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/data/augment"
)

// TestTake checks that a Loader that reads some batches reads them as one that reads all does.
func TestTake(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(rt, "samples")
		ranks := rapid.IntRange(1, 5).Draw(rt, "ranks")
		rank := rapid.IntRange(0, ranks-1).Draw(rt, "rank")
		o := Options{
			Batch: rapid.IntRange(1, 9).Draw(rt, "batch"), Ahead: rapid.IntRange(0, 3).Draw(rt, "ahead"), Shuffle: true,
			Augment: Compose{augment.RandomHorizontalFlip{P: 0.5}},
		}
		if rapid.Bool().Draw(rt, "weighted") {
			o.Weights = slices.Repeat([]float64{1, 3}, (n+1)/2)[:n]
		}
		set := numbered(t, n)
		all := loader(t, set, o)
		from := rapid.IntRange(0, all.Batches()-1).Draw(rt, "from")
		o.Take = func(batch int) bool { return batch%ranks == rank }
		some := loader(t, set, o)
		for epoch := range 2 {
			got, want := labels(some, epoch, from), labels(all, epoch, from)
			if len(got) != len(want) {
				rt.Fatalf("got %d batches, want %d", len(got), len(want))
			}
			for i, w := range want {
				if (from+i)%ranks != rank {
					w = nil
				}
				if !slices.Equal(got[i], w) {
					rt.Errorf("epoch %d, batch %d: got %v, want %v", epoch, from+i, got[i], w)
				}
			}
		}
	})
}
