package elementwise

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// passes are the passes over slices of one length.
var passes = []struct {
	name   string
	slices int
	f      func(s [][]float32)
}{
	{"ReLU", 2, func(s [][]float32) { ReLU(s[0], s[1]) }},
	{"ReLUBackward", 3, func(s [][]float32) { ReLUBackward(s[0], s[1], s[2]) }},
	{"Dropout", 3, func(s [][]float32) { Dropout(s[0], s[1], s[2]) }},
	{"exponentials", 2, func(s [][]float32) { exponentials(s[0], s[1], 4) }},
	{"SolverGradient", 3, func(s [][]float32) { Gradient(s[0], s[1], s[2], 0.7, 1, 0.1, 0) }},
	{"SolverDecay", 1, func(s [][]float32) { Decay(s[0], 0.9, 0) }},
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

// TestElementwise holds every variant to plain Go, at every length and alignment.
func TestElementwise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	for _, k := range passes {
		for n := range 131 {
			input := make([][]float32, k.slices)
			for i := range input {
				input[i] = kerneltest.Normals[float32](r, n)
				if i == 3 { // a mean of squares
					Dropout(input[i], input[i], input[i])
				}
			}
			kerneltest.CompareVariants(t, fmt.Sprintf("%s of %d", k.name, n), 1e-6, func(offset int) kerneltest.Results {
				got, intact := make([][]float32, k.slices), make([]func(), k.slices)
				for i := range got {
					got[i], intact[i] = kerneltest.Guarded[float32](t, n, (offset+i)%8)
					copy(got[i], input[i])
				}
				k.f(got)
				for _, f := range intact {
					f()
				}
				return kerneltest.Results{Values: got}
			})
		}
	}
}

// BenchmarkElementwise is to be compared with copying as many bytes as SGD with momentum reads and writes.
func BenchmarkElementwise(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 8))
	const n = 1 << 20
	s := make([][]float32, 4)
	for i := range s {
		s[i] = kerneltest.Normals[float32](r, n)
	}
	Dropout(s[3], s[3], s[3])
	b.Run("copy", func(b *testing.B) {
		from, to := make([]float32, 5*n/2), make([]float32, 5*n/2)
		for b.Loop() {
			copy(to, from)
		}
	})
	for _, k := range passes {
		kernels.EachVariant(func() {
			b.Run(k.name+"/"+kernels.Variant(), func(b *testing.B) {
				for b.Loop() {
					k.f(s[:k.slices])
				}
			})
		})
	}
}
