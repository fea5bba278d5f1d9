package gemm

import (
	"anneal/internal/kernels"
)

// PanelRows is from how many rows of A on columns of B are copied into panels.
const PanelRows = 64

// NT computes C = max(lower, A·Bᵀ + add) by dot products of the m rows of A and the rows of B that start at offsets,
// all of length n:
//
//	c[i·ldc + j] = max(lower, add[i·ldadd + j] + Σp a[i·lda + p] · b[offsets[j] + p])   for 0 ≤ i < m
//
// add may be nil, or c itself to accumulate, or one row for all rows of C (ldadd = 0). SIMD kernels sum in 16 lanes for
// any width of their vectors. With at least PanelRows rows they sum one term after the other, as NN does.
func NT[T kernels.Float](c []T, ldc int, a []T, lda int, b []T, offsets []int32, m, n int, add []T, ldadd int,
	lower T,
) {
	if m == 0 || len(offsets) == 0 {
		return
	}
	if ntSIMD(c, ldc, a, lda, b, offsets, m, n, add, ldadd, lower) {
		return
	}
	for i := 0; i < m; i += 2 {
		// An odd last row is computed twice, and so are columns past the last.
		i1 := min(i+1, m-1)
		a0, a1 := a[i*lda:][:n], a[i1*lda:][:n]
		for j := 0; j < len(offsets); j += tileColumns {
			last := len(offsets) - 1
			s := ntTile(a0, a1, b[offsets[j]:], b[offsets[min(j+1, last)]:], b[offsets[min(j+2, last)]:])
			for r, row := range [2]int{i, i1} {
				if r == 1 && i1 == i {
					break // else add, which may be c, would be added twice
				}
				for q, v := range s[r][:min(tileColumns, len(offsets)-j)] {
					if add != nil {
						v += add[row*ldadd+j+q]
					}
					c[row*ldc+j+q] = kernels.Clamp(v, lower)
				}
			}
		}
	}
}

// ntTile returns a tile of A·Bᵀ.
func ntTile[T kernels.Float](a0, a1, b0, b1, b2 []T) [2][tileColumns]T {
	a1, b0, b1, b2 = a1[:len(a0)], b0[:len(a0)], b1[:len(a0)], b2[:len(a0)]
	var s00, s01, s02, s10, s11, s12 T
	for p, u := range a0 {
		v := a1[p]
		s00 += u * b0[p]
		s10 += v * b0[p]
		s01 += u * b1[p]
		s11 += v * b1[p]
		s02 += u * b2[p]
		s12 += v * b2[p]
	}
	return [2][tileColumns]T{{s00, s01, s02}, {s10, s11, s12}}
}
