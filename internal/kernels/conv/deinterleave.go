package conv

import "anneal/internal/kernels"

// deinterleave sorts the columns of an image by their phase, their number modulo StrideW: dst is
// [phase][c][iy][column].
func deinterleave[T kernels.Float](f *im2col, dst, x []T) {
	x = x[:f.C*f.H*f.W]
	size := f.C * f.H * f.phaseWidth // of a phase
	if f.StrideW == 2 && f.W%2 == 0 && deinterleaveSIMD(dst, dst[size:], x) {
		return
	}
	for phase := range f.StrideW {
		for r := range f.C * f.H {
			src := x[r*f.W:][:f.W]
			d := dst[phase*size+r*f.phaseWidth:][:f.phaseWidth]
			for j, col := 0, phase; col < len(src); j, col = j+1, col+f.StrideW {
				d[j] = src[col]
			}
		}
	}
}

// interleave puts together what deinterleave took apart, for rows of s.n elements. Consecutive phases are phaseSize
// elements apart in src:
//
//	dst[col] = src[(col mod stride)·phaseSize + col/stride]   in each row
func interleave[T kernels.Float](dst, src []T, stride, phaseSize int, s *rowSet) {
	if s.empty() || stride == 2 && s.n%2 == 0 && interleaveSIMD(dst, src, src[phaseSize:], s) {
		return
	}
	for p := range s.planes {
		for r := range s.rows {
			d := dst[p*s.dstPlane+r*s.dstRow:][:s.n]
			for phase := range min(stride, s.n) {
				from := src[phase*phaseSize+p*s.srcPlane+r*s.srcRow:]
				for j, col := 0, phase; col < len(d); j, col = j+1, col+stride {
					d[col] = from[j]
				}
			}
		}
	}
}
