package conv

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

// forward computes y of a convolution: for each block of images and each group, w [OutC/Groups, taps] times the block's
// im2col matrix [taps, outputs]. Rows of outputs next to a padding are separate products, without the taps that find
// only zeros there.
type forward[T kernels.Float] struct {
	args    *arguments[T]
	layouts layouts[*forwardLayout[T]]
}

// forwardLayout is what is prepared for blocks of one number of images.
type forwardLayout[T kernels.Float] struct {
	*im2col
	bands                       []band
	matrices, deinterleaved, ys [][]T // by slot; ys are interleaved outputs, if the block has several images
}

func newForward[T kernels.Float](args *arguments[T], s Shape, b blocks, slots int) *forward[T] {
	return &forward[T]{args, newLayouts(b, func(images int) *forwardLayout[T] {
		f := newIm2col(s, images)
		l := &forwardLayout[T]{im2col: f, bands: forwardBands(f)}
		l.matrices, l.deinterleaved = kernels.Scratch[T](slots, l.size()), kernels.Scratch[T](slots, l.deinterleavedSize())
		if images > 1 {
			l.ys = kernels.Scratch[T](slots, s.OutC*l.oh*l.row)
		}
		return l
	})}
}

// outputBand is a range of rows of outputs, and the range of ky that reach a row of the input from them.
type outputBand struct{ row, rows, first, end int }

// outputBands cuts the rows of outputs into bands that the same ky reach.
func outputBands(s Shape) []outputBand {
	oh, _ := s.Out()
	var all []outputBand
	for oy := range oh {
		first, end := inside(s.KH, s.DilH, oy*s.StrideH-s.PadH, s.H)
		if n := len(all) - 1; n >= 0 && all[n].first == first && all[n].end == end {
			all[n].rows++
			continue
		}
		all = append(all, outputBand{oy, 1, first, end})
	}
	return all
}

// forwardBands returns the bands of y for the blocks of f.
func forwardBands(f *im2col) []band {
	var bands []band
	offsets := f.offsets()
	for _, r := range outputBands(f.Shape) {
		var table []gemm.Pair
		for k, offset := range offsets {
			if ky := k / f.KW % f.KH; r.first <= ky && ky < r.end {
				table = append(table, gemm.Pair{A: int32(k), B: offset})
			}
		}
		bands = append(bands, band{r.row, r.rows, r.row, table})
	}
	return bands
}

func (f *forward[T]) prepare() {}

func (f *forward[T]) parts() int { return f.layouts.count() }

func (f *forward[T]) part(block, slot int) {
	l, first, images := f.layouts.of(block)
	image := l.C * l.H * l.W
	matrix := f.args.x[first*image:][:images*image]
	if !l.inPlace() {
		copyIm2col(l.im2col, l.matrices[slot], l.deinterleaved[slot], matrix, image)
		matrix = l.matrices[slot]
	}
	outputs := l.oh * l.row
	y := f.args.y[first*l.OutC*l.oh*l.ow:][:l.OutC*outputs]
	c := y
	if images > 1 {
		c = l.ys[slot]
	}
	m, taps := l.OutC/l.Groups, l.C/l.Groups*l.KH*l.KW
	for g := range l.Groups {
		var bias []T
		if f.args.bias != nil {
			bias = f.args.bias[g*m:][:m]
		}
		for _, b := range l.bands {
			to, from := c[g*m*outputs+b.row*l.row:], matrix[g*l.group()+b.from*l.row:]
			gemm.NN(to, outputs, f.args.w[g*m*taps:], taps, from, b.table, m, b.rows*l.row, bias, nil, f.args.lower)
		}
	}
	if images > 1 {
		fromBlockOrder(l.im2col, y, c)
	}
}

func (f *forward[T]) finish() {}
