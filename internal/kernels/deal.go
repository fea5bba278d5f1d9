package kernels

// deal sorts the columns of the images of a block by their residue modulo StrideW: dst is [residue][image][c][iy][column].
// One image's channels are image elements from the next's.
func deal[T Float](f *fold, dst, x []T, image int) {
	size := f.C * f.H * f.W
	residues := f.images * f.C * f.H * f.dealt // distance between residues
	for i := range f.images {
		x, dst := x[i*image:][:size], dst[i*f.C*f.H*f.dealt:]
		if f.StrideW == 2 && f.W%2 == 0 && dealSIMD(dst, dst[residues:], x) {
			continue
		}
		for residue := range f.StrideW {
			for r := range f.C * f.H {
				src := x[r*f.W:][:f.W]
				d := dst[residue*residues+r*f.dealt:][:f.dealt]
				for j, col := 0, residue; col < len(src); j, col = j+1, col+f.StrideW {
					d[j] = src[col]
				}
			}
		}
	}
}

// collect is the inverse for rows of s.n elements: dst's row is that of each of stride residues by turns, which are residues
// elements apart in src.
func collect[T Float](dst, src []T, stride, residues int, s *rows) {
	if s.empty() || stride == 2 && s.n%2 == 0 && collectSIMD(dst, src, src[residues:], s) {
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
