package solvers

import (
	"math"
	"slices"
	"testing"

	"anneal/internal/kernels"
)

// applied prepares the rule of an algorithm for the parameter's given step and applies it to one stretch.
func applied[T kernels.Float](t *testing.T, a Algorithm, step int64, w, g []T, s State[T]) {
	t.Helper()
	r := ruleOf[T](a)
	if r, ok := r.(Whole); ok {
		r.Shape([]int{len(w)})
	}
	two, isTwoPass := r.(twoPass[T])
	if isTwoPass {
		two.parts(1)
	}
	r.Prepare(&Hyper{Step: step, Rate: 0.1, Momentum: a.Traits().Momentum, WeightDecay: 0.1, L1: 0.01})
	r.Apply(w, g, s)
	if isTwoPass {
		two.measure(0, w, s)
		two.between()
		two.move(w, s)
	}
}

// Every rule at every length to 130 and every alignment: float32 agrees with float64, and writes only where it should.
func TestRules(t *testing.T) {
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
	for i := range sample[3] { // RMSprop's grad_avg: the variance stays above 0
		sample[3][i] = min(sample[3][i], 0.3)
	}
	for _, spec := range append(everySpec, "RMSprop(momentum=0.9)") {
		a, err := Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		for n := range longest + 1 {
			for offset := range 8 {
				step := int64(1 + n%9) // RAdam rectifies from the 6th on
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
				var s32 State[float32]
				var s64 State[float64]
				for k, b := range a.Buffers(a.Traits().Momentum, []int{n}) {
					if b.Name != "" {
						s32[k], s64[k] = in[2+k], x64[2+k]
					}
				}
				applied(t, a, step, in[0], in[1], s32)
				applied(t, a, step, x64[0], x64[1], s64)
				for k := range x32 {
					for i, got := range x32[k] {
						want, tolerance := float64(guard), 0.0
						if i >= offset && i < offset+n {
							want = x64[k][i-offset]
							tolerance = 2e-6 * max(1, math.Abs(want))
						}
						if !(math.Abs(float64(got)-want) <= tolerance) {
							t.Fatalf("%s of %d at %d: element %d of tensor %d is %v, want %v", spec, n, offset, i-offset, k, got, want)
						}
					}
				}
			}
		}
	}
}
