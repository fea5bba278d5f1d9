package conv

import (
	"anneal/internal/kernels"
)

// im2col lays a block of images out so that a convolution becomes a product of matrices whose rows are contiguous. The
// usual im2col copies the input for each (ky, kx); this one copies it for each kx only:
//
//	dst[c][kx][r][image][ox] = x[image][c][iy(r)][ox·StrideW + kx·DilW − PadW]   and 0 outside the image
//
// Rows are ordered by their phase, their number modulo StrideH, and within a phase by height. So the inputs of tap
// (c, ky, kx) for all outputs (oy, image, ox) are one contiguous vector for any kernel, stride, padding or dilation. It
// starts at tap[ky] in plane (c, kx). Outputs in this order, [o][oy][image][ox], are in block order.
//
// With StrideW > 1 the columns of the input are deinterleaved into their phases first, so that all copies are of
// adjacent elements.
type im2col struct {
	Shape
	images, oh, ow int
	row            int           // elements of a row: images · ow
	plane          int           // elements of a plane (c, kx)
	phaseWidth     int           // columns of one phase
	tap            []int         // by ky
	columns        []columnRange // by kx
	phases         []phaseRows
}

// columnRange is the range of ox for which tap kx is inside the image, and the phase and column of the first one's
// input.
type columnRange struct{ from, to, phase, col int }

// phaseRows is the range of a matrix's rows that have one phase and lie inside the image.
type phaseRows struct {
	row, rows int // the first of these rows, and their number
	y         int // input row of the first
}

func newIm2col(s Shape, images int) *im2col {
	f := &im2col{Shape: s, images: images, tap: make([]int, s.KH), phaseWidth: kernels.CeilDiv(s.W, s.StrideW)}
	f.oh, f.ow = s.Out()
	f.row = images * f.ow
	for kx := range s.KW {
		shift := kx*s.DilW - s.PadW
		from, to := inside(f.ow, s.StrideW, shift, s.W)
		x := from*s.StrideW + shift
		f.columns = append(f.columns, columnRange{from, to, x % s.StrideW, x / s.StrideW})
	}
	first := 0 // row of the phase
	for phase := range s.StrideH {
		rows := 0 // of the phase, inside the image or not
		for ky := range s.KH {
			if top := ky * s.DilH; top%s.StrideH == phase {
				f.tap[ky] = (first + top/s.StrideH) * f.row
				rows = top/s.StrideH + f.oh
			}
		}
		if from, to := inside(rows, s.StrideH, phase-s.PadH, s.H); from < to {
			f.phases = append(f.phases, phaseRows{first + from, to - from, from*s.StrideH + phase - s.PadH})
		}
		first += rows
	}
	f.plane = first * f.row
	return f
}

// inside returns the range of i in [0, n) for which 0 ≤ i·stride + shift < size. It is empty when from ≥ to.
func inside(n, stride, shift, size int) (from, to int) {
	if shift < 0 {
		from = kernels.CeilDiv(-shift, stride)
	}
	if size > shift {
		to = min(n, kernels.CeilDiv(size-shift, stride))
	}
	return from, to
}

// inPlace reports whether the matrix of a block is the block itself.
func (f *im2col) inPlace() bool {
	return f.images == 1 && f.isPointwise()
}

// size returns the number of elements of a block's matrix, 0 if it is in place.
func (f *im2col) size() int {
	if f.inPlace() {
		return 0
	}
	return f.C * f.KW * f.plane
}

// deinterleavedSize returns the number of elements of an image with deinterleaved columns, 0 if StrideW is 1.
func (f *im2col) deinterleavedSize() int {
	if f.StrideW == 1 {
		return 0
	}
	return f.StrideW * f.C * f.H * f.phaseWidth
}

// group returns the number of elements of the rows of one group's channels.
func (f *im2col) group() int { return f.C / f.Groups * f.KW * f.plane }

// offsets returns where the row of each tap (c, ky, kx) of one group starts.
func (f *im2col) offsets() []int32 {
	var o []int32
	for c := range f.C / f.Groups {
		for ky := range f.KH {
			for kx := range f.KW {
				o = append(o, int32((c*f.KW+kx)*f.plane+f.tap[ky]))
			}
		}
	}
	return o
}

// copyIm2col sets dst to the matrix of f.C channels of a block of images. dst's elements outside the images are zero
// and stay so. x begins with the first of these channels; consecutive images are image elements apart. deinterleaved is
// scratch memory.
func copyIm2col[T kernels.Float](f *im2col, dst, deinterleaved, x []T, image int) {
	s := rowSet{
		planes: f.C, dstPlane: f.KW * f.plane, dstRow: f.row, srcPlane: f.H * f.phaseWidth,
		srcRow: f.StrideH * f.phaseWidth,
	}
	for i := range f.images {
		from := x[i*image:]
		if f.StrideW > 1 {
			deinterleave(f, deinterleaved, from)
			from = deinterleaved
		}
		for kx, c := range f.columns {
			if c.from >= c.to {
				continue
			}
			s.n = c.to - c.from
			for _, p := range f.phases {
				s.rows = p.rows
				copyRows(dst[kx*f.plane+p.row*f.row+i*f.ow+c.from:], from[(c.phase*f.C*f.H+p.y)*f.phaseWidth+c.col:], &s)
			}
		}
	}
}

// toBlockOrder copies the outputs y of a block, [image][o][oy][ox], to dst, [o][oy][image][ox].
func toBlockOrder[T kernels.Float](f *im2col, dst, y []T) {
	size := f.oh * f.ow
	s := rowSet{
		planes: f.images, rows: f.oh, n: f.ow, dstPlane: f.ow, dstRow: f.row, srcPlane: f.OutC * size,
		srcRow: f.ow,
	}
	for o := range f.OutC {
		copyRows(dst[o*f.images*size:], y[o*size:], &s)
	}
}

// fromBlockOrder is the inverse of toBlockOrder.
func fromBlockOrder[T kernels.Float](f *im2col, y, src []T) {
	size := f.oh * f.ow
	s := rowSet{
		planes: f.images, rows: f.oh, n: f.ow, dstPlane: f.OutC * size, dstRow: f.ow, srcPlane: f.ow,
		srcRow: f.row,
	}
	for o := range f.OutC {
		copyRows(y[o*size:], src[o*f.images*size:], &s)
	}
}
