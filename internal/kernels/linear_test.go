package kernels

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestLinear(t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {1, 784, 10}, {64, 320, 50}, {64, 50, 10}, {7, 33, 300}, {130, 257, 129}, {16, 1024, 70}, {3, 1, 200}} {
		checkLinear[float64](t, s[0], s[1], s[2], 1)
		eachVariant(t, func(t rapid.TB) { checkLinear[float32](t, s[0], s[1], s[2], 1) })
	}
}

func TestLinearRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 150)
		n, in, out, seed := size.Draw(t, "n"), size.Draw(t, "in"), size.Draw(t, "out"), rapid.Uint64().Draw(t, "seed")
		checkLinear[float64](t, n, in, out, seed)
		eachVariant(t, func(t rapid.TB) { checkLinear[float32](t, n, in, out, seed) })
	})
}

// checkLinear compares a plan with a 1×1 convolution of 1×1 images, by the definition.
func checkLinear[T Float](t rapid.TB, n, in, out int, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	x, w, bias, dy := normals[T](r, n*in), normals[T](r, out*in), normals[T](r, out), normals[T](r, n*out)
	relu := seed%2 == 0
	want := newNaiveConv(square(n, in, 1, out, 1, 1, 0), float64s(x), float64s(w), float64s(bias), float64s(dy), relu)
	plan := NewLinear[T](n, in, out)
	y, dx, dw, db := nans[T](len(dy)), nans[T](len(x)), nans[T](len(w)), nans[T](out)
	plan.Forward(y, x, w, bias, relu)
	compare(t, "y", y, want.y, in)
	plan.Backward(dx, dw, db, dy, x, w)
	compare(t, "dx", dx, want.dx, out)
	compare(t, "dw", dw, want.dw, n)
	compare(t, "db", db, want.db, n)
}
