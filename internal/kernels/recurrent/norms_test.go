package recurrent

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// normPass is one of the passes of the norms inside a cell, in two types. lengths are those of its slices.
type normPass struct {
	name    string
	lengths func(count, n, ld, ldy int) []int
	run     func(s [][]float32, count, n, ld, ldy int)
	exact   func(s [][]float64, count, n, ld, ldy int)
}

const testEps = 0.1 // keeps what is rounded small where few numbers are normalised

func rowsForward[T kernels.Float](s [][]T, _, _, ld, ldy int) {
	normRows(s[0], s[0], ld, s[1], ldy, s[2], 0, s[3], s[4], testEps)
	normRows(s[0], s[5], ld, s[1], ldy, s[1], ldy, s[3], s[4], testEps) // adds to y
}

func rowsBackward[T kernels.Float](s [][]T, _, _, ld, ldy int) {
	normRowsBackward(s[0], s[1], ld, s[2], ldy, s[3], s[4], s[5], s[6])
	normRowsBackward(s[0], s[1], ld, s[0], ld, s[3], s[4], s[5], s[6]) // in place
}

func columnsForward[T kernels.Float](s [][]T, count, _, ld, ldy int) {
	columnMoments(s[4], s[6], s[0], ld, count)
	normColumns(s[0], s[0], ld, s[1], ldy, s[2], 0, s[3], s[4], s[6], count)
	normColumns(s[0], s[5], ld, s[1], ldy, s[1], ldy, s[3], s[4], s[6], count) // adds to y
}

func columnsBackward[T kernels.Float](s [][]T, count, _, ld, ldy int) {
	columnSums(s[4], s[5], s[1], ld, s[2], ldy, count)
	normColumnsBackward(s[0], s[1], ld, s[2], ldy, s[3], s[6], s[4], s[5], 1/T(count), count)
	normColumnsBackward(s[0], s[1], ld, s[0], ld, s[3], s[6], s[4], s[5], 1/T(count), count) // in place
}

// span is the length of count rows of n elements that are ld apart.
func span(count, n, ld int) int { return (count-1)*ld + n }

func normPasses() []normPass {
	return []normPass{
		{
			"normRows", func(count, n, ld, ldy int) []int {
				return []int{span(count, n, ld), span(count, n, ldy), n, n, count, span(count, n, ld)}
			},
			rowsForward[float32], rowsForward[float64],
		},
		{
			"normRowsBackward", func(count, n, ld, ldy int) []int {
				return []int{span(count, n, ld), span(count, n, ld), span(count, n, ldy), n, n, n, count}
			},
			rowsBackward[float32], rowsBackward[float64],
		},
		{
			"normColumns", func(count, n, ld, ldy int) []int {
				return []int{span(count, n, ld), span(count, n, ldy), n, n, n, span(count, n, ld), n}
			},
			columnsForward[float32], columnsForward[float64],
		},
		{
			"normColumnsBackward", func(count, n, ld, ldy int) []int {
				return []int{span(count, n, ld), span(count, n, ld), span(count, n, ldy), n, n, n, n}
			},
			columnsBackward[float32], columnsBackward[float64],
		},
	}
}

// TestNorms compares the passes of every variant with float64, for every length to 130 and memory between guards. All
// variants have the same bits, except that plain Go has others.
func TestNorms(t *testing.T) {
	for _, p := range normPasses() {
		for n := 1; n <= 130; n++ {
			count, ld, ldy, offset := 1+n%11, n+n%5, n+n%3, n%8
			var last [][]float32
			kernels.EachVariant(func() {
				r := rand.New(rand.NewPCG(uint64(n), 1))
				var got [][]float32
				var want [][]float64
				var intact []func(string, ...any)
				for _, size := range p.lengths(count, n, ld, ldy) {
					s, check := kerneltest.Guarded[float32](t, size, offset)
					copy(s, kerneltest.Normals[float32](r, size))
					got, want, intact = append(got, s), append(want, kerneltest.Convert[float64](s)), append(intact, check)
				}
				p.run(got, count, n, ld, ldy)
				p.exact(want, count, n, ld, ldy)
				for i := range got {
					what := fmt.Sprintf("%s, %s, %d rows of %d, slice %d", p.name, kernels.Variant(), count, n, i)
					kerneltest.Near(t, what, kerneltest.Convert[float64](got[i]), want[i], 1e-5)
					intact[i]("%s", what)
					if last != nil {
						kerneltest.Same(t, what, got[i], last[i])
					}
				}
				if kernels.Variant() != "generic" {
					last = got
				}
			})
		}
	}
}
