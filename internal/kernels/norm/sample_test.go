package norm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// sampleShape is what a Sample normalises: groups of channels, or rows if spatial is 0.
type sampleShape struct{ n, c, spatial, groups int }

var sampleShapes = []sampleShape{
	{5, 6, 7, 3},    // groups
	{3, 4, 9, 4},    // instances
	{4, 3, 50, 1},   // all channels
	{6, 12, 1, 4},   // groups of features
	{37, 10, 0, 1},  // rows
	{3, 9000, 0, 1}, // rows of several chunks
	{1, 7, 0, 1},
	{70, 24, 13, 6},
}

func plan[T kernels.Float](s sampleShape, settings Settings) Sample[T] {
	if s.spatial == 0 {
		return NewLayer[T](s.n, s.c, settings)
	}
	return NewGroup[T](s.n, s.c, s.spatial, s.groups, settings)
}

// TestSample compares each plan with the definition, in both types.
func TestSample(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) { testSample[float32](t, 3e-5) })
	testSample[float64](t, 1e-11)
}

func testSample[T kernels.Float](t rapid.TB, tol float64) {
	r := rand.New(rand.NewPCG(2, 5))
	for _, s := range sampleShapes {
		for _, settings := range []Settings{{Eps: 1e-5}, {Eps: 1e-3, ReLU: true}, {Eps: 1e-6, RMS: true}} {
			for _, affine := range []bool{true, false} {
				what := fmt.Sprintf("%+v %+v affine %v", s, settings, affine)
				size := s.n * s.c * max(1, s.spatial)
				x, dy := kerneltest.Normal[T](r, size, 2, 3), kerneltest.Normals[T](r, size)
				var gamma, beta, dgamma, dbeta []T
				if affine {
					gamma, beta = kerneltest.Normals[T](r, s.c), kerneltest.Normals[T](r, s.c)
					dgamma, dbeta = kerneltest.NaNs[T](s.c), kerneltest.NaNs[T](s.c)
				}
				y, dx := kerneltest.NaNs[T](size), kerneltest.NaNs[T](size)
				p := plan[T](s, settings)
				for range 2 { // the second run finds memory that the first one used
					p.Forward(y, x, gamma, beta)
					p.Backward(dx, dgamma, dbeta, dy, x, y, gamma)
				}
				want := defineSample(s, settings, kerneltest.Convert[float64](x), kerneltest.Float64s(gamma),
					kerneltest.Float64s(beta), kerneltest.Convert[float64](dy), kerneltest.Convert[float64](y))
				// A sum over all samples of one channel has that much rounding more.
				loose := tol * math.Sqrt(float64(size/s.c))
				kerneltest.Near(t, what+": y", kerneltest.Convert[float64](y), want.y, tol)
				kerneltest.Near(t, what+": dx", kerneltest.Convert[float64](dx), want.dx, tol)
				if affine {
					kerneltest.Near(t, what+": dgamma", kerneltest.Convert[float64](dgamma), want.dgamma, loose)
					kerneltest.Near(t, what+": dbeta", kerneltest.Convert[float64](dbeta), want.dbeta, loose)
				}
				before := slices.Clone(dgamma)
				p.Backward(nil, dgamma, nil, dy, x, y, gamma)
				kerneltest.Same(t, what+": dgamma alone", dgamma, before)
			}
		}
	}
}

type sampleResult struct{ y, dx, dgamma, dbeta []float64 }

// defineSample computes the definition in float64, one group after the other. got is the plan's y, which gates dy.
func defineSample(s sampleShape, settings Settings, x, gamma, beta, dy, got []float64) sampleResult {
	spatial := max(1, s.spatial)
	w := sampleResult{make([]float64, len(x)), make([]float64, len(x)), make([]float64, s.c), make([]float64, s.c)}
	count := s.c / s.groups * spatial
	for from := 0; from < len(x); from += count {
		var mean, variance, sum, product float64
		for _, v := range x[from : from+count] {
			mean += v / float64(count)
		}
		if settings.RMS {
			mean = 0
		}
		for _, v := range x[from : from+count] {
			variance += (v - mean) * (v - mean) / float64(count)
		}
		inverse := 1 / math.Sqrt(variance+settings.Eps)
		for i := from; i < from+count; i++ {
			ch := i / spatial % s.c
			xhat, g := (x[i]-mean)*inverse, dy[i]
			w.y[i] = at(gamma, ch, 1)*xhat + at(beta, ch, 0)
			if settings.ReLU {
				w.y[i] = max(0, w.y[i])
				if !(got[i] > 0) {
					g = 0
				}
			}
			w.dgamma[ch] += g * xhat
			w.dbeta[ch] += g
			sum += g * at(gamma, ch, 1) / float64(count)
			product += g * at(gamma, ch, 1) * xhat / float64(count)
		}
		if settings.RMS {
			sum = 0
		}
		for i := from; i < from+count; i++ {
			xhat, g := (x[i]-mean)*inverse, dy[i]*at(gamma, i/spatial%s.c, 1)
			if settings.ReLU && !(got[i] > 0) {
				g = 0
			}
			w.dx[i] = inverse * (g - sum - xhat*product)
		}
	}
	return w
}

