//go:build !noasm

package kernels

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:generate go -C _gen run . -out ..

func bestVariant() variant {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return generic
	case x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512VL && x.HasAVX512BW && x.HasBMI2:
		return avx512
	}
	return avx2
}

// pointer returns where s, whose elements are float32, begins. It panics if s is empty.
func pointer[T Float](s []T) *float32 { return (*float32)(unsafe.Pointer(&s[0])) }

// simd reports whether the active variant has SIMD kernels for T.
func simd[T Float]() bool {
	return active != generic && unsafe.Sizeof(T(0)) == unsafe.Sizeof(float32(0))
}

type innerKernel func(c *float32, ldc int, a *float32, lda int, b *float32, offsets *int32, n int, add *float32, ldadd int, floor float32, tiles int)

// By the number of rows less one and the number of columns less one.
var (
	innerKernelsAVX2 = [][4]innerKernel{
		{inner1x1AVX2, inner1x2AVX2, inner1x3AVX2, inner1x4AVX2},
		{inner2x1AVX2, inner2x2AVX2, inner2x3AVX2, inner2x4AVX2},
		{inner3x1AVX2, inner3x2AVX2, inner3x3AVX2, inner3x4AVX2},
	}
	innerKernelsAVX512 = [][4]innerKernel{
		{inner1x1AVX512, inner1x2AVX512, inner1x3AVX512, inner1x4AVX512},
		{inner2x1AVX512, inner2x2AVX512, inner2x3AVX512, inner2x4AVX512},
		{inner3x1AVX512, inner3x2AVX512, inner3x3AVX512, inner3x4AVX512},
		{inner4x1AVX512, inner4x2AVX512, inner4x3AVX512, inner4x4AVX512},
		{inner5x1AVX512, inner5x2AVX512, inner5x3AVX512, inner5x4AVX512},
		{inner6x1AVX512, inner6x2AVX512, inner6x3AVX512, inner6x4AVX512},
	}
)

// innerSIMD is inner if there are SIMD kernels for it, and else returns false.
func innerSIMD[T Float](c []T, ldc int, a []T, lda int, b []T, offsets []int32, m, n int, add []T, ldadd int, floor T) bool {
	if !simd[T]() {
		return false
	}
	if m >= manyRows && len(offsets) > fewColumns && (add == nil || ldadd == 0 || &add[0] == &c[0]) {
		innerByOuter(c, ldc, a, lda, b, offsets, m, n, add, ldadd, floor)
		return true
	}
	kernels := innerKernelsAVX2
	if active == avx512 {
		kernels = innerKernelsAVX512
	}
	// The kernels trust the bounds.
	_, _ = a[(m-1)*lda+n-1], c[(m-1)*ldc+len(offsets)-1]
	toC, fromA, fromB, fromAdd := pointer(c), pointer(a), pointer(b), pointerOrNil(add)
	tile := func(i, rows, tiles, j, cols int) {
		adds := fromAdd
		if adds != nil {
			adds = ahead(adds, i*ldadd+j)
		}
		kernels[rows-1][cols-1](ahead(toC, i*ldc+j), ldc, ahead(fromA, i*lda), lda, fromB, &offsets[j], n, adds, ldadd, float32(floor), tiles)
	}
	const most = len(kernels[0])
	// The smaller matrix goes by again and again, while a few rows of the other stay in the first cache.
	if m > len(offsets) {
		for i, rows := 0, 0; i < m; i += rows {
			rows = tileSize(m-i, len(kernels))
			for j, cols := 0, 0; j < len(offsets); j += cols {
				cols = tileSize(len(offsets)-j, most)
				tile(i, rows, 1, j, cols)
			}
		}
		return true
	}
	for j, cols := 0, 0; j < len(offsets); j += cols {
		cols = tileSize(len(offsets)-j, most)
		if j > 0 { // back again: the rows that went by last are still in the first cache
			toC, ldc = ahead(toC, (m-1)*ldc), -ldc
			fromA, lda = ahead(fromA, (m-1)*lda), -lda
			if fromAdd != nil {
				fromAdd, ldadd = ahead(fromAdd, (m-1)*ldadd), -ldadd
			}
		}
		for i, rows, tiles := 0, 0, 0; i < m; i += rows * tiles {
			rows = tileSize(m-i, len(kernels))
			tiles = (m - i) / rows
			if (m-i)%rows != 0 {
				tiles = max(tiles-1, 1) // the last two share evenly
			}
			tile(i, rows, tiles, j, cols)
		}
	}
	return true
}

type correlateKernel func(dx, dw, x, w, dy *float32, offsets *int32, n, resume int)

// By the number of taps less one.
var (
	correlateKernelsAVX2 = []correlateKernel{
		correlate1AVX2, correlate2AVX2, correlate3AVX2, correlate4AVX2, correlate5AVX2, correlate6AVX2, correlate7AVX2, correlate8AVX2, correlate9AVX2,
	}
	correlateKernelsAVX512 = []correlateKernel{
		correlate1AVX512, correlate2AVX512, correlate3AVX512, correlate4AVX512, correlate5AVX512, correlate6AVX512, correlate7AVX512, correlate8AVX512, correlate9AVX512,
	}
)

