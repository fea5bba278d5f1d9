package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// transformMatrices are the matrices of the transforms, from the points.
func transformMatrices() [5][][]float64 {
	points := []float64{0, winogradA, -winogradA, winogradB, -winogradB}
	var inputs, kernels, gradients [][]float64 // Bᵀ, G, A
	for i, p := range points {
		product, scale := []float64{1}, 1.0 // of x−q for the other points q, by powers of x
		for j, q := range points {
			if j == i {
				continue
			}
			scale *= p - q
			product = timesLinear(product, q)
		}
		inputs = append(inputs, append(product, 0))
		kernels = append(kernels, []float64{1 / scale, p / scale, p * p / scale})
		gradients = append(gradients, []float64{1, p, p * p, p * p * p})
	}
	all := []float64{1}
	for _, q := range points {
		all = timesLinear(all, q)
	}
	inputs = append(inputs, all)
	kernels = append(kernels, []float64{0, 0, 1})
	gradients = append(gradients, []float64{0, 0, 0, 1})
	return [5][][]float64{
		inputTransform: inputs, kernelTransform: kernels, outputTransform: transposed(gradients),
		outputGradientTransform: gradients, kernelGradientTransform: transposed(kernels),
	}
}

// timesLinear multiplies a polynomial by x−q.
func timesLinear(polynomial []float64, q float64) []float64 {
	product := append([]float64{0}, polynomial...)
	for i, c := range polynomial {
		product[i] -= q * c
	}
	return product
}

func transposed(m [][]float64) [][]float64 {
	t := make([][]float64, len(m[0]))
	for i := range t {
		for _, row := range m {
			t[i] = append(t[i], row[i])
		}
	}
	return t
}

func TestSandwich(t *testing.T) {
	matrices := transformMatrices()
	eachVariant(t, func(t rapid.TB) {
		for l, matrix := range matrices {
			for n := 1; n <= 130; n++ {
				checkSandwich[float32](t, transform(l), matrix, n, n%8)
			}
			checkSandwich[float64](t, transform(l), matrix, 21, 0)
		}
	})
}

// checkSandwich transforms a matrix of vectors of n elements, which lie in another order.
func checkSandwich[T Float](t rapid.TB, l transform, matrix [][]float64, n, offset int) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(l), uint64(n)))
	in, out := len(matrix[0]), len(matrix)
	src := guardedNormals[T](t, r, in*in*n, offset)
	dst, intact := guarded[T](t, out*out*n, 7-offset)
	from, to := every(in*in, n), every(out*out, n)
	r.Shuffle(in*in, func(i, j int) { from.at[i], from.at[j] = from.at[j], from.at[i] })
	r.Shuffle(out*out, func(i, j int) { to.at[i], to.at[j] = to.at[j], to.at[i] })
	var bias []T
	floor := math.Inf(-1)
	if l == outputTransform {
		if n%3 > 0 {
			bias = guardedNormals[T](t, r, n, offset)
		}
		if n%2 > 0 {
			floor = 0
		}
		sandwichOutput(dst, to, src, from, n, bias, T(floor))
	} else {
		sandwich(l, dst, to, src, from, n)
	}
	intact()
	for i := range out {
		for j := range out {
			want := make([]float64, n)
			for p := range want {
				for k := range in {
					for m := range in {
						want[p] += matrix[i][k] * matrix[j][m] * float64(src[int(from.at[k*in+m])+p])
					}
				}
				if bias != nil {
					want[p] += float64(bias[p])
				}
				want[p] = max(want[p], floor)
			}
			compare(t, "transformed", dst[to.at[i*out+j]:][:n], want, winogradPoints)
		}
	}
}

// newWinogradConv returns a plan whose passes are all Winograd's.
func newWinogradConv[T Float](s ConvShape, forward, input winogradCut, weight winogradWeightCut) *Conv[T] {
	c := NewConv[T](s)
	c.assemble(c.winogradForward(s, false, forward), c.winogradForward(s.turned(), true, input), c.winogradWeight(weight))
	return c
}

func TestWinogradRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(low, high int, name string) int { return rapid.IntRange(low, high).Draw(t, name) }
		slices := n(1, 3, "slices")
		s := ConvShape{
			N: n(1, 5, "N"), C: slices * n(1, 9, "C/slices"), H: n(1, 20, "H"), W: n(1, 20, "W"), OutC: n(1, 20, "OutC"),
			KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadH: n(0, 2, "PadH"), PadW: n(0, 2, "PadW"), DilH: 1, DilW: 1, Groups: 1,
		}
		oh, ow := s.Out()
		if oh < 1 || ow < 1 {
			t.Skip("no output")
		}
		cut := func(oh, ow int) winogradCut {
			c := winogradCut{blocks{s.N, 1}, 1, ceilDiv(oh, winogradTile), ceilDiv(ow, winogradTile)}
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
		eachVariant(t, func(t rapid.TB) { checkPlan(t, newWinogradConv[float32](s, forward, input, weightCut), s, seed) })
	})
}

// TestWinogradAccuracy compares the errors with those of sums of products.
func TestWinogradAccuracy(t *testing.T) {
	for _, channels := range []int{16, 64, 256} {
		s := square(2, channels, 8, channels, 3, 1, 1)
		r := rand.New(rand.NewPCG(1, 9))
		x, w, dy := normals[float32](r, s.N*s.C*64), normals[float32](r, s.weights()), normals[float32](r, s.N*s.OutC*64)
		want := newNaiveConv(s, float64s(x), float64s(w), nil, float64s(dy), false)
		cut := cutWinograd(s)
		direct := NewConv[float32](s)
		direct.assemble(direct.directForward(), direct.directInput(), direct.directWeight())
		errors := func(plan *Conv[float32]) (squares [3]float64) {
			y, dx, dw := nans[float32](len(dy)), nans[float32](len(x)), nans[float32](len(w))
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
				t.Errorf("%d channels, pass %d: errors %.2g times those of the direct algorithm, at most %d allowed", channels, pass, ratio, limit)
			} else {
				t.Logf("%d channels, pass %d: errors %.2g times those of the direct algorithm", channels, pass, ratio)
			}
		}
	}
}

// A NaN reaches all of the tile that it is in the middle of, and no more of the next ones than by the definition.
func TestWinogradNotFinite(t *testing.T) {
	s := square(3, 16, 14, 16, 3, 1, 1)
	eachVariant(t, func(t rapid.TB) {
		r := rand.New(rand.NewPCG(3, 4))
		x, w, y := normals[float32](r, 3*16*196), normals[float32](r, s.weights()), nans[float32](3*16*196)
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
		shape                  ConvShape
		forward, input, weight bool
	}{
		{square(64, 1, 28, 10, 5, 1, 0), false, false, false},
		{square(64, 10, 12, 20, 5, 1, 0), false, false, false},
		{square(64, 3, 32, 32, 3, 1, 1), false, false, false},
		{square(32, 64, 14, 64, 3, 2, 1), false, false, false},
		{depthwise(32, 64, 14, 3, 1, 1), false, false, false},
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
