package conv

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// naiveResults computes a convolution and its gradients by the definition, in float64.
type naiveResults struct {
	Shape
	y, dx, dw, db []float64
}

func naive(s Shape, x, w, bias, dy []float64, relu bool) *naiveResults {
	oh, ow := s.Out()
	r := &naiveResults{
		Shape: s, y: make([]float64, len(dy)), dx: make([]float64, len(x)), dw: make([]float64, len(w)),
		db: make([]float64, s.OutC),
	}
	channels, outs := s.C/s.Groups, s.OutC/s.Groups
	at := 0
	for n := range s.N {
		for o := range s.OutC {
			for oy := range oh {
				for ox := range ow {
					sum := 0.0
					if bias != nil {
						sum = bias[o]
					}
					r.db[o] += dy[at]
					for c := range channels {
						for ky := range s.KH {
							for kx := range s.KW {
								iy, ix := oy*s.StrideH+ky*s.DilH-s.PadH, ox*s.StrideW+kx*s.DilW-s.PadW
								if iy < 0 || iy >= s.H || ix < 0 || ix >= s.W {
									continue
								}
								i := ((n*s.C+o/outs*channels+c)*s.H+iy)*s.W + ix
								k := ((o*channels+c)*s.KH+ky)*s.KW + kx
								sum += w[k] * x[i]
								r.dx[i] += w[k] * dy[at]
								r.dw[k] += x[i] * dy[at]
							}
						}
					}
					if relu {
						sum = max(sum, 0)
					}
					r.y[at] = sum
					at++
				}
			}
		}
	}
	return r
}

// drawDepthwiseShape draws a valid shape whose outputs see one channel each.
func drawDepthwiseShape(t *rapid.T) Shape {
	s := drawShape(t)
	s.C = rapid.IntRange(2, 20).Draw(t, "C")
	s.Groups, s.OutC = s.C, s.C*rapid.IntRange(1, 4).Draw(t, "multiplier")
	return s
}

// drawShape draws a valid shape. Kernels may exceed the image, and paddings the kernel.
func drawShape(t *rapid.T) Shape {
	for {
		n := func(low, high int, name string) int { return rapid.IntRange(low, high).Draw(t, name) }
		groups := n(1, 4, "Groups")
		s := Shape{
			N: n(1, 20, "N"), C: groups * n(1, 4, "C/Groups"), H: n(1, 20, "H"), W: n(1, 20, "W"),
			OutC: groups * n(1, 8, "OutC/Groups"),
			KH:   n(1, 6, "KH"), KW: n(1, 6, "KW"), StrideH: n(1, 4, "StrideH"), StrideW: n(1, 4, "StrideW"),
			PadH: n(0, 5, "PadH"), PadW: n(0, 5, "PadW"), DilH: n(1, 3, "DilH"), DilW: n(1, 3, "DilW"), Groups: groups,
			MoreH: n(-2, 3, "MoreH"), MoreW: n(-2, 3, "MoreW"),
		}
		if s.H+2*s.PadH+s.MoreH > s.DilH*(s.KH-1) && s.W+2*s.PadW+s.MoreW > s.DilW*(s.KW-1) {
			return s
		}
	}
}

func square(n, c, size, outC, k, stride, pad int) Shape {
	return Shape{
		N: n, C: c, H: size, W: size, OutC: outC, KH: k, KW: k, StrideH: stride, StrideW: stride, PadH: pad,
		PadW: pad, DilH: 1, DilW: 1, Groups: 1,
	}
}

func depthwiseShape(n, c, size, k, stride, pad int) Shape {
	s := square(n, c, size, c, k, stride, pad)
	s.Groups = c
	return s
}

