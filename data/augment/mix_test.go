package augment

import (
	"math"
	"testing"
)

// A batch that is mixed keeps its sum, pixel by pixel, and its targets stay probabilities. Each image has parts of
// itself and of the one before it alone.
func TestMix(t *testing.T) {
	f := Frame{C: 2, H: 9, W: 40}
	const n, classes, size = 5, 5, 2 * 9 * 40
	for _, text := range []string{
		"MixUp()", "MixUp(alpha=0.05)", "CutMix()", "RandomChoice([MixUp(), CutMix(alpha=0.3)])",
	} {
		steps, seen := parse(t, text), map[float32]bool{}
		for seed := range uint64(50) {
			x, targets := make([]float32, n*size), make([]float32, n*classes)
			for i := range x {
				x[i] = float32(i / size)
			}
			for i := range n {
				targets[i*classes+i] = 1
			}
			steps.Mix(x, targets, f, random(seed))
			for i := range n {
				own, other := float64(targets[i*classes+i]), float64(targets[i*classes+(i+n-1)%n])
				if !(own >= 0 && other >= 0 && math.Abs(own+other-1) <= 1e-6) {
					t.Fatalf("%s: targets of image %d: %v", text, i, targets[i*classes:(i+1)*classes])
				}
				sum := 0.0
				for _, v := range x[i*size : (i+1)*size] {
					sum += float64(v)
				}
				if want := size * (own*float64(i) + other*float64((i+n-1)%n)); !(math.Abs(sum-want) <= 0.02) {
					t.Fatalf("%s: image %d has the sum %v, want %v for targets %v", text, i, sum, want, targets)
				}
			}
			for i := range size {
				if sum := x[i] + x[i+size] + x[i+2*size] + x[i+3*size] + x[i+4*size]; !(math.Abs(float64(sum-10)) <= 1e-5) {
					t.Fatalf("%s: the sum of pixel %d is %v", text, i, sum)
				}
			}
			seen[targets[0]] = true
		}
		if len(seen) < 15 {
			t.Errorf("%s: only %d shares in 50 batches", text, len(seen))
		}
	}
}

// λ has the mean and variance of the distribution Beta(α, α), also where α is so small that Gamma has no float64.
func TestBeta(t *testing.T) {
	for _, alpha := range []float64{1e-3, 0.2, 1, 4, 1000} {
		const n = 20000
		r, sum, squares := random(3), 0.0, 0.0
		for range n {
			v := beta(r, alpha)
			if !(v >= 0 && v <= 1) {
				t.Fatalf("Beta(%v): got %v", alpha, v)
			}
			sum += v - 0.5
			squares += (v - 0.5) * (v - 0.5)
		}
		variance := 1 / (4 * (2*alpha + 1))
		if !(math.Abs(sum/n) <= 4*math.Sqrt(variance/n) && math.Abs(squares/n/variance-1) <= 0.05) {
			t.Errorf("Beta(%v): mean 0.5 + %v, variance %v, want %v", alpha, sum/n, squares/n, variance)
		}
	}
}