// TestSampleFarMean holds float32 results to float64 where the mean is far from 0.
func TestSampleFarMean(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		r := rand.New(rand.NewPCG(3, 5))
		for _, s := range sampleShapes {
			size := s.n * s.c * max(1, s.spatial)
			x, dy := kerneltest.Normal[float32](r, size, 1e4, 3), kerneltest.Normals[float32](r, size)
			y, dx := make([]float32, size), make([]float32, size)
			p := plan[float32](s, Settings{Eps: 1e-5})
			p.Forward(y, x, nil, nil)
			p.Backward(dx, nil, nil, dy, x, y, nil)
			want := defineSample(s, Settings{Eps: 1e-5}, kerneltest.Float64s(x), nil, nil, kerneltest.Float64s(dy), nil)
			kerneltest.Near(t, fmt.Sprintf("%+v: y", s), kerneltest.Float64s(y), want.y, 3e-5)
			kerneltest.Near(t, fmt.Sprintf("%+v: dx", s), kerneltest.Float64s(dx), want.dx, 3e-5)
		}
	})
}

func TestSampleDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 16))
	for _, s := range []sampleShape{{2, 4, 3, 2}, {2, 3, 4, 3}, {3, 4, 1, 2}, {3, 5, 0, 1}} {
		for _, settings := range []Settings{{Eps: 1e-3}, {Eps: 1e-3, RMS: true}} {
			size := s.n * s.c * max(1, s.spatial)
			x, dy := kerneltest.Normal[float64](r, size, 2, 3), kerneltest.Normals[float64](r, size)
			gamma, beta := kerneltest.Normals[float64](r, s.c), kerneltest.Normals[float64](r, s.c)
			y, dx, dgamma, dbeta := make([]float64, size), make([]float64, size), make([]float64, s.c), make([]float64, s.c)
			p := plan[float64](s, settings)
			f := func() float64 { p.Forward(y, x, gamma, beta); return kerneltest.DotProduct(y, dy) }
			f()
			p.Backward(dx, dgamma, dbeta, dy, x, y, gamma)
			what := fmt.Sprintf("%+v %+v: ", s, settings)
			kerneltest.Differences(t, what+"dx", x, dx, f)
			kerneltest.Differences(t, what+"dgamma", gamma, dgamma, f)
			kerneltest.Differences(t, what+"dbeta", beta, dbeta, f)
		}
	}
}

func TestSampleSameBits(t *testing.T) {
	for _, s := range append(sampleShapes, sampleShape{64, 32, 100, 4}, sampleShape{300, 64, 0, 1}) {
		kerneltest.SameBits(t, fmt.Sprintf("%+v", s), func() []float32 {
			r := rand.New(rand.NewPCG(1, 11))
			size := s.n * s.c * max(1, s.spatial)
			x, dy := kerneltest.Normals[float32](r, size), kerneltest.Normals[float32](r, size)
			gamma, beta := kerneltest.Normals[float32](r, s.c), kerneltest.Normals[float32](r, s.c)
			y, dx, dg, db := make([]float32, size), make([]float32, size), make([]float32, s.c), make([]float32, s.c)
			p := plan[float32](s, Settings{Eps: 1e-5, ReLU: true})
			p.Forward(y, x, gamma, beta)
			p.Backward(dx, dg, db, dy, x, y, gamma)
			return slices.Concat(y, dx, dg, db)
		})
	}
}

func TestSampleNoAllocations(t *testing.T) {
	for _, s := range sampleShapes {
		size := s.n * s.c * max(1, s.spatial)
		x, y, gamma := make([]float32, size), make([]float32, size), make([]float32, s.c)
		p := plan[float32](s, Settings{Eps: 1})
		step := func() {
			p.Forward(y, x, gamma, nil)
			p.Backward(y, gamma, gamma, y, x, y, gamma)
			p.Backward(nil, gamma, nil, y, x, y, gamma)
		}
		step()
		kerneltest.CheckAllocations(t, fmt.Sprintf("%+v", s), step)
	}
}
