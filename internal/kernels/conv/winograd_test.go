package conv

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// newWinogradConv returns a plan whose passes are all Winograd's.
func newWinogradConv[T kernels.Float](s Shape, forward, input winogradCut, weight winogradWeightCut) *Plan[T] {
	c := New[T](s)
	c.assemble(c.winogradForward(s, false, forward), c.winogradForward(s.rotated(), true, input), c.winogradWeight(weight))
	return c
}

func TestWinogradRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(low, high int, name string) int { return rapid.IntRange(low, high).Draw(t, name) }
		slices := n(1, 3, "slices")
		s := Shape{
			N: n(1, 5, "N"), C: slices * n(1, 9, "C/slices"), H: n(1, 20, "H"), W: n(1, 20, "W"), OutC: n(1, 20, "OutC"),
			KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadH: n(0, 2, "PadH"), PadW: n(0, 2, "PadW"), DilH: 1, DilW: 1, Groups: 1,
			MoreH: n(-1, 2, "MoreH"), MoreW: n(-1, 2, "MoreW"),
		}
		oh, ow := s.Out()
		if oh < 1 || ow < 1 {
			t.Skip("no output")
		}
		cut := func(oh, ow int) winogradCut {
			c := winogradCut{blocks{s.N, 1}, 1, kernels.CeilDiv(oh, winogradOut), kernels.CeilDiv(ow, winogradOut)}
			if rapid.Bool().Draw(t, "bands") {
				c.bands = n(1, c.down, "bands")
			} else {
				c.blocks.size = n(1, s.N, "images")
			}
			return c
		}
		forward, input, weight := cut(oh, ow), cut(s.H, s.W), cut(oh, ow)
		weightCut := winogradWeightCut{weight, n(1, weight.units(), "shares"), slices}
		seed := rapid.Uint64().Draw(t, "seed")
		checkPlan(t, newWinogradConv[float64](s, forward, input, weightCut), s, seed)
		kerneltest.EachVariant(t, func(t rapid.TB) {
			checkPlan(t, newWinogradConv[float32](s, forward, input, weightCut), s,
				seed)
		})
	})
}

// TestWinogradAccuracy compares the errors with those of sums of products.
func TestWinogradAccuracy(t *testing.T) {
	for _, channels := range []int{16, 64, 256} {
		if testing.Short() && channels > 64 {
			continue
		}
		s := square(2, channels, 8, channels, 3, 1, 1)
		r := rand.New(rand.NewPCG(1, 9))
		x, w, dy := kerneltest.Normals[float32](r, s.N*s.C*64), kerneltest.Normals[float32](r, s.weights()),
			kerneltest.Normals[float32](r, s.N*s.OutC*64)
		want := naive(s, kerneltest.Float64s(x), kerneltest.Float64s(w), nil, kerneltest.Float64s(dy), false)
		cut := cutWinograd(s)
		direct := New[float32](s)
		direct.assemble(direct.directForward(), direct.directInput(sharedProcessors), direct.directWeight())
		errors := func(plan *Plan[float32]) (squares [3]float64) {
			y, dx, dw := kerneltest.NaNs[float32](len(dy)), kerneltest.NaNs[float32](len(x)), kerneltest.NaNs[float32](len(w))
			plan.Forward(y, x, w, nil, false)
			plan.Backward(dx, dw, nil, dy, x, w)
			for pass, got := range [][]float32{y, dx, dw} {
				want := [][]float64{want.y, want.dx, want.dw}[pass]
				largest, off := 0.0, 0.0
				for i, v := range want {
					d := math.Abs(float64(got[i]) - v)
					largest, off = max(largest, math.Abs(v)), max(off, d)
					squares[pass] += d * d
				}
				t.Logf("%d channels, pass %d: off by %.2g of the largest", channels, pass, off/largest)
			}
			return squares
		}
		of, than := errors(newWinogradConv[float32](s, cut, cut, winogradWeightCut{cut, 1, 1})), errors(direct)
		for pass := range of {
			const limit = 8
			if ratio := math.Sqrt(of[pass] / than[pass]); !(ratio <= limit) {
				t.Errorf("%d channels, pass %d: errors %.2g times those of the direct algorithm, at most %d allowed", channels,
					pass, ratio, limit)
			} else {
				t.Logf("%d channels, pass %d: errors %.2g times those of the direct algorithm", channels, pass, ratio)
			}
		}
	}
}

// A NaN reaches all of the patch that it is in the middle of, and no more of the next ones than by the definition.
func TestWinogradNotFinite(t *testing.T) {
	s := square(3, 16, 14, 16, 3, 1, 1)
	kerneltest.EachVariant(t, func(t rapid.TB) {
		r := rand.New(rand.NewPCG(3, 4))
		x, w, y := kerneltest.Normals[float32](r, 3*16*196), kerneltest.Normals[float32](r, s.weights()),
			kerneltest.NaNs[float32](3*16*196)
		cut := cutWinograd(s)
		plan := newWinogradConv[float32](s, cut, cut, winogradWeightCut{cut, 1, 1})
		x[3*14+5] = float32(math.NaN())
		plan.Forward(y, x, w, nil, true)
		for i, v := range y {
			image, row, col := i/(16*196), i/14%14, i%14
			if near := image == 0 && row <= 4 && col >= 4 && col < 8; near != (v != v) {
				t.Fatalf("image %d, row %d, column %d: %v", image, row, col, v)
			}
		}
		x[3*14+5] = 0
		plan.Forward(y, x, w, nil, true)
		for i, v := range y {
			if !(v >= 0) {
				t.Fatalf("y[%d] = %g after the NaN went", i, v)
			}
		}
	})
}

// Winograd's algorithm is for the shapes for which it is faster.
func TestWinogradChoice(t *testing.T) {
	for _, c := range []struct {
		shape                  Shape
		forward, input, weight bool
	}{
		{square(64, 1, 28, 10, 5, 1, 0), false, false, false},
		{square(64, 10, 12, 20, 5, 1, 0), false, false, false},
		{square(64, 3, 32, 32, 3, 1, 1), false, false, false},
		{square(32, 64, 14, 64, 3, 2, 1), false, false, false},
		{depthwiseShape(32, 64, 14, 3, 1, 1), false, false, false},
		{square(1, 256, 4, 256, 3, 1, 1), false, true, false},
		{square(32, 16, 28, 32, 3, 1, 1), true, true, true},
		{square(32, 32, 14, 64, 3, 1, 1), true, true, true},
		{square(32, 128, 7, 128, 3, 1, 1), true, true, true},
		{square(1, 64, 56, 64, 3, 1, 1), true, true, true},
	} {
		forward, input, weight := winogradComputesY(c.shape), winogradComputesDx(c.shape), winogradComputesDw(c.shape)
		if forward != c.forward || input != c.input || weight != c.weight {
			t.Errorf("%+v: forward %t, dx %t, dw %t", c.shape, forward, input, weight)
		}
	}
}