var shapes = map[string]Shape{
	"one":            square(1, 1, 1, 1, 1, 1, 0),
	"lenet1":         square(5, 1, 28, 10, 5, 1, 0),
	"lenet2":         square(19, 10, 12, 20, 5, 1, 0),
	"lenet2 single":  square(1, 10, 12, 20, 5, 1, 0),
	"pad":            square(3, 16, 14, 32, 3, 1, 1),
	"stride":         square(9, 8, 14, 16, 3, 2, 1),
	"small":          square(17, 12, 7, 24, 3, 1, 1),
	"pointwise":      square(6, 12, 14, 25, 1, 1, 0),
	"pointwise step": square(6, 12, 14, 25, 1, 2, 0),
	"pointwise pad":  square(2, 3, 5, 4, 1, 1, 2),
	"depthwise":      depthwiseShape(4, 6, 28, 3, 1, 1),
	"depthwise 3x2": {
		N: 5, C: 3, H: 13, W: 10, OutC: 6, KH: 3, KW: 2, StrideH: 2, StrideW: 3, PadH: 1, PadW: 2,
		DilH: 2, DilW: 1, Groups: 3,
	},
	"depthwise 7x7":  depthwiseShape(35, 2, 7, 7, 1, 3),
	"depthwise step": depthwiseShape(3, 18, 14, 3, 2, 1),
	"depthwise gaps": depthwiseShape(3, 2, 9, 2, 3, 0),
	"depthwise row": {
		N: 3, C: 2, H: 1, W: 40, OutC: 8, KH: 1, KW: 5, StrideH: 1, StrideW: 1, PadW: 2, DilH: 1, DilW: 2,
		Groups: 2,
	},
	"depthwise thin": {
		N: 3, C: 2, H: 20, W: 1, OutC: 2, KH: 3, KW: 3, StrideH: 1, StrideW: 2, PadH: 4, PadW: 1, DilH: 1,
		DilW: 1, Groups: 2,
	},
	"rows unreached": {
		N: 1, C: 2, H: 1, W: 1, OutC: 4, KH: 6, KW: 1, StrideH: 1, StrideW: 1, PadH: 5, DilH: 2, DilW: 1,
		Groups: 2,
	},
	"whole image": square(10, 4, 4, 6, 4, 1, 0),
	"winograd":    square(33, 16, 14, 32, 3, 1, 1),
	"winograd odd": {
		N: 7, C: 29, H: 21, W: 15, OutC: 43, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadH: 2, PadW: 0,
		DilH: 1, DilW: 1, Groups: 1,
	},
	"winograd few":   square(5, 128, 6, 40, 3, 1, 1),
	"winograd bands": square(1, 32, 47, 48, 3, 1, 2),
	"wide padding":   square(3, 2, 3, 4, 2, 1, 4),
	"beyond":         square(2, 2, 3, 3, 7, 1, 3),
	"tall": {
		N: 3, C: 2, H: 30, W: 1, OutC: 5, KH: 7, KW: 1, StrideH: 3, StrideW: 1, DilH: 2, DilW: 1,
		Groups: 1,
	},
	"wide": {
		N: 3, C: 2, H: 1, W: 130, OutC: 5, KH: 1, KW: 9, StrideH: 1, StrideW: 2, PadW: 4, DilH: 1,
		DilW: 3, Groups: 1,
	},
	"groups": {
		N: 5, C: 6, H: 9, W: 11, OutC: 9, KH: 3, KW: 2, StrideH: 2, StrideW: 3, PadH: 1, PadW: 2, DilH: 2,
		DilW: 1, Groups: 3,
	},
	"odd stride":   square(5, 3, 15, 4, 3, 2, 1),
	"many outputs": square(5, 40, 9, 70, 3, 2, 1),
	"many and groups": {
		N: 4, C: 6, H: 8, W: 11, OutC: 128, KH: 5, KW: 3, StrideH: 1, StrideW: 2, PadH: 3, PadW: 1,
		DilH: 1, DilW: 1, Groups: 2,
	},
	"many and tall": {
		N: 2, C: 3, H: 2, W: 5, OutC: 64, KH: 5, KW: 1, StrideH: 1, StrideW: 1, PadH: 4, DilH: 2, DilW: 1,
		Groups: 1,
	},
	"stride>kernel": square(2, 3, 11, 4, 2, 5, 0),
	"same 4x4": {
		N: 3, C: 5, H: 9, W: 8, OutC: 6, KH: 4, KW: 4, StrideH: 1, StrideW: 1, PadH: 1, PadW: 1, DilH: 1, DilW: 1,
		Groups: 1, MoreH: 1, MoreW: 1,
	},
	"end only": {
		N: 6, C: 16, H: 14, W: 14, OutC: 32, KH: 3, KW: 3, StrideH: 1, StrideW: 1, DilH: 1, DilW: 1,
		Groups: 1, MoreH: 2, MoreW: 1,
	},
	"end only, winograd": {
		N: 33, C: 16, H: 14, W: 14, OutC: 32, KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadH: 1, PadW: 1, DilH: 1, DilW: 1,
		Groups: 1, MoreH: 3, MoreW: -1,
	},
	"depthwise end": {
		N: 4, C: 6, H: 11, W: 9, OutC: 6, KH: 3, KW: 4, StrideH: 2, StrideW: 1, PadH: 0, PadW: 1, DilH: 1, DilW: 1,
		Groups: 6, MoreH: 1, MoreW: 1,
	},
	"pointwise end": {
		N: 2, C: 3, H: 5, W: 4, OutC: 4, KH: 1, KW: 1, StrideH: 1, StrideW: 1, DilH: 1, DilW: 1, Groups: 1,
		MoreH: 1, MoreW: -1,
	},
}

