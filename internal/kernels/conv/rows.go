package conv

import (
	"anneal/internal/kernels"
)

// back returns the same rows for a copy back.
func (s rowSet) back() rowSet {
	s.dstPlane, s.dstRow, s.srcPlane, s.srcRow = s.srcPlane, s.srcRow, s.dstPlane, s.dstRow
	return s
}

// rowSet names rows of two tensors: row r of plane p starts at p·plane + r·row and has n elements.
type rowSet struct {
	planes, rows, n  int
	dstPlane, dstRow int
	srcPlane, srcRow int
}

func (s *rowSet) empty() bool { return s.planes <= 0 || s.rows <= 0 || s.n <= 0 }

// copyRows sets dst's rows to src's.
func copyRows[T kernels.Float](dst, src []T, s *rowSet) {
	if s.empty() || rowsSIMD(dst, src, s, false) {
		return
	}
	for p := range s.planes {
		for r := range s.rows {
			copy(dst[p*s.dstPlane+r*s.dstRow:][:s.n], src[p*s.srcPlane+r*s.srcRow:][:s.n])
		}
	}
}

// addRows adds src's rows to dst's.
func addRows[T kernels.Float](dst, src []T, s *rowSet) {
	if s.empty() || rowsSIMD(dst, src, s, true) {
		return
	}
	for p := range s.planes {
		for r := range s.rows {
			d := dst[p*s.dstPlane+r*s.dstRow:][:s.n]
			for i, x := range src[p*s.srcPlane+r*s.srcRow:][:s.n] {
				d[i] += x
			}
		}
	}
}
