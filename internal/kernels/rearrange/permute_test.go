package rearrange

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Axis i of the result is axis axes[i] of the tensor, whatever the shape and the order.
func TestPermute(t *testing.T) {
	t.Run("float32", func(t *testing.T) { rapid.Check(t, permutes[float32]) })
	t.Run("float64", func(t *testing.T) { rapid.Check(t, permutes[float64]) })
}

func permutes[T float32 | float64](t *rapid.T) {
	shape := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 4).Draw(t, "shape")
	order := make([]int, len(shape))
	for i := range order {
		order[i] = i
	}
	axes := rapid.Permutation(order).Draw(t, "axes")
	size := 1
	for _, n := range shape {
		size *= n
	}
	x, y, want := make([]T, size), make([]T, size), make([]T, size)
	for i := range x {
		x[i] = T(i + 1)
	}
	in := strides(shape)
	for i := range want {
		rest, from := i, 0
		for j := len(axes) - 1; j >= 0; j-- {
			n := shape[axes[j]]
			from += rest % n * in[axes[j]]
			rest /= n
		}
		want[i] = x[from]
	}
	NewPermute[T](shape, axes).Run(y, x)
	if !slices.Equal(y, want) {
		i := 0
		for y[i] == want[i] {
			i++
		}
		t.Fatalf("%v in the order %v: element %d is %v, want %v", shape, axes, i, y[i], want[i])
	}
}

// Large tensors are cut into several tiles.
func TestPermuteLarge(t *testing.T) {
	const rows, columns = 700, 333
	x, y, again := make([]float32, rows*columns), make([]float32, rows*columns), make([]float32, rows*columns)
	for i := range x {
		x[i] = float32(i)
	}
	p := NewPermute[float32]([]int{rows, columns}, []int{1, 0})
	back := NewPermute[float32]([]int{columns, rows}, []int{1, 0})
	p.Run(y, x)
	back.Run(again, y)
	if len(p.tiles) < 2 || y[5*rows+7] != x[7*columns+5] || !slices.Equal(again, x) {
		t.Errorf("%d tiles; element [5, 7] is %v, want %v", len(p.tiles), y[5*rows+7], x[7*columns+5])
	}
	if n := testing.AllocsPerRun(5, func() { p.Run(y, x) }); n > 0 {
		t.Errorf("a run allocates %v times", n)
	}
}

// The transposition of a vision transformer's patches, [64, 64, 49] to [64, 49, 64].
func BenchmarkPermute(b *testing.B) {
	x, y := make([]float32, 64*64*49), make([]float32, 64*64*49)
	p := NewPermute[float32]([]int{64, 64, 49}, []int{0, 2, 1})
	b.SetBytes(int64(8 * len(x)))
	for b.Loop() {
		p.Run(y, x)
	}
}
