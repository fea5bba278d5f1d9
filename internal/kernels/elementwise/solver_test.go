package elementwise

import (
	"math"
	"slices"
	"testing"

	"anneal/internal/kernels"
)

// solverUpdates runs every solver kernel in T, on weights, a gradient and up to three tensors of state.
func solverUpdates[T kernels.Float]() map[string]func(w, g, a, b, c []T) {
	moments := Moments[T]{Beta1: 0.9, Gain1: 0.1, Beta2: 0.99, Gain2: 0.01}
	return map[string]func(w, g, a, b, c []T){
		"gradient": func(w, g, a, _, _ []T) { Gradient(a, g, w, 0.5, 1, 0.1, 0.01) },
		"decay":    func(w, _, _, _, _ []T) { Decay(w, 0.9, 0) },
		"decay l1": func(w, _, _, _, _ []T) { Decay(w, 0.9, 0.01) },
		"SGD":      func(w, g, _, _, _ []T) { (&SGD[T]{Rate: 0.1}).Update(w, g, nil) },
		"momentum": func(w, g, a, _, _ []T) { (&SGD[T]{Rate: 0.1, Momentum: 0.9, Gain: 0.7}).Update(w, g, a) },
		"nesterov": func(w, g, a, _, _ []T) { (&SGD[T]{Rate: 0.1, Momentum: 0.9, Gain: 1, Nesterov: true}).Update(w, g, a) },
		"Adam": func(w, g, a, b, _ []T) {
			(&Adam[T]{Moments: moments, Rate: 0.1, Root: 0.5, Eps: 1e-6}).Update(w, g, a, b, nil)
		},
		"AMSGrad": func(w, g, a, b, c []T) {
			(&Adam[T]{Moments: moments, Rate: 0.1, Root: 0.5, Eps: 1e-6}).Update(w, g, a, b, c)
		},
	}
}

// Every kernel at every length to 130 and every alignment: float32 agrees with float64, and writes only where it
// should.
func TestSolverUpdates(t *testing.T) {
	const longest, guard = 130, 1e9
	var sample [5][longest]float32 // w, g and three tensors of state
	for k := range sample {
		for i := range sample[k] {
			v := float32(math.Sin(float64(13*k + 7*i + 1)))
			switch {
			case k >= 2:
				v = 0.2 + v*v // second moments are positive
			case i%11 == 5:
				v = 0
			}
			sample[k][i] = v
		}
	}
	wide := solverUpdates[float64]()
	for name, narrow := range solverUpdates[float32]() {
		for n := range longest + 1 {
			for offset := range 8 {
				var x32, in [5][]float32
				var x64 [5][]float64
				for k := range sample {
					x32[k] = slices.Repeat([]float32{guard}, offset+n+8)
					in[k] = x32[k][offset : offset+n : offset+n]
					copy(in[k], sample[k][:])
					for _, v := range in[k] {
						x64[k] = append(x64[k], float64(v))
					}
				}
				narrow(in[0], in[1], in[2], in[3], in[4])
				wide[name](x64[0], x64[1], x64[2], x64[3], x64[4])
				for k := range x32 {
					for i, got := range x32[k] {
						want, tolerance := float64(guard), 0.0
						if i >= offset && i < offset+n {
							want = x64[k][i-offset]
							tolerance = 2e-6 * max(1, math.Abs(want))
						}
						if !(math.Abs(float64(got)-want) <= tolerance) {
							t.Fatalf("%s of %d at %d: element %d of tensor %d is %v, want %v", name, n, offset, i-offset, k, got, want)
						}
					}
				}
			}
		}
	}
}

func TestSumSquares(t *testing.T) {
	for n := range 131 {
		x := make([]float32, n)
		var want, clipped float64
		for i := range x {
			x[i] = float32(math.Sin(float64(7*i + 1)))
			d := float64(x[i])
			want += d * d
			clipped += math.Pow(min(math.Abs(d), 0.5), 2)
		}
		for clip, want := range map[float32]float64{float32(math.Inf(1)): want, 0.5: clipped} {
			if got := SumSquares(x, clip); !(math.Abs(got-want) <= 1e-12*max(1, want)) {
				t.Errorf("%d squares clipped at %v sum up to %v, want %v", n, clip, got, want)
			}
		}
	}
}

func TestSolverUpdatesPanicOnLengths(t *testing.T) {
	for name, f := range map[string]func(){
		"g": func() { (&SGD[float32]{}).Update(make([]float32, 3), make([]float32, 2), nil) },
		"v": func() { (&SGD[float32]{}).Update(make([]float32, 3), make([]float32, 3), make([]float32, 4)) },
		"state": func() {
			(&Adam[float64]{}).Update(make([]float64, 3), make([]float64, 3), make([]float64, 3), nil, nil)
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

// Size finds the one large element wherever it is, at every length and alignment.
func TestSize(t *testing.T) {
	for n := range 131 {
		for at := range n {
			for _, v := range []float64{3, -3, 1e38, math.Inf(-1)} {
				x, wide := make([]float32, n+8)[at%8:][:n], make([]float64, n)
				for i := range x {
					x[i] = float32(math.Sin(float64(i)))
					wide[i] = float64(x[i])
				}
				x[at], wide[at] = float32(v), v
				if got, want := Size(x), float32(math.Abs(v)); got != want {
					t.Fatalf("Size of %d elements with %v at %d is %v, want %v", n, v, at, got, want)
				}
				if got, want := Size(wide), math.Abs(v); got != want {
					t.Fatalf("float64: Size of %d elements with %v at %d is %v, want %v", n, v, at, got, want)
				}
			}
		}
	}
	if got := Size[float32](nil); got != 0 {
		t.Errorf("Size of no elements is %v, want 0", got)
	}
}
