package data

import (
	"context"
	"fmt"
	"testing"
)

// What becomes of a sample depends on the seed, the epoch and the sample, not on its place in the epoch.
func TestAugmentDepends(t *testing.T) {
	set := numbered(t, 50)
	noise := Compose{GaussianNoise{Sigma: 1}, GaussianNoise{Sigma: 2}}
	pixels := func(o Options, epoch, from int) map[int32]float32 {
		o.Augment = noise
		m := map[int32]float32{}
		for b := range loader(t, set, o).Epoch(context.Background(), epoch, from) {
			for i, label := range b.Labels {
				m[label] = b.X[i] - float32(label)
			}
		}
		return m
	}
	want := pixels(Options{Batch: 50}, 1, 0)
	for _, o := range []Options{{Batch: 7}, {Batch: 1, Shuffle: true}} {
		for i, v := range pixels(o, 1, 2) {
			if v != want[i] {
				t.Errorf("%+v: sample %d got %v, want %v", o, i, v, want[i])
			}
		}
	}
	for name, other := range map[string]map[int32]float32{
		"another epoch": pixels(Options{Batch: 50}, 2, 0),
		"another seed":  pixels(Options{Batch: 50, Seed: 9}, 1, 0),
	} {
		for i, v := range other {
			if v == want[i] {
				t.Errorf("%s: sample %d has the same noise", name, i)
			}
		}
	}
	seen := map[float32]bool{}
	for _, v := range want {
		seen[v] = true
	}
	if len(seen) < 45 {
		t.Errorf("only %d different noises for 50 samples", len(seen))
	}
}

// The numbers drawn for a sample are part of every recorded run.
func TestAugmentGolden(t *testing.T) {
	a := newAugmenter(Compose{GaussianNoise{Sigma: 1}}, Frame{C: 1, H: 1, W: 3})
	a.start(1, 2)
	x := make([]float32, 3)
	if err := a.apply(x, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%.5f", x); got != "[-0.56237 -0.33516 -1.49701]" {
		t.Errorf("got %s", got)
	}
}

// An empty pixel is the value of byte 0, also behind a limit.
func TestBackground(t *testing.T) {
	p, err := Load(context.Background(), folder(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	set, err := Limit(p.Train, 1)
	if err != nil {
		t.Fatal(err)
	}
	noisy := loader(t, set, Options{Batch: 1, Augment: Compose{GaussianNoise{}}})
	if got, want := FrameOf(noisy.set).Background, float32(-0.4)/float32(0.3742); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
