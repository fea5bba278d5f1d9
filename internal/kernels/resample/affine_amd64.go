//go:build !noasm

package resample

import "anneal/internal/kernels"

// affineRowSIMD computes Row.Bilinear with SIMD instructions if there are any, and else returns false.
func affineRowSIMD(y []float32, r *Row, b *Bordered) bool {
	const step = 4 // pixels
	if !kernels.SIMD[float32]() || len(y) < step {
		return false
	}
	across, down, stride := r.Across[:len(y)], r.Down[:len(y)], b.w+2*border
	affineRowAVX2(&y[0], len(y), &across[0], &down[0], r.Right, r.Left, r.Below, r.Top,
		&b.pixels[border*stride+border], stride, float64(b.w+1), float64(b.h+1))
	return true
}
