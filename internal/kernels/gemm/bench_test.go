package gemm

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func BenchmarkLinear(b *testing.B) {
	for _, s := range [][3]int{
		{64, 320, 50},
		{64, 50, 10},
		{64, 784, 300},
		{64, 300, 100},
		{64, 100, 10},
		{256, 1024, 1024},
	} {
		n, in, out := s[0], s[1], s[2]
		r := rand.New(rand.NewPCG(1, 1))
		x, w, bias, y := kerneltest.Normals[float32](r, n*in), kerneltest.Normals[float32](r, out*in),
			kerneltest.Normals[float32](r, out), kerneltest.Normals[float32](r, n*out)
		dx, dw, db := make([]float32, len(x)), make([]float32, len(w)), make([]float32, out)
		plan := NewLinear[float32](n, in, out)
		b.Run(fmt.Sprintf("%dx%dx%d/forward", n, in, out), func(b *testing.B) {
			kerneltest.Measure(b, 2*n*in*out, func() { plan.Forward(y, x, w, bias, true) }, 1)
		})
		b.Run(fmt.Sprintf("%dx%dx%d/both", n, in, out), func(b *testing.B) {
			kerneltest.Measure(b, 6*n*in*out, func() {
				plan.Forward(y, x, w, bias, true)
				plan.Backward(dx, dw, db, y, x, w)
			}, 1)
		})
		b.Run(fmt.Sprintf("%dx%dx%d/backward", n, in, out), func(b *testing.B) {
			kerneltest.Measure(b, 4*n*in*out, func() { plan.Backward(dx, dw, db, y, x, w) }, 1)
		})
	}
}

// BenchmarkProducts times both micro-kernels, on one processor and data in its caches.
func BenchmarkProducts(b *testing.B) {
	kernels.EachVariant(func() {
		const m, k, n, length = 20, 250, 64, 512
		r := rand.New(rand.NewPCG(1, 1))
		a, x, c := kerneltest.Normals[float32](r, m*length), kerneltest.Normals[float32](r, k*length), make([]float32, m*k)
		table, offsets := make([]Pair, k), make([]int32, m)
		for i := range table {
			table[i] = Pair{int32(i), int32(i * n)}
		}
		for i := range offsets {
			offsets[i] = int32(i * length)
		}
		b.Run("NN/"+kernels.Variant(), func(b *testing.B) {
			kerneltest.Measure(b, 2*m*k*n, func() { NN(c, n, a, k, x, table, m, n, nil, nil, 0) }, 1)
		})
		b.Run("NT/"+kernels.Variant(), func(b *testing.B) {
			kerneltest.Measure(b, 2*m*m*length, func() { NT(c, m, a, length, x, offsets, m, length, nil, 0, 0) }, 1)
		})
	})
}
