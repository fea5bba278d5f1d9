//go:build !noasm

package activation

import (
	"anneal/internal/kernels"
)

// The functions below run SIMD kernels if there are any for T, and else return false.

type forwardKernel func(y, x *float32, n int)

func forwardSIMD[T kernels.Float](op string, forAVX2, forAVX512 forwardKernel, y, x []T) bool {
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	kernels.CheckLen(op, "y", len(y), len(x))
	kernels.Best(forAVX2, forAVX512)(kernels.Pointer(y), kernels.Pointer(x), len(x))
	return true
}

type backwardKernel func(dx, dy, x *float32, n int)

func backwardSIMD[T kernels.Float](op string, forAVX2, forAVX512 backwardKernel, dx, dy, x []T) bool {
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	kernels.CheckLen(op, "dx", len(dx), len(x))
	kernels.CheckLen(op, "dy", len(dy), len(x))
	kernels.Best(forAVX2, forAVX512)(kernels.Pointer(dx), kernels.Pointer(dy), kernels.Pointer(x), len(x))
	return true
}

func sigmoidSIMD[T kernels.Float](y, x []T) bool {
	return forwardSIMD("Sigmoid", sigmoidAVX2, sigmoidAVX512, y, x)
}

func sigmoidBackwardSIMD[T kernels.Float](dx, dy, y []T) bool {
	return backwardSIMD("SigmoidBackward", sigmoidBackwardAVX2, sigmoidBackwardAVX512, dx, dy, y)
}

func tanhSIMD[T kernels.Float](y, x []T) bool { return forwardSIMD("Tanh", tanhAVX2, tanhAVX512, y, x) }

func tanhBackwardSIMD[T kernels.Float](dx, dy, y []T) bool {
	return backwardSIMD("TanhBackward", tanhBackwardAVX2, tanhBackwardAVX512, dx, dy, y)
}

func siluSIMD[T kernels.Float](y, x []T) bool { return forwardSIMD("SiLU", siluAVX2, siluAVX512, y, x) }

func siluBackwardSIMD[T kernels.Float](dx, dy, x []T) bool {
	return backwardSIMD("SiLUBackward", siluBackwardAVX2, siluBackwardAVX512, dx, dy, x)
}

func mishSIMD[T kernels.Float](y, x []T) bool { return forwardSIMD("Mish", mishAVX2, mishAVX512, y, x) }

func mishBackwardSIMD[T kernels.Float](dx, dy, x []T) bool {
	return backwardSIMD("Mish's gradient", mishBackwardAVX2, mishBackwardAVX512, dx, dy, x)
}

func eluSIMD[T kernels.Float](y, x []T, positive, negative float64) bool {
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	kernels.CheckLen("ELU", "y", len(y), len(x))
	kernel := kernels.Best(eluAVX2, eluAVX512)
	kernel(kernels.Pointer(y), kernels.Pointer(x), len(x), float32(positive), float32(negative))
	return true
}

func eluBackwardSIMD[T kernels.Float](dx, dy, x []T, positive, negative float64) bool {
	const op = "ELU's gradient"
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	kernels.CheckLen(op, "dx", len(dx), len(x))
	kernels.CheckLen(op, "dy", len(dy), len(x))
	kernel := kernels.Best(eluBackwardAVX2, eluBackwardAVX512)
	kernel(kernels.Pointer(dx), kernels.Pointer(dy), kernels.Pointer(x), len(x), float32(negative),
		float32(positive-negative))
	return true
}

func geluSIMD[T kernels.Float](y, x []T) bool { return forwardSIMD("GELU", geluAVX2, geluAVX512, y, x) }

func geluBackwardSIMD[T kernels.Float](dx, dy, x []T) bool {
	return backwardSIMD("GELUBackward", geluBackwardAVX2, geluBackwardAVX512, dx, dy, x)
}

func geluTanhSIMD[T kernels.Float](y, x []T) bool {
	return forwardSIMD("GELUTanh", geluTanhAVX2, geluTanhAVX512, y, x)
}

func geluTanhBackwardSIMD[T kernels.Float](dx, dy, x []T) bool {
	return backwardSIMD("GELUTanhBackward", geluTanhBackwardAVX2, geluTanhBackwardAVX512, dx, dy, x)
}

func softmaxRowsSIMD[T kernels.Float](y, x []T, rows, n, stride int, scale T) bool {
	if !kernels.SIMD[T]() {
		return false
	}
	_, _ = x[(rows-1)*stride+n-1], y[(rows-1)*stride+n-1] // the kernels trust the bounds
	kernel := kernels.Best(softmaxRowsAVX2, softmaxRowsAVX512)
	kernel(kernels.Pointer(y), kernels.Pointer(x), rows, n, stride, float32(scale))
	return true
}

func softmaxRowsBackwardSIMD[T kernels.Float](dx, dy, y []T, rows, n, stride int, scale T) bool {
	if !kernels.SIMD[T]() {
		return false
	}
	last := (rows-1)*stride + n - 1
	_, _, _ = dx[last], dy[last], y[last] // the kernels trust the bounds
	kernel := kernels.Best(softmaxRowsBackwardAVX2, softmaxRowsBackwardAVX512)
	kernel(kernels.Pointer(dx), kernels.Pointer(dy), kernels.Pointer(y), rows, n, stride, float32(scale))
	return true
}

func logSumRowsSIMD[T kernels.Float](tops, sums, x []T, rows, n, stride int) bool {
	if !kernels.SIMD[T]() {
		return false
	}
	_, _, _ = x[(rows-1)*stride+n-1], tops[rows-1], sums[rows-1] // the kernels trust the bounds
	if kernels.Best(false, true) {                               // through Best, tops and sums would be allocated
		logSumRowsAVX512(kernels.Pointer(x), rows, n, stride, kernels.Pointer(tops), kernels.Pointer(sums))
	} else {
		logSumRowsAVX2(kernels.Pointer(x), rows, n, stride, kernels.Pointer(tops), kernels.Pointer(sums))
	}
	return true
}

func logSoftmaxRowsBackwardSIMD[T kernels.Float](dx, dy, y []T, rows, n, stride int) bool {
	if !kernels.SIMD[T]() {
		return false
	}
	last := (rows-1)*stride + n - 1
	_, _, _ = dx[last], dy[last], y[last] // the kernels trust the bounds
	kernel := kernels.Best(logSoftmaxRowsBackwardAVX2, logSoftmaxRowsBackwardAVX512)
	kernel(kernels.Pointer(dx), kernels.Pointer(dy), kernels.Pointer(y), rows, n, stride)
	return true
}
