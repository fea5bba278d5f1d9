package conv

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

// padded lays one channel of a block of images out so that the inputs of a tap, for all outputs, are one contiguous
// vector for any kernel, stride, padding or dilation:
//
//	dst[r][image][col] = x[image][r − PadH][col − PadW]   and 0 outside the image
//
// With strides, rows and columns are deinterleaved into phases. Each pair of a row's and a column's phase has a plane:
// output (oy, ox) finds tap (ky, kx) in the plane of (ky·DilH mod StrideH, kx·DilW mod StrideW), at row oy +
// ky·DilH/StrideH and column ox + kx·DilW/StrideW. Outputs lie as the rows of a plane do, with meaningless columns in
// between. A row is just long enough that a tap beyond its end finds the zeros before the next row.
type padded struct {
	Shape
	images, oh, ow int
	column, row    int // elements of a row of one image, and of all
	plane          int // elements of a phase
	outputs        int // elements of the rows of outputs
	origin, inputs int // where a phase's rows of images begin, and how many elements they have, in whole vectors
	lastTap        int // the last tap of output 0

	table  []gemm.Pair // of the taps, and where output 0 finds each
	order  []int       // the taps by phases
	back   []int32     // of each tap in that order: lastTap − its place in the phase
	phases []tapPhase  // those that have taps

	moves          []move  // from x
	packY, unpackY rowSet  // from y, and to it
	single         *im2col // of one image
}

// tapPhase is a phase, whose plane begins at start, and the range of its taps in their order by phases.
type tapPhase struct{ start, from, to int }

// move is a copy of the rows and columns of x that have the same phases.
type move struct {
	to, from     int
	pack, unpack rowSet
}

func newPadded(s Shape, images int) *padded {
	p := &padded{Shape: s, images: images}
	p.oh, p.ow = s.Out()
	top, left := s.PadH/s.StrideH, s.PadW/s.StrideW // rows and columns of zeros before an image, at least
	bottom, right := (s.H-1+s.PadH)/s.StrideH+1, (s.W-1+s.PadW)/s.StrideW+1
	down, across := (s.KH-1)*s.DilH/s.StrideH, (s.KW-1)*s.DilW/s.StrideW
	p.column = max(p.ow, right, p.ow+across-left)
	p.row = images * p.column
	p.outputs = p.oh * p.row
	p.origin, p.inputs = top*p.row, kernels.CeilDiv((bottom-top)*p.row, kernels.Lanes)*kernels.Lanes
	p.lastTap = down*p.row + across
	p.plane = max(bottom, p.oh+down)*p.row + across + kernels.Lanes

	p.table = make([]gemm.Pair, s.KH*s.KW)
	for phase := range s.StrideH * s.StrideW {
		t := tapPhase{phase * p.plane, len(p.order), len(p.order)}
		for tap := range p.table {
			y, x := tap/s.KW*s.DilH, tap%s.KW*s.DilW
			if y%s.StrideH*s.StrideW+x%s.StrideW != phase {
				continue
			}
			place := y/s.StrideH*p.row + x/s.StrideW
			p.table[tap] = gemm.Pair{A: int32(tap), B: int32(t.start + place)}
			p.order, p.back = append(p.order, tap), append(p.back, int32(p.lastTap-place))
			t.to++
		}
		if t.from < t.to {
			p.phases = append(p.phases, t)
		}
	}
	p.prepareCopies()
	return p
}

func (p *padded) prepareCopies() {
	one := p.Shape
	one.N, one.C, one.OutC, one.Groups = 1, 1, 1, 1
	p.single = newIm2col(one, 1)
	width, image := p.single.phaseWidth, p.C*p.H*p.W
	if p.StrideW > 1 {
		image = p.single.deinterleavedSize()
	}
	for y := range min(p.StrideH, p.H) {
		for x := range min(p.StrideW, p.W) {
			py, px := y+p.PadH, x+p.PadW
			phase := py%p.StrideH*p.StrideW + px%p.StrideW
			in := rowSet{
				planes: p.images, rows: kernels.CeilDiv(p.H-y, p.StrideH), n: kernels.CeilDiv(p.W-x, p.StrideW),
				dstPlane: p.column, dstRow: p.row, srcPlane: image, srcRow: p.StrideH * width,
			}
			to, from := phase*p.plane+py/p.StrideH*p.row+px/p.StrideW, (x*p.H+y)*width
			p.moves = append(p.moves, move{to, from, in, in.back()})
		}
	}
	p.packY = rowSet{
		planes: p.images, rows: p.oh, n: p.ow,
		dstPlane: p.column, dstRow: p.row, srcPlane: p.OutC * p.oh * p.ow, srcRow: p.ow,
	}
	p.unpackY = p.packY.back()
}

// size returns the number of elements of all phases.
func (p *padded) size() int { return p.StrideH * p.StrideW * p.plane }

// deinterleavedSize returns the number of elements of the images with deinterleaved columns, 0 if StrideW is 1.
func (p *padded) deinterleavedSize() int { return p.images * p.single.deinterleavedSize() }

// packPadded lays the channel out that x begins with. dst's elements outside the images are zero and stay so;
// deinterleaved is scratch memory.
func packPadded[T kernels.Float](p *padded, dst, deinterleaved, x []T) {
	if p.StrideW > 1 {
		for i := range p.images {
			deinterleave(p.single, deinterleaved[i*p.single.deinterleavedSize():], x[i*p.C*p.H*p.W:])
		}
		x = deinterleaved
	}
	for i := range p.moves {
		m := &p.moves[i]
		copyRows(dst[m.to:], x[m.from:], &m.pack)
	}
}

// unpackPadded is the inverse of packPadded.
func unpackPadded[T kernels.Float](p *padded, x, deinterleaved, src []T) {
	dst := x
	if p.StrideW > 1 {
		dst = deinterleaved
	}
	for i := range p.moves {
		m := &p.moves[i]
		copyRows(dst[m.from:], src[m.to:], &m.unpack)
	}
	if p.StrideW > 1 {
		phase := p.H * p.single.phaseWidth
		interleave(x, deinterleaved, p.StrideW, phase, &rowSet{
			planes: p.images, rows: p.H, n: p.W,
			dstPlane: p.C * p.H * p.W, dstRow: p.W, srcPlane: p.StrideW * phase, srcRow: p.single.phaseWidth,
		})
	}
}
