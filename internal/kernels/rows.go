package kernels

// rows names short vectors in two tensors: vector r of plane p starts at p·plane + r·row and has n elements.
type rows struct {
	planes, rows, n  int
	dstPlane, dstRow int
	srcPlane, srcRow int
}

func (s *rows) empty() bool { return s.planes <= 0 || s.rows <= 0 || s.n <= 0 }

// copyRows sets dst's vectors to src's.
func copyRows[T Float](dst, src []T, s *rows) {
	if s.empty() || rowsSIMD(dst, src, s, false) {
		return
	}
	for p := range s.planes {
		for r := range s.rows {
			copy(dst[p*s.dstPlane+r*s.dstRow:][:s.n], src[p*s.srcPlane+r*s.srcRow:][:s.n])
		}
	}
}

// addRows adds src's vectors to dst's.
func addRows[T Float](dst, src []T, s *rows) {
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
