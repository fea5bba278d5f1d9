package graph

import (
	"testing"

	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

// Results that live at one time have places of their own, in an arena that is not larger than all of them together.
func TestArena(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lives []life
		all := 0
		for range rapid.IntRange(0, 30).Draw(t, "results") {
			from, size := rapid.IntRange(0, 40).Draw(t, "from"), rapid.IntRange(1, 200).Draw(t, "size")
			to := from + rapid.IntRange(0, 10).Draw(t, "length")
			lives = append(lives, life{&op{shape: tensor.Shape{size}}, from, to})
			all += (size + placeUnit - 1) / placeUnit * placeUnit
		}
		a := new(arena[float32])
		places := a.place(lives)
		if len(places) != len(lives) || a.size > all {
			t.Fatalf("%d places in %d numbers for %d results of %d", len(places), a.size, len(lives), all)
		}
		for i, p := range places {
			if p.at%placeUnit != 0 || p.end-p.at != p.op.shape[0] || p.end > a.size {
				t.Fatalf("place %+v of a result of %v in %d numbers", p, p.op.shape, a.size)
			}
			for _, q := range places[:i] {
				if p.at < q.at || p.overlaps(q.life) && p.at < q.end {
					t.Fatalf("places %+v and %+v", q, p)
				}
			}
		}
	})
}

// Activations of one size that each follow from the one before need the memory of two.
func TestArenaOfChain(t *testing.T) {
	var lives []life
	for i := range 10 {
		lives = append(lives, life{&op{shape: tensor.Shape{64}}, i, i + 1})
	}
	if a := new(arena[float64]); len(a.place(lives)) != 10 || a.size != 128 {
		t.Errorf("%d numbers: want 128", a.size)
	}
}
