package gemm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func linearResults(n, in, out int) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	x, w, bias, dy := kerneltest.Normals[float32](r, n*in), kerneltest.Normals[float32](r, out*in),
		kerneltest.Normals[float32](r, out), kerneltest.Normals[float32](r, n*out)
	y, dx, dw, db := kerneltest.NaNs[float32](len(dy)), kerneltest.NaNs[float32](len(x)),
		kerneltest.NaNs[float32](len(w)), kerneltest.NaNs[float32](out)
	plan := NewLinear[float32](n, in, out)
	plan.Forward(y, x, w, bias, true)
	plan.Backward(dx, dw, db, dy, x, w)
	return slices.Concat(y, dx, dw, db)
}

func TestLinearSameBits(t *testing.T) {
	for _, s := range [][3]int{{64, 320, 50}, {64, 50, 10}, {65, 70, 40}, {130, 900, 129}} {
		kerneltest.SameBits(t, fmt.Sprint("linear ", s), func() []float32 { return linearResults(s[0], s[1], s[2]) })
	}
}

func TestLinearNoAllocations(t *testing.T) {
	linear := NewLinear[float32](19, 1440, 4)
	x, dx, w, y := make([]float32, 19*1440), make([]float32, 19*1440), make([]float32, 4*1440), make([]float32, 19*4)
	kerneltest.CheckAllocations(t, "linear", func() {
		linear.Forward(y, x, w, nil, false)
		linear.Backward(dx, w, nil, y, x, w)
	})
}

func TestLinear(t *testing.T) {
	for _, s := range [][3]int{
		{1, 1, 1},
		{1, 784, 10},
		{64, 320, 50},
		{64, 50, 10},
		{7, 33, 300},
		{130, 257, 129},
		{16, 1024, 70},
		{3, 1, 200},
	} {
		checkLinear[float64](t, s[0], s[1], s[2], 1)
		kerneltest.EachVariant(t, func(t rapid.TB) { checkLinear[float32](t, s[0], s[1], s[2], 1) })
	}
}

func TestLinearRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 150)
		n, in, out, seed := size.Draw(t, "n"), size.Draw(t, "in"), size.Draw(t, "out"), rapid.Uint64().Draw(t, "seed")
		checkLinear[float64](t, n, in, out, seed)
		kerneltest.EachVariant(t, func(t rapid.TB) { checkLinear[float32](t, n, in, out, seed) })
	})
}

// checkLinear compares a plan with the definition, in float64.
func checkLinear[T kernels.Float](t rapid.TB, n, in, out int, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	x, w, bias, dy := kerneltest.Normals[T](r, n*in), kerneltest.Normals[T](r, out*in), kerneltest.Normals[T](r, out),
		kerneltest.Normals[T](r, n*out)
	relu := seed%2 == 0
	wantY, wantDX, wantDW, wantDB := make([]float64, n*out), make([]float64, n*in), make([]float64, out*in),
		make([]float64, out)
	for i := range n {
		for o := range out {
			sum, g := float64(bias[o]), float64(dy[i*out+o])
			for k := range in {
				xk, wk := float64(x[i*in+k]), float64(w[o*in+k])
				sum += xk * wk
				wantDX[i*in+k] += g * wk
				wantDW[o*in+k] += g * xk
			}
			wantDB[o] += g
			if relu {
				sum = max(sum, 0)
			}
			wantY[i*out+o] = sum
		}
	}
	plan := NewLinear[T](n, in, out)
	y, dx, dw, db := kerneltest.NaNs[T](len(dy)), kerneltest.NaNs[T](len(x)), kerneltest.NaNs[T](len(w)),
		kerneltest.NaNs[T](out)
	plan.Forward(y, x, w, bias, relu)
	kerneltest.Compare(t, "y", y, wantY, in)
	plan.Backward(dx, dw, db, dy, x, w)
	kerneltest.Compare(t, "dx", dx, wantDX, out)
	kerneltest.Compare(t, "dw", dw, wantDW, n)
	kerneltest.Compare(t, "db", db, wantDB, n)
}
