package kernels

// inner computes the inner products of m rows of A and the rows of B that offsets names, all of length n:
//
//	c[i·ldc + j] = max(floor, add[i·ldadd + j] + Σp a[i·lda + p] · b[offsets[j] + p])   for 0 ≤ i < m
//
// add may be nil, or c itself to accumulate. SIMD kernels sum in 16 lanes, whatever the width of their vectors.
func inner[T Float](c []T, ldc int, a []T, lda int, b []T, offsets []int32, m, n int, add []T, ldadd int, floor T) {
	if m == 0 || len(offsets) == 0 {
		return
	}
	if innerSIMD(c, ldc, a, lda, b, offsets, m, n, add, ldadd, floor) {
		return
	}
	const cols = 4
	for i := 0; i < m; i += 2 {
		// An odd last row is computed twice.
		i1 := min(i+1, m-1)
		a0 := a[i*lda:][:n]
		a1 := a[i1*lda:][:n]
		for j := 0; j < len(offsets); j += cols {
			// Columns past the last repeat it.
			var o [cols]int32
			for q := range o {
				o[q] = offsets[min(j+q, len(offsets)-1)]
			}
			b0, b1, b2, b3 := b[o[0]:][:n], b[o[1]:][:n], b[o[2]:][:n], b[o[3]:][:n]
			var s [2 * cols]T
			s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7] = inner2x4(a0, a1, b0, b1, b2, b3)
			for q := range min(cols, len(offsets)-j) {
				put(c, i*ldc+j+q, s[q], add, i*ldadd+j+q, floor)
				if i1 != i {
					put(c, i1*ldc+j+q, s[cols+q], add, i1*ldadd+j+q, floor)
				}
			}
		}
	}
}

func put[T Float](c []T, at int, v T, add []T, addAt int, floor T) {
	if add != nil {
		v += add[addAt]
	}
	c[at] = clamp(v, floor)
}

func inner2x4[T Float](a0, a1, b0, b1, b2, b3 []T) (s00, s01, s02, s03, s10, s11, s12, s13 T) {
	a1, b0, b1, b2, b3 = a1[:len(a0)], b0[:len(a0)], b1[:len(a0)], b2[:len(a0)], b3[:len(a0)]
	for p, u := range a0 {
		v := a1[p]
		s00 += u * b0[p]
		s01 += u * b1[p]
		s02 += u * b2[p]
		s03 += u * b3[p]
		s10 += v * b0[p]
		s11 += v * b1[p]
		s12 += v * b2[p]
		s13 += v * b3[p]
	}
	return
}
