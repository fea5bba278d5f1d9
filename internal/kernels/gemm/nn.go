// Package gemm multiplies matrices, by two micro-kernels: NN computes A·B by rank-1 updates, NT computes A·Bᵀ by dot
// products. Linear, the plan of a linear layer, is built of them.
//
// Matrices are row-major slices with a distance between rows (ldc, lda), in elements. NN finds the columns of A and the
// rows of B by a table of offsets, NT the rows of B: a product reads its factors where they lie, and convolutions need
// no copy for each tap.
package gemm

import (
	"anneal/internal/kernels"
)

// Pair holds the offsets, in elements, of column k of A and of row k of B.
type Pair struct{ A, B int32 }

// NN computes C = max(lower, A·B + biases) by rank-1 updates: for each k, a column of A times a row of B is added to C.
//
//	c[i·ldc + j] = max(lower, Σk a[table[k].a + i·lda] · b[table[k].b + j] + rowBias[i] + colBias[j])
//
// for 0 ≤ i < m and 0 ≤ j < n.
//
// The table of offsets lets A and B be read in place: transposed, strided, or as the taps of a convolution. Either bias
// may be nil. Each element is one sum over k in order, so its bits do not depend on how the work is tiled. NaN passes
// through max.
func NN[T kernels.Float](c []T, ldc int, a []T, lda int, b []T, table []Pair, m, n int, rowBias, colBias []T, lower T) {
	nn(c, ldc, a, lda, b, table, m, n, rowBias, colBias, lower, false)
}

// AddNN sets C to A·B, or adds A·B to C if add is set.
func AddNN[T kernels.Float](c []T, ldc int, a []T, lda int, b []T, table []Pair, m, n int, add bool) {
	nn(c, ldc, a, lda, b, table, m, n, nil, nil, kernels.LowerBound[T](false), add)
}

// nn is NN. If add is set, the sums go on from C's elements.
func nn[T kernels.Float](c []T, ldc int, a []T, lda int, b []T, table []Pair, m, n int, rowBias, colBias []T, lower T,
	add bool,
) {
	if m == 0 || n == 0 || nnSIMD(c, ldc, a, lda, b, table, m, n, rowBias, colBias, lower, add) {
		return
	}
	for j := 0; j < n; j += tileColumns {
		cols := min(tileColumns, n-j)
		for i := 0; i < m; i += 2 {
			// An odd last row is computed twice.
			i1 := min(i+1, m-1)
			a0, a1 := a[i*lda:], a[i1*lda:]
			var s [2][tileColumns]T
			if cols == tileColumns {
				s = nnTile(a0, a1, b[j:], table)
			} else {
				for _, k := range table {
					u, v := a0[k.A], a1[k.A]
					for q, x := range b[int(k.B)+j:][:cols] {
						s[0][q] += u * x
						s[1][q] += v * x
					}
				}
			}
			for r, row := range [2]int{i, i1} {
				if r == 1 && i1 == i {
					break // else C would be added twice
				}
				for q, v := range s[r][:cols] {
					if add {
						v += c[row*ldc+j+q]
					}
					if rowBias != nil {
						v += rowBias[row]
					}
					if colBias != nil {
						v += colBias[j+q]
					}
					c[row*ldc+j+q] = kernels.Clamp(v, lower)
				}
			}
		}
	}
}

// tileColumns is the width of a tile of two rows in plain Go: the compiler keeps no more sums in registers.
const tileColumns = 3

// nnTile returns a tile of A·B.
func nnTile[T kernels.Float](a0, a1, b []T, table []Pair) [2][tileColumns]T {
	var s00, s01, s02, s10, s11, s12 T
	for _, k := range table {
		x := (*[tileColumns]T)(b[k.B:])
		u, v := a0[k.A], a1[k.A]
		s00 += u * x[0]
		s10 += v * x[0]
		s01 += u * x[1]
		s11 += v * x[1]
		s02 += u * x[2]
		s12 += v * x[2]
	}
	return [2][tileColumns]T{{s00, s01, s02}, {s10, s11, s12}}
}
