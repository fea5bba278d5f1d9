package conv

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// checkTransposed compares the transposition of s with the definition of the convolution's gradients, twice.
func checkTransposed[T kernels.Float](t rapid.TB, s Shape, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	oh, ow := s.Out()
	plan := NewTransposed[T](s)
	terms := transformTerms[T](plan.conv.input)
	for run := range 2 {
		x, w := kerneltest.Normals[T](r, s.N*s.OutC*oh*ow), kerneltest.Normals[T](r, s.weights())
		bias, dy := kerneltest.Normals[T](r, s.C), kerneltest.Normals[T](r, s.N*s.C*s.H*s.W)
		relu := run == 1
		if seed%2 == 0 {
			bias = nil
		}
		want := naive(s, kerneltest.Float64s(dy), kerneltest.Float64s(w), nil, kerneltest.Float64s(x), false)
		db := make([]float64, s.C)
		for i, v := range dy {
			c := i / (s.H * s.W) % s.C
			db[c] += float64(v)
			if bias != nil {
				want.dx[i] += float64(bias[c])
			}
			if relu {
				want.dx[i] = max(want.dx[i], 0)
			}
		}
		y, dx, dw := kerneltest.NaNs[T](len(dy)), kerneltest.NaNs[T](len(x)), kerneltest.NaNs[T](len(w))
		gotDB := kerneltest.NaNs[T](s.C)
		plan.Forward(y, x, w, bias, relu)
		taps := s.KH * s.KW
		kerneltest.Compare(t, "y", y, want.dx, s.OutC/s.Groups*taps+terms)
		plan.Backward(dx, dw, gotDB, dy, x, w)
		terms := transformTerms[T](plan.conv.forward)
		kerneltest.Compare(t, "dx", dx, want.y, s.C/s.Groups*taps+terms)
		kerneltest.Compare(t, "dw", dw, want.dw, len(x)/s.OutC+transformTerms[T](plan.conv.weight))
		kerneltest.Compare(t, "db", gotDB, db, len(dy)/s.C)
		if run == 0 {
			only := kerneltest.NaNs[T](len(w))
			plan.Backward(nil, only, nil, dy, x, w)
			kerneltest.Same(t, "dw alone", only, dw)
			only = kerneltest.NaNs[T](len(x))
			plan.Backward(only, nil, nil, dy, x, w)
			kerneltest.Same(t, "dx alone", only, dx)
		}
	}
}

func TestTransposed(t *testing.T) {
	for name, s := range shapes {
		if tooLong(s) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			checkTransposed[float64](t, s, 1)
			kerneltest.EachVariant(t, func(t rapid.TB) { checkTransposed[float32](t, s, 1) })
		})
	}
}

func TestTransposedRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, seed := drawShape(t), rapid.Uint64().Draw(t, "seed")
		checkTransposed[float64](t, s, seed)
		checkTransposed[float32](t, s, seed)
	})
}

func TestTransposedSameBits(t *testing.T) {
	for _, name := range []string{"stride", "depthwise step", "winograd", "groups", "pointwise"} {
		s := shapes[name]
		kerneltest.SameBits(t, "transposed convolution "+name, func() []float32 {
			r := rand.New(rand.NewPCG(1, 2))
			oh, ow := s.Out()
			x, w := kerneltest.Normals[float32](r, s.N*s.OutC*oh*ow), kerneltest.Normals[float32](r, s.weights())
			bias, dy := kerneltest.Normals[float32](r, s.C), kerneltest.Normals[float32](r, s.N*s.C*s.H*s.W)
			y, dx, dw, db := make([]float32, len(dy)), make([]float32, len(x)), make([]float32, len(w)), make([]float32, s.C)
			plan := NewTransposed[float32](s)
			plan.Forward(y, x, w, bias, true)
			plan.Backward(dx, dw, db, dy, x, w)
			return slices.Concat(y, dx, dw, db)
		})
	}
}

func TestTransposedNoAllocations(t *testing.T) {
	for _, name := range []string{"stride", "depthwise", "winograd"} {
		s := shapes[name]
		oh, ow := s.Out()
		x, w, y := make([]float32, s.N*s.OutC*oh*ow), make([]float32, s.weights()), make([]float32, s.N*s.C*s.H*s.W)
		dx, dw, db := make([]float32, len(x)), make([]float32, len(w)), make([]float32, s.C)
		plan := NewTransposed[float32](s)
		plan.Forward(y, x, w, db, true) // starts the workers
		kerneltest.CheckAllocations(t, name, func() {
			plan.Forward(y, x, w, db, true)
			plan.Backward(dx, dw, db, y, x, w)
		})
	}
}
