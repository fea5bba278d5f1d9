package elementwise

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// passes are the functions over slices of one length, and their definitions for one element of each slice.
var passes = []struct {
	name   string
	slices int
	f      func(s [][]float32)
	want   func(v []float64)
}{
	{"ReLU", 2, func(s [][]float32) { ReLU(s[0], s[1]) }, func(v []float64) { v[0] = max(v[1], 0) }},
	{"ReLUBackward", 3, func(s [][]float32) { ReLUBackward(s[0], s[1], s[2]) }, func(v []float64) {
		v[0] = 0
		if v[2] > 0 {
			v[0] = v[1]
		}
	}},
	{"Dropout", 3, func(s [][]float32) { Dropout(s[0], s[1], s[2]) }, func(v []float64) { v[0] = v[1] * v[2] }},
	{"Add", 3, func(s [][]float32) { Add(s[0], s[1], s[2]) }, func(v []float64) { v[0] = v[1] + v[2] }},
	{
		"exponentials", 2, func(s [][]float32) { Exponentials(s[0], s[1], 4) },
		func(v []float64) { v[0] = math.Exp(v[1] - 4) },
	},
	{"Gradient", 3, func(s [][]float32) { Gradient(s[0], s[1], s[2], 0.7, 1, 0.1, 0) }, func(v []float64) {
		v[0] = 0.7*min(max(v[1], -1), 1) + 0.1*v[2]
	}},
	{"Decay", 1, func(s [][]float32) { Decay(s[0], 0.9, 0) }, func(v []float64) { v[0] *= 0.9 }},
	{
		"SGD", 2, func(s [][]float32) { (&SGD[float32]{Rate: 0.1}).Update(s[0], s[1], nil) },
		func(v []float64) { v[0] -= 0.1 * v[1] },
	},
	{"SGD with momentum", 3, func(s [][]float32) {
		(&SGD[float32]{Rate: 0.1, Momentum: 0.9, Gain: 0.7}).Update(s[0], s[1], s[2])
	}, func(v []float64) {
		v[2] = 0.9*v[2] + 0.7*v[1]
		v[0] -= 0.1 * v[2]
	}},
	{"SGD with Nesterov's momentum", 3, func(s [][]float32) {
		(&SGD[float32]{Rate: 0.1, Momentum: 0.9, Gain: 0.7, Nesterov: true}).Update(s[0], s[1], s[2])
	}, func(v []float64) {
		v[2] = 0.9*v[2] + 0.7*v[1]
		v[0] -= 0.1 * (v[1] + 0.9*v[2])
	}},
	{"Adam", 4, func(s [][]float32) {
		k := &Adam[float32]{
			Moments: Moments[float32]{Beta1: 0.9, Gain1: 0.1, Beta2: 0.99, Gain2: 0.01},
			Rate:    0.1, Root: 0.7, Eps: 1e-6,
		}
		k.Update(s[0], s[1], s[2], s[3], nil)
	}, func(v []float64) {
		v[2] = 0.9*v[2] + 0.1*v[1]
		v[3] = 0.99*v[3] + 0.01*v[1]*v[1]
		v[0] -= 0.1 * v[2] / (math.Sqrt(v[3])/0.7 + 1e-6)
	}},
}

// TestElementwise holds every variant to the definitions and to plain Go, at every length and alignment.
func TestElementwise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	for _, k := range passes {
		for n := range 131 {
			input := make([][]float32, k.slices)
			var want kerneltest.Reference
			for i := range input {
				input[i] = kerneltest.Normals[float32](r, n)
				if i == 3 { // a mean of squares
					Dropout(input[i], input[i], input[i])
				}
				want.Values = append(want.Values, kerneltest.Float64s(input[i]))
			}
			for i := range n {
				v := make([]float64, k.slices)
				for j := range v {
					v[j] = want.Values[j][i]
				}
				k.want(v)
				for j := range v {
					want.Values[j][i] = v[j]
				}
			}
			kerneltest.CompareVariants(t, fmt.Sprintf("%s of %d", k.name, n), 1e-6, want,
				func(what string, offset int) kerneltest.Results {
					var got kerneltest.Results
					var intact []func(string, ...any)
					for i := range input {
						s, f := kerneltest.Guarded[float32](t, n, (offset+i)%8)
						copy(s, input[i])
						got.Values, intact = append(got.Values, s), append(intact, f)
					}
					k.f(got.Values)
					for i, f := range intact {
						f("%s: slice %d", what, i)
					}
					return got
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
