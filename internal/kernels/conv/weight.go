package conv

import (
	"slices"

	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
	"anneal/internal/parallel"
)

// weight computes dw and db of a convolution. For each block of images and each group, dw is the dot products of the
// rows of dy in block order, [OutC/Groups, outputs], with those of the block's im2col matrix, [taps, outputs], and db
// those with a row of ones.
//
// The work is cut into shares of the images times slices of the input channels. A share adds its blocks up, in order,
// and then the shares are added, in order.
//
// With many output channels, rows of outputs next to a padding are separate products, without the taps that find only
// zeros there. The taps they have are adjacent in sums whose order is [slice][o][ky][c, kx].
type weight[T kernels.Float] struct {
	args     *arguments[T]
	shape    Shape
	cut      weightCut
	bands    []outputBand // all taps reach from the first
	layouts  layouts[*weightLayout[T]]
	ones     []T
	partial  []T // [share][dw, db], unless there is but one share and one band
	sumTable []gemm.Pair
	sumWork  *parallel.Work
}

// weightCut says how the work is cut.
type weightCut struct {
	blocks         blocks
	shares, slices int
}

// weightLayout is what is prepared for blocks of one number of images.
type weightLayout[T kernels.Float] struct {
	*im2col                      // of one slice
	offsets                      []int32
	matrices, deinterleaved, dys [][]T // by slot; dys are interleaved, if the block has several images
}

func newWeight[T kernels.Float](args *arguments[T], s Shape, cut weightCut, slots int) *weight[T] {
	c := &weight[T]{args: args, shape: s, cut: cut, bands: weightBands(s)}
	slice := s
	slice.C /= cut.slices
	c.layouts = newLayouts(cut.blocks, func(images int) *weightLayout[T] {
		l := &weightLayout[T]{im2col: newIm2col(slice, images)}
		l.offsets = l.im2col.offsets()
		if c.banded() {
			l.offsets = byKernelRow(slice, l.offsets)
		}
		l.matrices, l.deinterleaved = kernels.Scratch[T](slots, l.size()), kernels.Scratch[T](slots, l.deinterleavedSize())
		if images > 1 {
			l.dys = kernels.Scratch[T](slots, s.OutC*l.oh*l.row)
		}
		return l
	})
	c.ones = onesOf[T](c.layouts.full.oh * c.layouts.full.row)
	if cut.shares > 1 || c.banded() {
		c.partial = kernels.Make[T](cut.shares * c.sums())
		for i := range cut.shares {
			c.sumTable = append(c.sumTable, gemm.Pair{A: 0, B: int32(i * c.sums())})
		}
	}
	c.sumWork = parallel.New(c.sumPart)
	return c
}

// weightBands returns the bands of outputs that are separate products. From the first, all taps reach the input.
func weightBands(s Shape) []outputBand {
	oh, _ := s.Out()
	bands := slices.DeleteFunc(outputBands(s), func(r outputBand) bool { return r.first >= r.end })
	whole := slices.IndexFunc(bands, func(r outputBand) bool { return r.first == 0 && r.end == s.KH })
	if whole < 0 || s.OutC/s.Groups < gemm.PanelRows {
		return []outputBand{{0, oh, 0, s.KH}}
	}
	bands[0], bands[whole] = bands[whole], bands[0]
	return bands
}

func (c *weight[T]) banded() bool { return len(c.bands) > 1 }

// byKernelRow orders what there is of each tap (c, ky, kx) by ky first.
func byKernelRow(s Shape, taps []int32) []int32 {
	var ordered []int32
	for ky := range s.KH {
		for at := ky * s.KW; at < len(taps); at += s.KH * s.KW {
			ordered = append(ordered, taps[at:][:s.KW]...)
		}
	}
	return ordered
}

// sums returns the number of elements of dw and db.
func (c *weight[T]) sums() int { return c.shape.weights() + c.shape.OutC }

func (c *weight[T]) prepare() {}

func (c *weight[T]) parts() int { return c.cut.shares * c.cut.slices }

func (c *weight[T]) part(i, slot int) {
	if c.args.dw == nil && c.args.db == nil {
		return
	}
	share, slice := i/c.cut.slices, i%c.cut.slices
	dw, db := c.args.dw, c.args.db
	if c.partial != nil {
		sums := c.partial[share*c.sums():][:c.sums()]
		dw, db = sums[:c.shape.weights()], sums[c.shape.weights():]
	}
	from, to := parallel.Range(share, c.cut.shares, c.layouts.count())
	for block := from; block < to; block++ {
		c.block(block, slice, slot, dw, db, block > from)
	}
}

