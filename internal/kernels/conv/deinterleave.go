package conv

import (
	"anneal/internal/kernels"
)

// deinterleave sorts the columns of an image by their residue modulo StrideW: dst is [residue][c][iy][column].
func deinterleave[T kernels.Float](f *im2col, dst, x []T) {
	x = x[:f.C*f.H*f.W]
	size := f.C * f.H * f.phaseWidth // of a residue
	if f.StrideW == 2 && f.W%2 == 0 && deinterleaveSIMD(dst, dst[size:], x) {
		return
	}
	for residue := range f.StrideW {
		for r := range f.C * f.H {
			src := x[r*f.W:][:f.W]
			d := dst[residue*size+r*f.phaseWidth:][:f.phaseWidth]
			for j, col := 0, residue; col < len(src); j, col = j+1, col+f.StrideW {
				d[j] = src[col]
			}
		}
	}
}

// interleave is the inverse of deal for rows of s.n elements: dst's row is that of each of stride residues by turns, which are residues
// elements apart in src.
func interleave[T kernels.Float](dst, src []T, stride, residues int, s *rowSet) {
	if s.empty() || stride == 2 && s.n%2 == 0 && interleaveSIMD(dst, src, src[residues:], s) {
		return
	}
	for p := range s.planes {
		for r := range s.rows {
			d := dst[p*s.dstPlane+r*s.dstRow:][:s.n]
			for residue := range min(stride, s.n) {
				from := src[residue*residues+p*s.srcPlane+r*s.srcRow:]
				for j, col := 0, residue; col < len(d); j, col = j+1, col+stride {
					d[col] = from[j]
				}
			}
		}
	}
}
