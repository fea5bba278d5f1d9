package conv

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
	"anneal/internal/parallel"
)

// input computes dx of a convolution. Row iy of a block of images is, for each group, a product over the taps ky that
// reach the row, and only those,
//
//	g[c, kx][image, ox] = Σ o,ky  w[o, c, ky, kx] · dy[o][oy(iy, ky)][image][ox],
//
// matrix back by shifting and adding: dx[image][c][iy][ox·StrideW + kx·DilW − PadW] += g[c, kx][image, ox]. Adjacent
// rows that the same taps reach are one product.
type input[T kernels.Float] struct {
	args     *arguments[T]
	shape    Shape
	layouts  layouts[*inputLayout[T]]
	packed   []T // w as [group][c, kx][o, ky]
	packWork *parallel.Work
}

// inputLayout is what is prepared for blocks of one number of images.
type inputLayout[T kernels.Float] struct {
	*im2col
	bands []band
	whole bool // the bands have all rows
	// By slot: dy in block order if the block has several images, g, and deinterleaved rows of dx if StrideW > 1.
	dys, gs, deinterleaved [][]T
}

// band is a range of rows that one product gives.
type band struct {
	row, rows int
	from      int // the first row of the product's second factor
	table     []gemm.Pair
}

func newInput[T kernels.Float](args *arguments[T], s Shape, b blocks, slots int) *input[T] {
	in := &input[T]{args: args, shape: s}
	in.layouts = newLayouts(b, func(images int) *inputLayout[T] {
		l := &inputLayout[T]{im2col: newIm2col(s, images), bands: inputBands(s, images)}
		if images > 1 {
			l.dys = kernels.Scratch[T](slots, s.OutC*l.oh*l.row)
		}
		highest, all := 0, 0
		for _, b := range l.bands {
			highest, all = max(highest, b.rows), all+b.rows
		}
		l.whole = all == s.H
		if !l.direct() {
			l.gs = kernels.Scratch[T](slots, s.C/s.Groups*s.KW*highest*l.row)
		}
		if s.StrideW > 1 {
			l.deinterleaved = kernels.Scratch[T](slots, s.StrideW*images*s.C/s.Groups*highest*l.phaseWidth)
		}
		return l
	})
	in.packed = kernels.Make[T](s.OutC * s.C / s.Groups * s.KH * s.KW)
	in.packWork = parallel.New(in.packPart)
	return in
}

// inputBands returns the bands of dx for blocks of images. Rows that no tap reaches are in none.
func inputBands(s Shape, images int) []band {
	const most = 1 << 15 // elements of g
	oh, ow := s.Out()
	row := images * ow
	height := max(1, most/(s.C/s.Groups*s.KW*row))
	var bands []band
	tables := map[[2]int][]gemm.Pair{} // by the first and the last tap, which name all between them
	for iy := range s.H {
		var taps []int // from the last row of dy to the first
		for ky := range s.KH {
			if top := iy + s.PadH - ky*s.DilH; top >= 0 && top%s.StrideH == 0 && top/s.StrideH < oh {
				taps = append(taps, ky)
			}
		}
		if len(taps) == 0 {
			continue
		}
		first, last := taps[0], taps[len(taps)-1]
		table, known := tables[[2]int{first, last}]
		if known && s.StrideH == 1 {
			b := &bands[len(bands)-1]
			if b.row+b.rows == iy && &b.table[0] == &table[0] && b.rows < height {
				b.rows++
				continue
			}
		}
		if !known {
			for o := range s.OutC / s.Groups {
				for _, ky := range taps {
					up := (last - ky) * s.DilH / s.StrideH
					table = append(table, gemm.Pair{A: int32(o*s.KH + ky), B: int32((o*oh + up) * row)})
				}
			}
			tables[[2]int{first, last}] = table
		}
		bands = append(bands, band{iy, 1, (iy + s.PadH - last*s.DilH) / s.StrideH, table})
	}
	return bands
}

// direct reports whether g is dx itself.
func (l *inputLayout[T]) direct() bool {
	return l.images == 1 && l.KW == 1 && l.StrideW == 1 && l.PadW == 0 && l.MoreW == 0
}

// prepare rearranges the weights for the products.
func (in *input[T]) prepare() {
	if in.args.dx != nil {
		in.packWork.Run(in.packParts())
	}
}

func (in *input[T]) packParts() int {
	const size = 1 << 13 // elements of a part
	return min(in.shape.C/in.shape.Groups, kernels.CeilDiv(len(in.packed), size))
}

