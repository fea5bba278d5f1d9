//go:build !noasm

package gemm

import (
	"unsafe"

	"anneal/internal/kernels"
)

type ntKernel func(c *float32, ldc int, a *float32, lda int, b *float32, offsets *int32, n int, add *float32,
	ldadd int, lower float32, tiles int)

// The kernels, indexed by the number of rows − 1 and the number of columns − 1 of a tile.
var (
	ntKernelsAVX2 = [][4]ntKernel{
		{nt1x1AVX2, nt1x2AVX2, nt1x3AVX2, nt1x4AVX2},
		{nt2x1AVX2, nt2x2AVX2, nt2x3AVX2, nt2x4AVX2},
		{nt3x1AVX2, nt3x2AVX2, nt3x3AVX2, nt3x4AVX2},
	}
	ntKernelsAVX512 = [][4]ntKernel{
		{nt1x1AVX512, nt1x2AVX512, nt1x3AVX512, nt1x4AVX512},
		{nt2x1AVX512, nt2x2AVX512, nt2x3AVX512, nt2x4AVX512},
		{nt3x1AVX512, nt3x2AVX512, nt3x3AVX512, nt3x4AVX512},
		{nt4x1AVX512, nt4x2AVX512, nt4x3AVX512, nt4x4AVX512},
		{nt5x1AVX512, nt5x2AVX512, nt5x3AVX512, nt5x4AVX512},
		{nt6x1AVX512, nt6x2AVX512, nt6x3AVX512, nt6x4AVX512},
	}
)

// ntSIMD is NT with SIMD kernels. It returns false if there are none for T.
func ntSIMD[T kernels.Float](c []T, ldc int, a []T, lda int, b []T, offsets []int32, m, n int, add []T, ldadd int,
	lower T,
) bool {
	if !kernels.SIMD[T]() {
		return false
	}
	if m >= PanelRows && len(offsets) > maxDotColumns && (add == nil || ldadd == 0 || &add[0] == &c[0]) {
		ntByNN(c, ldc, a, lda, b, offsets, m, n, add, ldadd, lower)
		return true
	}
	tileKernels := kernels.Best(ntKernelsAVX2, ntKernelsAVX512)
	// The kernels trust the bounds.
	_, _ = a[(m-1)*lda+n-1], c[(m-1)*ldc+len(offsets)-1]
	toC, fromA, fromB, fromAdd := kernels.Pointer(c), kernels.Pointer(a), kernels.Pointer(b), kernels.PointerOrNil(add)
	tile := func(i, rows, tiles, j, cols int) {
		adds := fromAdd
		if adds != nil {
			adds = kernels.Ahead(adds, i*ldadd+j)
		}
		tileKernels[rows-1][cols-1](kernels.Ahead(toC, i*ldc+j), ldc, kernels.Ahead(fromA, i*lda), lda, fromB, &offsets[j],
			n, adds, ldadd, float32(lower), tiles)
	}
	const most = len(tileKernels[0])
	// The smaller matrix is read again and again, while a few rows of the other stay in the first cache.
	if m > len(offsets) {
		for i, rows := 0, 0; i < m; i += rows {
			rows = TileSize(m-i, len(tileKernels))
			for j, cols := 0, 0; j < len(offsets); j += cols {
				cols = TileSize(len(offsets)-j, most)
				tile(i, rows, 1, j, cols)
			}
		}
		return true
	}
	for j, cols := 0, 0; j < len(offsets); j += cols {
		cols = TileSize(len(offsets)-j, most)
		if j > 0 { // backwards: the rows read last are still in the first cache
			toC, ldc = kernels.Ahead(toC, (m-1)*ldc), -ldc
			fromA, lda = kernels.Ahead(fromA, (m-1)*lda), -lda
			if fromAdd != nil {
				fromAdd, ldadd = kernels.Ahead(fromAdd, (m-1)*ldadd), -ldadd
			}
		}
		for i, rows, tiles := 0, 0, 0; i < m; i += rows * tiles {
			rows, tiles = tileSizes(m-i, len(tileKernels))
			tile(i, rows, tiles, j, cols)
		}
	}
	return true
}

// ntByNN is NT for many rows: it transposes rows of B into panels, and multiplies by rank-1 updates.
func ntByNN[T kernels.Float](c []T, ldc int, a []T, lda int, b []T, offsets []int32, m, n int, add []T, ldadd int,
	lower T,
) {
	t := newProduct(c, ldc, a, lda, m, len(offsets), lower)
	if ldadd == 0 {
		t.colBias = kernels.PointerOrNil(add)
	} else {
		t.resume = add != nil // it is c itself
	}
	p := getPanel()
	defer p.put()
	for i := range p.table {
		p.table[i] = Pair{int32(i), int32(i * t.width)}
	}
	rows := unsafe.Slice(kernels.Pointer(b), len(b))
	for k, end := 0, 0; k < n; k = end {
		end = blockEnd(k, n)
		for j := 0; j < len(offsets); j += t.width {
			var columns [maxTileColumns]int32 // padded with the last one, since Transpose is fast for multiples of 8
			cols := copy(columns[:t.width], offsets[j:])
			for i := cols; i < t.width; i++ {
				columns[i] = columns[cols-1]
			}
			Transpose(p.b[:], t.width, rows[k:], columns[:kernels.CeilDiv(cols, transposeRows)*transposeRows], end-k)
			t.run(j, cols, k, &p.b[0], p.table[:end-k], end == n)
		}
		t.resume = true
	}
}