// tooLong reports whether -short leaves s out: more than about a million multiplications are many for the definition.
func tooLong(s Shape) bool {
	oh, ow := s.Out()
	return testing.Short() && s.N*s.weights()*oh*ow > 1_000_000
}

func TestConv(t *testing.T) {
	for name, s := range shapes {
		if tooLong(s) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			checkShape[float64](t, s, 1)
			kerneltest.EachVariant(t, func(t rapid.TB) { checkShape[float32](t, s, 1) })
		})
	}
}

func TestRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, seed := drawShape(t), rapid.Uint64().Draw(t, "seed")
		checkShape[float64](t, s, seed)
		kerneltest.EachVariant(t, func(t rapid.TB) { checkShape[float32](t, s, seed) })
	})
}

func TestRandomDepthwiseShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, seed := drawDepthwiseShape(t), rapid.Uint64().Draw(t, "seed")
		checkShape[float64](t, s, seed)
		kerneltest.EachVariant(t, func(t rapid.TB) { checkShape[float32](t, s, seed) })
	})
}

// checkShape compares a new plan of shape s with the definition.
func checkShape[T kernels.Float](t rapid.TB, s Shape, seed uint64) {
	t.Helper()
	checkPlan(t, New[T](s), s, seed)
}

// referenceKey names the numbers that checkPlan draws: those of a shape, a seed, a run and a type.
type referenceKey struct {
	shape Shape
	seed  uint64
	run   int
	size  uintptr // of the type
}

// references holds what the definition gives for one shape and seed, which all variants share: it takes far longer than
// they.
var references referenceCache

type referenceCache map[referenceKey]*naiveResults

func (c *referenceCache) of(k referenceKey, compute func() *naiveResults) *naiveResults {
	if r, ok := (*c)[k]; ok {
		return r
	}
	for old := range *c {
		if old.shape != k.shape || old.seed != k.seed {
			clear(*c)
			break
		}
	}
	if *c == nil {
		*c = referenceCache{}
	}
	r := compute()
	(*c)[k] = r
	return r
}

// checkPlan compares a plan of shape s with the definition, twice, since the second run must not see what the first
// left behind.
func checkPlan[T kernels.Float](t rapid.TB, plan *Plan[T], s Shape, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	oh, ow := s.Out()
	for run := range 2 {
		x, w, bias := kerneltest.Normals[T](r, s.N*s.C*s.H*s.W), kerneltest.Normals[T](r, s.OutC*s.C/s.Groups*s.KH*s.KW),
			kerneltest.Normals[T](r, s.OutC)
		dy := kerneltest.Normals[T](r, s.N*s.OutC*oh*ow)
		relu := run == 1
		if seed%2 == 0 {
			bias = nil
		}
		want := references.of(referenceKey{s, seed, run, unsafe.Sizeof(T(0))}, func() *naiveResults {
			return naive(s, kerneltest.Float64s(x), kerneltest.Float64s(w), kerneltest.Float64s(bias), kerneltest.Float64s(dy),
				relu)
		})
		y, dx, dw, db := kerneltest.NaNs[T](len(dy)), kerneltest.NaNs[T](len(x)), kerneltest.NaNs[T](len(w)),
			kerneltest.NaNs[T](s.OutC)
		plan.Forward(y, x, w, bias, relu)
		plan.Backward(dx, dw, db, dy, x, w)
		taps, outs := s.C/s.Groups*s.KH*s.KW, s.N*oh*ow
		kerneltest.Compare(t, "y", y, want.y, taps+transformTerms[T](plan.forward))
		kerneltest.Compare(t, "dx", dx, want.dx, s.OutC/s.Groups*s.KH*s.KW+transformTerms[T](plan.input))
		kerneltest.Compare(t, "dw", dw, want.dw, outs+transformTerms[T](plan.weight))
		kerneltest.Compare(t, "db", db, want.db, outs)
	}
}