// correlateSIMD is correlate if there are SIMD kernels for it, and else returns false.
func correlateSIMD[T Float](dx, dw, x, w, dy []T, origin int, offsets []int32, n int, resume bool) bool {
	if !simd[T]() {
		return false
	}
	// The kernels trust the bounds.
	_, _ = dx[n-1], x[n-1]
	for _, o := range offsets {
		_ = dy[origin+int(o):][:n]
	}
	more := 0
	if resume {
		more = 1
	}
	kernels := correlateKernelsAVX2
	if active == avx512 {
		kernels = correlateKernelsAVX512
	}
	for t, taps := 0, 0; t < len(offsets); t += taps {
		taps = tileSize(len(offsets)-t, len(kernels))
		kernels[taps-1](pointer(dx), pointer(dw[t:]), pointer(x), pointer(w[t:]), ahead(pointer(dy), origin), &offsets[t], n, more)
		more = 1
	}
	return true
}

// rowsSIMD is copyRows or addRows if there are SIMD kernels for it, and else returns false.
func rowsSIMD[T Float](dst, src []T, s *rows, add bool) bool {
	if !simd[T]() {
		return false
	}
	// The kernels trust the bounds.
	dst = dst[:(s.planes-1)*s.dstPlane+(s.rows-1)*s.dstRow+s.n]
	src = src[:(s.planes-1)*s.srcPlane+(s.rows-1)*s.srcRow+s.n]
	kernel := copyRowsAVX2
	if add {
		kernel = addRowsAVX2
	}
	kernel(pointer(dst), s.dstPlane, s.dstRow, pointer(src), s.srcPlane, s.srcRow, s.planes, s.rows, s.n)
	return true
}

// dealSIMD copies the even and the odd elements of src to even and odd, if there is a SIMD kernel for it, and else returns
// false.
func dealSIMD[T Float](even, odd, src []T) bool {
	if !simd[T]() || len(src) < 2 {
		return false
	}
	n := len(src) / 2
	dealAVX2(pointer(even[:n]), pointer(odd[:n]), pointer(src), n)
	return true
}

// collectSIMD is collect of two residues if there is a SIMD kernel for it, and else returns false.
func collectSIMD[T Float](dst, even, odd []T, s *rows) bool {
	if !simd[T]() {
		return false
	}
	// The kernel trusts the bounds.
	dst = dst[:(s.planes-1)*s.dstPlane+(s.rows-1)*s.dstRow+s.n]
	n := s.n / 2
	length := (s.planes-1)*s.srcPlane + (s.rows-1)*s.srcRow + n
	even, odd = even[:length], odd[:length]
	collectAVX2(pointer(dst), s.dstPlane, s.dstRow, pointer(even), pointer(odd), s.srcPlane, s.srcRow, s.planes, s.rows, n)
	return true
}

// turnRows is how many rows the kernel of turn takes.
const turnRows = 8

// turnSIMD is turn if there are SIMD kernels for it, and else returns false.
func turnSIMD[T Float](dst []T, stride int, b []T, offsets []int32, n int) bool {
	if !simd[T]() || n == 0 || len(offsets) == 0 {
		return false
	}
	// The kernel trusts the bounds.
	_ = dst[(n-1)*stride+len(offsets)-1]
	for _, o := range offsets {
		_ = b[o:][:n]
	}
	j := 0
	for ; j+turnRows <= len(offsets); j += turnRows {
		turnAVX2(pointer(dst[j:]), stride, pointer(b), &offsets[j], n)
	}
	for ; j < len(offsets); j++ {
		for k, v := range b[offsets[j]:][:n] {
			dst[k*stride+j] = v
		}
	}
	return true
}

type sandwichKernel func(dst *float32, to *int32, src *float32, from *int32, n int)

// By the transform; that of the outputs is apart.
var sandwichKernels = [...]sandwichKernel{
	inputTransform:          sandwichInputAVX2,
	kernelTransform:         sandwichKernelAVX2,
	outputGradientTransform: sandwichOutputGradientAVX2,
	kernelGradientTransform: sandwichKernelGradientAVX2,
}

// sandwichSIMD is sandwich if there are SIMD kernels for it, and else returns false.
func sandwichSIMD[T Float](l transform, dst []T, to places, src []T, from places, n int) bool {
	if !simd[T]() || l == outputTransform {
		return false
	}
	_, _ = dst[to.last+n-1], src[from.last+n-1] // the kernels trust the bounds
	sandwichKernels[l](pointer(dst), &to.at[0], pointer(src), &from.at[0], n)
	return true
}

// sandwichOutputSIMD is sandwichOutput if there are SIMD kernels for it, and else returns false.
func sandwichOutputSIMD[T Float](dst []T, to places, src []T, from places, n int, bias []T, floor T) bool {
	if !simd[T]() {
		return false
	}
	_, _ = dst[to.last+n-1], src[from.last+n-1] // the kernels trust the bounds
	sandwichOutputAVX2(pointer(dst), &to.at[0], pointer(src), &from.at[0], n, pointerOrNil(bias), float32(floor))
	return true
}

// peakSIMD does n rounds of Peak with SIMD instructions, and returns the number of operations; 0 if there are none.
func peakSIMD(n int) int {
	const operations = 2 * 12 // of a lane, in a round
	switch {
	case active == generic || n <= 0:
		return 0
	case active == avx512:
		peakAVX512(n)
		return operations * 16 * n
	}
	peakAVX2(n)
	return operations * 8 * n
}