// packPart packs the weights of some channels of each group.
func (in *input[T]) packPart(i, _ int) {
	s := &in.shape
	channels, outs := s.C/s.Groups, s.OutC/s.Groups
	from, to := parallel.Range(i, in.packParts(), channels)
	taps, column := s.KH*s.KW, outs*s.KH
	r := rowSet{
		planes: outs, rows: to - from, n: 1, dstPlane: s.KH, dstRow: s.KW * column, srcPlane: channels * taps,
		srcRow: taps,
	}
	for g := range s.Groups {
		w, packed := in.args.w[(g*outs*channels+from)*taps:], in.packed[(g*channels+from)*s.KW*column:]
		for ky := range s.KH {
			for kx := range s.KW {
				copyRows(packed[kx*column+ky:], w[ky*s.KW+kx:], &r)
			}
		}
	}
}

func (in *input[T]) parts() int { return in.layouts.count() }

func (in *input[T]) part(block, slot int) {
	if in.args.dx == nil {
		return
	}
	l, first, images := in.layouts.of(block)
	dx := in.args.dx[first*l.C*l.H*l.W:][:images*l.C*l.H*l.W]
	dy := in.args.dy[first*l.OutC*l.oh*l.ow:][:l.OutC*l.oh*l.row]
	if images > 1 {
		toBlockOrder(l.im2col, l.dys[slot], dy)
		dy = l.dys[slot]
	}
	if !l.whole || l.StrideW == 1 && !l.direct() { // else products give every element
		clear(dx)
	}
	channels, outs := l.C/l.Groups, l.OutC/l.Groups
	m, k := channels*l.KW, outs*l.KH
	none := kernels.LowerBound[T](false)
	for g := range l.Groups {
		w := in.packed[g*m*k:]
		for _, band := range l.bands {
			to := dx[(g*channels*l.H+band.row)*l.W:]
			from := dy[(g*outs*l.oh+band.from)*l.row:]
			n := band.rows * l.row
			if l.direct() {
				gemm.NN(to, l.H*l.W, w, k, from, band.table, m, n, nil, nil, none)
				continue
			}
			gemm.NN(l.gs[slot], n, w, k, from, band.table, m, n, nil, nil, none)
			at := strides{l.C * l.H * l.W, l.H * l.W, l.W}
			if l.StrideW == 1 {
				col2im(l.im2col, to, at, l.gs[slot], band.rows)
				continue
			}
			deinterleaved := strides{channels * band.rows * l.phaseWidth, band.rows * l.phaseWidth, l.phaseWidth}
			sum := l.deinterleaved[slot][:l.StrideW*images*deinterleaved.image]
			clear(sum)
			col2im(l.im2col, sum, deinterleaved, l.gs[slot], band.rows)
			s, times := l.groupRows(band.rows, at, deinterleaved)
			s.n = l.W
			for i := range times {
				interleave(to[i*at.image:], sum[i*deinterleaved.image:], l.StrideW, images*deinterleaved.image, &s)
			}
		}
	}
}

func (in *input[T]) finish() {}

// strides are the distances between images, their channels, and the channels' rows.
type strides struct{ image, channel, row int }

// groupRows returns n rows of each of a group's channels, to be computed with so many times: for each image, unless all
// are in it.
func (f *im2col) groupRows(n int, dst, src strides) (s rowSet, times int) {
	s = rowSet{
		planes: f.C / f.Groups, rows: n,
		dstPlane: dst.channel, dstRow: dst.row,
		srcPlane: src.channel, srcRow: src.row,
	}
	if n > 1 {
		return s, f.images
	}
	s.rows, s.dstRow, s.srcRow = f.images, dst.image, src.image
	return s, 1
}

// col2im adds n adjacent rows of g, [c, kx][row][image, ox], to those of the deinterleaved columns of each image's
// channels of one group, which lie in dx as at says.
func col2im[T kernels.Float](f *im2col, dx []T, at strides, g []T, n int) {
	s, times := f.groupRows(n, at, strides{f.ow, f.KW * n * f.row, f.row})
	for kx, c := range f.columns {
		if c.from >= c.to {
			continue
		}
		s.n = c.to - c.from
		for i := range times {
			addRows(dx[(c.phase*f.images+i)*at.image+c.col:], g[kx*n*f.row+i*f.ow+c.from:], &s)
		}
	}
}
