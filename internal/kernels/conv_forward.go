package kernels

// convForward computes y of a convolution: for each block of images and each group, w [OutC/Groups, taps] times the
// block's fold [taps, outputs]. Rows of outputs next to a padding are products of their own, without the taps that find
// nothing but zeros there.
type convForward[T Float] struct {
	args    *convArgs[T]
	layouts layouts[*forwardLayout[T]]
}

// forwardLayout is what is prepared for blocks of one number of images.
type forwardLayout[T Float] struct {
	*fold
	bands             []band
	folds, dealts, ys [][]T // by slot; ys are interleaved outputs, if the block has several images
}

func newConvForward[T Float](args *convArgs[T], s ConvShape, b blocks, slots int) *convForward[T] {
	return &convForward[T]{args, newLayouts(b, func(images int) *forwardLayout[T] {
		f := newFold(s, images)
		l := &forwardLayout[T]{fold: f, bands: forwardBands(f)}
		l.folds, l.dealts = scratch[T](slots, l.size()), scratch[T](slots, l.dealtSize())
		if images > 1 {
			l.ys = scratch[T](slots, s.OutC*l.oh*l.row)
		}
		return l
	})}
}

// reach is a range of rows of outputs, and that of the ky which reach a row of the input from them.
type reach struct{ row, rows, first, end int }

func reaches(s ConvShape) []reach {
	oh, _ := s.Out()
	var all []reach
	for oy := range oh {
		first, end := inside(s.KH, s.DilH, oy*s.StrideH-s.PadH, s.H)
		if n := len(all) - 1; n >= 0 && all[n].first == first && all[n].end == end {
			all[n].rows++
			continue
		}
		all = append(all, reach{oy, 1, first, end})
	}
	return all
}

// forwardBands returns the bands of y for blocks that f lays out.
func forwardBands(f *fold) []band {
	var bands []band
	offsets := f.offsets()
	for _, r := range reaches(f.ConvShape) {
		var table []pair
		for k, offset := range offsets {
			if ky := k / f.KW % f.KH; r.first <= ky && ky < r.end {
				table = append(table, pair{int32(k), offset})
			}
		}
		bands = append(bands, band{r.row, r.rows, r.row, table})
	}
	return bands
}

func (f *convForward[T]) prepare() {}

func (f *convForward[T]) parts() int { return f.layouts.count() }

func (f *convForward[T]) part(block, slot int) {
	l, first, images := f.layouts.of(block)
	image := l.C * l.H * l.W
	folded := f.args.x[first*image:][:images*image]
	if !l.inPlace() {
		copyFold(l.fold, l.folds[slot], l.dealts[slot], folded, image)
		folded = l.folds[slot]
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
			to, from := c[g*m*outputs+b.row*l.row:], folded[g*l.group()+b.from*l.row:]
			outer(to, outputs, f.args.w[g*m*taps:], taps, from, b.table, m, b.rows*l.row, bias, nil, f.args.floor)
		}
	}
	if images > 1 {
		separate(l.fold, y, c)
	}
}

func (f *convForward[T]) finish() {}
