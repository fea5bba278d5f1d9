package kernels

import (
	"math/rand/v2"
	"testing"
)

// guards surround memory that a kernel writes, so that a write out of bounds shows.
const (
	guards     = 16
	guardValue = 12345
)

// guarded copies v to memory that starts offset elements from where it was allocated, with guards on either side.
func guarded(t testing.TB, v []float32, offset int) (inside []float32, check func(what string)) {
	all := make([]float32, guards+offset+len(v)+guards)
	for i := range all {
		all[i] = guardValue
	}
	from, to := guards+offset, guards+offset+len(v)
	copy(all[from:], v)
	return all[from:to:to], func(what string) {
		t.Helper()
		for i, x := range all {
			if (i < from || i >= to) && x != guardValue {
				t.Fatalf("%s: length %d, offset %d: element %d was overwritten with %v", what, len(v), offset, i-from, x)
			}
		}
	}
}

// elementwise are the passes over slices of one length. The first slice is written, and so are others in place.
var elementwise = []struct {
	name   string
	slices int
	f      func(s [][]float32)
}{
	{"ReLU", 2, func(s [][]float32) { ReLU(s[0], s[1]) }},
	{"ReLUBackward", 3, func(s [][]float32) { ReLUBackward(s[0], s[1], s[2]) }},
	{"Dropout", 3, func(s [][]float32) { Dropout(s[0], s[1], s[2]) }},
	{"SGD", 2, func(s [][]float32) { (&SGD[float32]{Rate: 0.1}).Update(s[0], s[1], nil) }},
	{"SGD momentum", 3, func(s [][]float32) {
		(&SGD[float32]{Rate: 0.1, Momentum: 0.9, Gain: 0.7}).Update(s[0], s[1], s[2])
	}},
	{"SGD Nesterov", 3, func(s [][]float32) {
		(&SGD[float32]{Rate: 0.1, Momentum: 0.9, Gain: 0.7, Nesterov: true}).Update(s[0], s[1], s[2])
	}},
	{"Adam", 4, func(s [][]float32) {
		ReLU(s[3], s[3])
		k := &Adam[float32]{Moments: Moments[float32]{Beta1: 0.9, Gain1: 0.1, Beta2: 0.99, Gain2: 0.01}, Rate: 0.1, Root: 0.7, Eps: 1e-6}
		k.Update(s[0], s[1], s[2], s[3], nil)
	}},
}

// TestElementwise holds every variant to plain Go, at every length and alignment.
func TestElementwise(t *testing.T) {
	defer func(v variant) { active = v }(active)
	r := rand.New(rand.NewPCG(1, 7))
	for _, k := range elementwise {
		for n := range 131 {
			input := make([][]float32, k.slices)
			want := make([][]float32, k.slices)
			for i := range input {
				input[i] = normals[float32](r, n)
				want[i] = append([]float32(nil), input[i]...)
			}
			active = generic
			k.f(want)
			for active = generic; active <= bestVariant(); active++ {
				for offset := range 8 {
					got, checks := make([][]float32, k.slices), make([]func(string), k.slices)
					for i := range got {
						got[i], checks[i] = guarded(t, input[i], (offset+i)%8)
					}
					k.f(got)
					for i := range got {
						near(t, k.name+" "+active.String(), got[i], want[i], 1e-6)
						checks[i](k.name + " " + active.String())
					}
				}
			}
		}
	}
}

func BenchmarkElementwise(b *testing.B) {
	defer func(v variant) { active = v }(active)
	r := rand.New(rand.NewPCG(1, 8))
	const n = 1 << 20
	s := make([][]float32, 4)
	for i := range s {
		s[i] = normals[float32](r, n)
	}
	b.Run("copy of as much as SGD momentum moves", func(b *testing.B) {
		from, to := make([]float32, 5*n/2), make([]float32, 5*n/2)
		for b.Loop() {
			copy(to, from)
		}
	})
	for _, k := range elementwise {
		for active = generic; active <= bestVariant(); active++ {
			b.Run(k.name+"/"+active.String(), func(b *testing.B) {
				for b.Loop() {
					k.f(s[:k.slices])
				}
			})
		}
	}
}
