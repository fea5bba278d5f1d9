//go:build unix

package augment

import (
	"syscall"
	"testing"
)

// BenchmarkAffine rotates, scales and moves images of 28×28.
func BenchmarkAffine(b *testing.B) {
	for name, a := range map[string]Compose{
		"affine": {RandomAffine{Degrees: 10, Translate: [2]float64{0.1, 0.1}, Scale: [2]float64{0.9, 1.1}}},
		"three": {
			RandomAffine{Degrees: 10, Scale: [2]float64{1, 1}},
			RandomAffine{Scale: [2]float64{0.9, 1.1}},
			RandomCrop{Padding: []int{2}},
		},
		"elastic":     {ElasticTransform{Alpha: []float64{34}, Sigma: []float64{4}}},
		"perspective": {RandomPerspective{Distortion: 0.5, P: 1}},
		"trivial":     {TrivialAugmentWide{Bins: 31}},
	} {
		b.Run(name, func(b *testing.B) {
			w, r, x := NewWorker(a, Frame{C: 1, H: 28, W: 28}), random(1), gray(1, 28, 28)
			b.ReportAllocs()
			start := processor()
			for b.Loop() {
				w.Apply(x, r)
			}
			b.ReportMetric((processor()-start)/float64(b.N), "cpu-ns/op")
		})
	}
}

func processor() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano())
}