// transformTerms is how many terms more the results of a pass count as sums of: with Winograd's algorithm, the rounding
// of a patch's products with one kernel reaches all that is computed from them.
func transformTerms[T kernels.Float](p pass) int {
	switch p.(type) {
	case *winogradForward[T], *winogradWeight[T]:
		return winogradOut * winogradOut * 9
	}
	return 0
}

func TestBackwardNil(t *testing.T) {
	s := square(6, 3, 8, 4, 3, 1, 1)
	r := rand.New(rand.NewPCG(1, 2))
	x, w, dy := kerneltest.Normals[float32](r, 6*3*64), kerneltest.Normals[float32](r, 4*27),
		kerneltest.Normals[float32](r, 6*4*64)
	want := naive(s, kerneltest.Float64s(x), kerneltest.Float64s(w), nil, kerneltest.Float64s(dy), false)
	plan := New[float32](s)
	y := kerneltest.NaNs[float32](len(dy))
	plan.Forward(y, x, w, nil, false)
	dx, dw, db := kerneltest.NaNs[float32](len(x)), kerneltest.NaNs[float32](len(w)), kerneltest.NaNs[float32](4)
	plan.Backward(nil, nil, nil, dy, x, w)
	plan.Backward(dx, nil, nil, dy, x, w)
	plan.Backward(nil, dw, nil, dy, x, w)
	plan.Backward(nil, nil, db, dy, x, w)
	kerneltest.Compare(t, "dx", dx, want.dx, 36)
	kerneltest.Compare(t, "dw", dw, want.dw, 384)
	kerneltest.Compare(t, "db", db, want.db, 384)
}

// A convolution's zeros must not meet an infinity: 0·Inf would be NaN in outputs that do not see it.
func TestNotFinite(t *testing.T) {
	s := square(3, 2, 9, 3, 3, 1, 1)
	kerneltest.EachVariant(t, func(t rapid.TB) {
		r := rand.New(rand.NewPCG(3, 4))
		x, w := kerneltest.Normals[float32](r, 3*2*81), kerneltest.Normals[float32](r, 3*18)
		plan := New[float32](s)
		y := kerneltest.NaNs[float32](3 * 3 * 81)
		x[0] = float32(math.Inf(1))
		plan.Forward(y, x, w, nil, false)
		bad := 0
		for _, v := range y {
			if v-v != 0 {
				bad++
			}
		}
		if bad != 3*4 {
			t.Errorf("an infinite corner pixel reached %d outputs, want the 4 around it in 3 channels", bad)
		}
		x[0] = 0
		plan.Forward(y, x, w, nil, true)
		for i, v := range y {
			if !(v >= 0) {
				t.Fatalf("y[%d] = %g after the infinite pixel went", i, v)
			}
		}
		w[0] = float32(math.NaN())
		plan.Forward(y, x, w, nil, true)
		if v := y[40]; v == v {
			t.Errorf("a NaN weight gives %g through the ReLU, want NaN", v)
		}
	})
}

func TestPanics(t *testing.T) {
	plan := New[float32](square(1, 1, 3, 1, 3, 1, 1))
	defer func() {
		const want = "kernels: Conv.Forward: y has 8 elements, want 9"
		if got := recover(); got != want {
			t.Errorf("panic %v, want %q", got, want)
		}
	}()
	plan.Forward(make([]float32, 8), make([]float32, 9), make([]float32, 9), nil, false)
}