// block adds the share of a block of images and a slice of channels to dw and db, or sets them to it.
func (c *weight[T]) block(i, slice, slot int, dw, db []T, add bool) {
	l, first, images := c.layouts.of(i)
	outputs, m := l.oh*l.row, l.OutC/l.Groups
	dy := c.args.dy[first*l.OutC*l.oh*l.ow:][:l.OutC*outputs]
	if images > 1 {
		toBlockOrder(l.im2col, l.dys[slot], dy)
		dy = l.dys[slot]
	}
	none := kernels.LowerBound[T](false)
	if c.args.db != nil && slice == 0 {
		gemm.NT(db, 1, dy, outputs, c.ones, zeroOffset, l.OutC, outputs, sliceIf(add, db), 1, none)
	}
	if c.args.dw == nil {
		return
	}
	image := c.shape.C * l.H * l.W
	matrix := c.args.x[first*image+slice*l.C*l.H*l.W:]
	if !l.inPlace() {
		copyIm2col(l.im2col, l.matrices[slot], l.deinterleaved[slot], matrix, image)
		matrix = l.matrices[slot]
	}
	row := len(l.offsets) / l.KH // taps of one ky
	stride, at := c.shape.weights()/l.OutC, slice*len(l.offsets)
	if c.banded() {
		stride, at = len(l.offsets), slice*len(l.offsets)*l.OutC
	}
	for g := range l.Groups {
		for n, b := range c.bands {
			to, offsets := dw[at+g*m*stride+b.first*row:], l.offsets[b.first*row:b.end*row]
			dy, matrix := dy[g*m*outputs+b.row*l.row:], matrix[g*l.group()+b.row*l.row:]
			gemm.NT(to, stride, dy, outputs, matrix, offsets, m, b.rows*l.row, sliceIf(add || n > 0, to), stride, none)
		}
	}
}

var zeroOffset = []int32{0}

// sliceIf returns s if the condition holds, and else nil.
func sliceIf[T kernels.Float](condition bool, s []T) []T {
	if condition {
		return s
	}
	return nil
}

// sumBlock is the number of elements that one part of finish adds up.
const sumBlock = 16384

// finish adds the shares up.
func (c *weight[T]) finish() {
	if c.partial != nil && (c.args.dw != nil || c.args.db != nil) {
		c.sumWork.Run(kernels.CeilDiv(c.sums(), sumBlock))
	}
}

func (c *weight[T]) sumPart(i, _ int) {
	size := c.shape.weights()
	one, none := c.ones[:1], kernels.LowerBound[T](false)
	if c.args.dw != nil && c.banded() {
		c.sumRows(parallel.Range(i, kernels.CeilDiv(c.sums(), sumBlock), c.shape.OutC))
	} else if from, to := i*sumBlock, min((i+1)*sumBlock, size); c.args.dw != nil && from < to {
		gemm.NN(c.args.dw[from:], 0, one, 0, c.partial[from:], c.sumTable, 1, to-from, nil, nil, none)
	}
	if c.args.db != nil && i == 0 {
		gemm.NN(c.args.db, 0, one, 0, c.partial[size:], c.sumTable, 1, c.shape.OutC, nil, nil, none)
	}
}

// sumRows adds up the sums of a range of output channels, and puts them in dw's order.
func (c *weight[T]) sumRows(from, to int) {
	if from == to {
		return
	}
	s, width := &c.shape, len(c.layouts.full.offsets)
	taps := s.weights() / s.OutC
	r := rowSet{
		planes: to - from, rows: width / (s.KH * s.KW), n: s.KW,
		dstPlane: taps, dstRow: s.KH * s.KW, srcPlane: width, srcRow: s.KW,
	}
	for slice := range c.cut.slices {
		sums := c.partial[(slice*s.OutC+from)*width:]
		gemm.NN(sums, 0, c.ones[:1], 0, sums, c.sumTable, 1, (to-from)*width, nil, nil, kernels.LowerBound[T](false))
		for ky := range s.KH {
			copyRows(c.args.dw[from*taps+slice*width+ky*s.KW:], sums[ky*width/s.KH:], &r)
		}
	}
}
