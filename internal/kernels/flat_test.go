package kernels

import (
	"math/rand/v2"
	"testing"
)

// flatPasses are the passes over slices of one length.
var flatPasses = []struct {
	name   string
	slices int
	f      func(s [][]float32)
}{
	{"ReLU", 2, func(s [][]float32) { ReLU(s[0], s[1]) }},
	{"ReLUBackward", 3, func(s [][]float32) { ReLUBackward(s[0], s[1], s[2]) }},
	{"Dropout", 3, func(s [][]float32) { Dropout(s[0], s[1], s[2]) }},
	{"exponentials", 2, func(s [][]float32) { exponentials(s[0], s[1], 4) }},
	{"SolverGradient", 3, func(s [][]float32) { SolverGradient(s[0], s[1], s[2], 0.7, 1, 0.1, 0) }},
	{"SolverDecay", 1, func(s [][]float32) { SolverDecay(s[0], 0.9, 0) }},
	{"SGD", 2, func(s [][]float32) { (&SGD[float32]{Rate: 0.1}).Update(s[0], s[1], nil) }},
	{"SGD with momentum", 3, func(s [][]float32) {
		(&SGD[float32]{Rate: 0.1, Momentum: 0.9, Gain: 0.7}).Update(s[0], s[1], s[2])
	}},
	{"SGD with Nesterov's momentum", 3, func(s [][]float32) {
		(&SGD[float32]{Rate: 0.1, Momentum: 0.9, Gain: 0.7, Nesterov: true}).Update(s[0], s[1], s[2])
	}},
	{"Adam", 4, func(s [][]float32) {
		k := &Adam[float32]{Moments: Moments[float32]{Beta1: 0.9, Gain1: 0.1, Beta2: 0.99, Gain2: 0.01}, Rate: 0.1, Root: 0.7, Eps: 1e-6}
		k.Update(s[0], s[1], s[2], s[3], nil)
	}},
}

// TestFlat holds every variant to plain Go, at every length and alignment.
func TestFlat(t *testing.T) {
	defer func(v variant) { active = v }(active)
	r := rand.New(rand.NewPCG(1, 7))
	for _, k := range flatPasses {
		for n := range 131 {
			active = generic
			input, want := make([][]float32, k.slices), make([][]float32, k.slices)
			for i := range input {
				input[i] = normals[float32](r, n)
				if i == 3 { // a mean of squares
					Dropout(input[i], input[i], input[i])
				}
				want[i] = append([]float32(nil), input[i]...)
			}
			k.f(want)
			for active = generic; active <= bestVariant(); active++ {
				for offset := range 8 {
					got := make([][]float32, k.slices)
					for i := range got {
						s, intact := guarded[float32](t, n, (offset+i)%8)
						copy(s, input[i])
						got[i] = s
						defer intact()
					}
					k.f(got)
					for i := range got {
						near(t, k.name+" "+active.String(), got[i], want[i], 1e-6)
					}
				}
			}
		}
	}
}

// BenchmarkFlat is to be compared with copying as many bytes as SGD with momentum reads and writes.
func BenchmarkFlat(b *testing.B) {
	defer func(v variant) { active = v }(active)
	r := rand.New(rand.NewPCG(1, 8))
	const n = 1 << 20
	s := make([][]float32, 4)
	for i := range s {
		s[i] = normals[float32](r, n)
	}
	Dropout(s[3], s[3], s[3])
	b.Run("copy", func(b *testing.B) {
		from, to := make([]float32, 5*n/2), make([]float32, 5*n/2)
		for b.Loop() {
			copy(to, from)
		}
	})
	for _, k := range flatPasses {
		for active = generic; active <= bestVariant(); active++ {
			b.Run(k.name+"/"+active.String(), func(b *testing.B) {
				for b.Loop() {
					k.f(s[:k.slices])
				}
			})
		}
	}
}
