package kernels

// pair holds the offsets, in elements, of column k of A and row k of B in a product.
type pair struct{ a, b int32 }

// outer computes C = max(floor, A·B + biases), one outer product of a column of A and a row of B after the other:
//
//	c[i·ldc + j] = max(floor, Σk a[table[k].a + i·lda] · b[table[k].b + j] + rowBias[i] + colBias[j])   for 0 ≤ i < m, 0 ≤ j < n
//
// The table lets A and B be read where they lie: transposed, strided, or as the taps of a convolution. Either bias may be nil.
// Each element is one sum over k in order, so its bits do not depend on how the work is tiled. NaN passes through max.
func outer[T Float](c []T, ldc int, a []T, lda int, b []T, table []pair, m, n int, rowBias, colBias []T, floor T) {
	if m == 0 || n == 0 || outerSIMD(c, ldc, a, lda, b, table, m, n, rowBias, colBias, floor) {
		return
	}
	for i := 0; i < m; i += 2 {
		// An odd last row is computed twice.
		i1 := min(i+1, m-1)
		a0, a1 := a[i*lda:], a[i1*lda:]
		for j := 0; j < n; j += 4 {
			cols := min(4, n-j)
			var s [2][4]T
			if cols == 4 {
				s = outer2x4(a0, a1, b[j:], table)
			} else {
				for _, k := range table {
					u, v := a0[k.a], a1[k.a]
					for q, x := range b[int(k.b)+j:][:cols] {
						s[0][q] += u * x
						s[1][q] += v * x
					}
				}
			}
			for r, row := range [2]int{i, i1} {
				for q, v := range s[r][:cols] {
					if rowBias != nil {
						v += rowBias[row]
					}
					if colBias != nil {
						v += colBias[j+q]
					}
					c[row*ldc+j+q] = clamp(v, floor)
				}
			}
		}
	}
}

// outer2x4 returns a tile of 2 rows and 4 columns.
func outer2x4[T Float](a0, a1, b []T, table []pair) [2][4]T {
	var s00, s01, s02, s03, s10, s11, s12, s13 T
	for _, k := range table {
		u, v := a0[k.a], a1[k.a]
		x := b[k.b:][:4:4]
		s00 += u * x[0]
		s01 += u * x[1]
		s02 += u * x[2]
		s03 += u * x[3]
		s10 += v * x[0]
		s11 += v * x[1]
		s12 += v * x[2]
		s13 += v * x[3]
	}
	return [2][4]T{{s00, s01, s02, s03}, {s10, s11, s12, s13}}
}

// clamp returns max(v, floor), and NaN for NaN.
func clamp[T Float](v, floor T) T {
	if v < floor {
		return floor
	}
	return v
}
