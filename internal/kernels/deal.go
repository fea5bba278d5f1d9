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

// collect is the inverse of deal for images that follow each other.
func collect[T Float](f *fold, x, src []T) {
	rows := f.images * f.C * f.H
	residues := rows * f.dealt
	if f.StrideW == 2 && f.W%2 == 0 && collectSIMD(x[:rows*f.W], src, src[residues:]) {
		return
	}
	for residue := range f.StrideW {
		for r := range rows {
			d := x[r*f.W:][:f.W]
			s := src[residue*residues+r*f.dealt:][:f.dealt]
			for j, col := 0, residue; col < len(d); j, col = j+1, col+f.StrideW {
				d[col] = s[j]
			}
		}
	}
}
