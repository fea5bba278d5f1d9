package recurrent

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// TestActivations measures sigmoid and tanh, which the passes over the gates contain, against float64.
func TestActivations(t *testing.T) {
	inf := math.Inf(1)
	x := []float32{0, float32(math.Copysign(0, -1)), 1e-30, -1e-30, 0.625, -0.625, 44, -44, float32(inf), float32(-inf)}
	for v := -100.0; v <= 100; v += 0.0137 {
		x = append(x, float32(v), float32(v/50))
	}
	n := len(x)
	kernels.EachVariant(func() {
		tanhs, sigmoids := make([]float32, n), make([]float32, 5*n)
		rnnForward(tanhs, make([]float32, n), n, x, n, false)
		copy(sigmoids, x)
		lstmCell(make([]float32, n), sigmoids, make([]float32, n), n)
		for i, x := range x {
			near := func(what string, got float32, want float64) {
				ulp := float64(math.Nextafter32(float32(math.Abs(want)), float32(inf)) - float32(math.Abs(want)))
				if off := math.Abs(float64(got)-want) / ulp; !(off <= 4) && !(float64(x) < -87 && float64(got) <= 2e-38) {
					t.Errorf("%s: %s(%v) = %v, want %v: off by %.1f units in the last place", kernels.Variant(), what, x, got,
						want, off)
				}
			}
			near("tanh", tanhs[i], math.Tanh(float64(x)))
			near("sigmoid", sigmoids[i], 1/(1+math.Exp(-float64(x))))
		}
		nan := []float32{float32(math.NaN())}
		row := []float32{nan[0], 0, 0, 0, 0}
		rnnForward(nan, make([]float32, 1), 1, nan, 1, false)
		lstmCell(make([]float32, 1), row, make([]float32, 1), 1)
		if nan[0] == nan[0] || row[0] == row[0] {
			t.Errorf("%s: tanh(NaN) = %v, sigmoid(NaN) = %v", kernels.Variant(), nan[0], row[0])
		}
	})
}

// pass is a pass over rows, whose slices have some blocks of n elements in a row.
type pass struct {
	name   string
	blocks []int // 0: one block, in rows that are apart
	run    func(s [][]float32, ld, n int)
	exact  func(s [][]float64, ld, n int)
}

func passes() []pass {
	return []pass{
		{
			"rnnForward",
			[]int{1, 0, 1},
			func(s [][]float32, ld, n int) { rnnForward(s[0], s[1], ld, s[2], n, false) },
			func(s [][]float64, ld, n int) { rnnForward(s[0], s[1], ld, s[2], n, false) },
		},
		{
			"rnnForward relu",
			[]int{1, 0, 1},
			func(s [][]float32, ld, n int) { rnnForward(s[0], s[1], ld, s[2], n, true) },
			func(s [][]float64, ld, n int) { rnnForward(s[0], s[1], ld, s[2], n, true) },
		},
		{
			"rnnBackward",
			[]int{1, 1, 0, 1},
			func(s [][]float32, ld, n int) { rnnBackward(s[0], s[1], s[2], ld, s[3], n, false) },
			func(s [][]float64, ld, n int) { rnnBackward(s[0], s[1], s[2], ld, s[3], n, false) },
		},
		{
			"rnnBackward relu",
			[]int{1, 1, 0, 1},
			func(s [][]float32, ld, n int) { rnnBackward(s[0], s[1], s[2], ld, s[3], n, true) },
			func(s [][]float64, ld, n int) { rnnBackward(s[0], s[1], s[2], ld, s[3], n, true) },
		},
		{
			"gruForward",
			[]int{1, 0, 4, 1},
			func(s [][]float32, ld, n int) { gruForward(s[0], s[1], ld, s[2], s[3], n) },
			func(s [][]float64, ld, n int) { gruForward(s[0], s[1], ld, s[2], s[3], n) },
		},
		{
			"gruBackward",
			[]int{4, 1, 0, 1},
			func(s [][]float32, ld, n int) { gruBackward(s[0], s[1], s[2], ld, s[3], n) },
			func(s [][]float64, ld, n int) { gruBackward(s[0], s[1], s[2], ld, s[3], n) },
		},
		{
			"lstmCell",
			[]int{1, 5, 1},
			func(s [][]float32, _, n int) { lstmCell(s[0], s[1], s[2], n) },
			func(s [][]float64, _, n int) { lstmCell(s[0], s[1], s[2], n) },
		},
		{
			"lstmOutput",
			[]int{1, 0, 5, 1},
			func(s [][]float32, ld, n int) { lstmOutput(s[0], s[1], ld, s[2], s[3], n) },
			func(s [][]float64, ld, n int) { lstmOutput(s[0], s[1], ld, s[2], s[3], n) },
		},
		{
			"lstmOutputBackward",
			[]int{5, 1, 1, 0},
			func(s [][]float32, ld, n int) { lstmOutputBackward(s[0], s[1], s[2], s[3], ld, n) },
			func(s [][]float64, ld, n int) { lstmOutputBackward(s[0], s[1], s[2], s[3], ld, n) },
		},
		{
			"lstmCellBackward",
			[]int{5, 1, 1, 1},
			func(s [][]float32, _, n int) { lstmCellBackward(s[0], s[1], s[2], s[3], n) },
			func(s [][]float64, _, n int) { lstmCellBackward(s[0], s[1], s[2], s[3], n) },
		},
	}
}

// TestCells compares the passes of every variant with float64, for rows of every length to 130 and memory between
// guards.
func TestCells(t *testing.T) {
	for _, p := range passes() {
		kernels.EachVariant(func() {
			for n := 1; n <= 130; n++ {
				count, ld, offset := 1+n%3, n+n%5, n%8
				r := rand.New(rand.NewPCG(uint64(n), 1))
				var got [][]float32
				var want [][]float64
				var intact []func(string, ...any)
				for _, blocks := range p.blocks {
					size := count * blocks * n
					if blocks == 0 {
						size = (count-1)*ld + n
					}
					s, check := kerneltest.Guarded[float32](t, size, offset)
					copy(s, kerneltest.Normals[float32](r, size))
					got, want, intact = append(got, s), append(want, kerneltest.Convert[float64](s)), append(intact, check)
				}
				p.run(got, ld, n)
				p.exact(want, ld, n)
				for i := range got {
					what := fmt.Sprintf("%s, %s, %d rows of %d, slice %d", p.name, kernels.Variant(), count, n, i)
					kerneltest.Near(t, what, kerneltest.Convert[float64](got[i]), want[i], 2e-6)
					intact[i]("%s", what)
				}
			}
		})
	}
}
