//go:build !noasm

package conv

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

type correlateKernel func(dx, dw, x, w, dy *float32, offsets *int32, n, resume int)

// The kernels, indexed by the number of taps − 1.
var (
	correlateKernelsAVX2 = []correlateKernel{
		correlate1AVX2, correlate2AVX2, correlate3AVX2, correlate4AVX2, correlate5AVX2, correlate6AVX2, correlate7AVX2,
		correlate8AVX2, correlate9AVX2,
	}
	correlateKernelsAVX512 = []correlateKernel{
		correlate1AVX512, correlate2AVX512, correlate3AVX512, correlate4AVX512, correlate5AVX512, correlate6AVX512,
		correlate7AVX512, correlate8AVX512, correlate9AVX512,
	}
)

// correlateSIMD is correlate with SIMD kernels. It returns false if there are none for T.
func correlateSIMD[T kernels.Float](dx, dw, x, w, dy []T, origin int, offsets []int32, n int, resume bool) bool {
	if !kernels.SIMD[T]() {
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
	tapKernels := kernels.Best(correlateKernelsAVX2, correlateKernelsAVX512)
	for t, taps := 0, 0; t < len(offsets); t += taps {
		taps = gemm.TileSize(len(offsets)-t, len(tapKernels))
		tapKernels[taps-1](kernels.Pointer(dx), kernels.Pointer(dw[t:]), kernels.Pointer(x), kernels.Pointer(w[t:]),
			kernels.Ahead(kernels.Pointer(dy), origin), &offsets[t], n, more)
		more = 1
	}
	return true
}
