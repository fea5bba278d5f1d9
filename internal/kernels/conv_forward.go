package kernels

// convForward computes y of a convolution: for each block of images and each group, w [OutC/Groups, taps] times the
// block's fold [taps, outputs].
type convForward[T Float] struct {
	blocks     blocks
	full, last *forwardLayout[T]

	y, x, w, bias []T
	floor         T
}

// forwardLayout is what is prepared for blocks of one number of images.
type forwardLayout[T Float] struct {
	*fold
	table             []pair
	folds, dealts, ys [][]T // by slot; ys are interleaved outputs, if the block has several images
}

func newConvForward[T Float](s ConvShape) *convForward[T] {
	f := &convForward[T]{blocks: blocks{s.N, forwardImages(s)}}
	slots := min(f.blocks.count(), maxSlots)
	f.full, f.last = layouts(f.blocks, func(images int) *forwardLayout[T] {
		l := &forwardLayout[T]{fold: newFold(s, images)}
		for k, offset := range l.offsets() {
			l.table = append(l.table, pair{int32(k), offset})
		}
		l.folds, l.dealts = scratch[T](slots, l.size()), scratch[T](slots, l.dealtSize())
		if images > 1 {
			l.ys = scratch[T](slots, s.OutC*l.oh*l.row)
		}
		return l
	})
	return f
}

func (f *convForward[T]) part(block, slot int) {
	first, images := f.blocks.block(block)
	l := f.full
	if images != l.images {
		l = f.last
	}
	image := l.C * l.H * l.W
	folded := f.x[first*image:][:images*image]
	if !l.inPlace() {
		copyFold(l.fold, l.folds[slot], l.dealts[slot], folded, image)
		folded = l.folds[slot]
	}
	outputs := l.oh * l.row
	y := f.y[first*l.OutC*l.oh*l.ow:][:l.OutC*outputs]
	c := y
	if images > 1 {
		c = l.ys[slot]
	}
	m, taps := l.OutC/l.Groups, len(l.table)
	for g := range l.Groups {
		var bias []T
		if f.bias != nil {
			bias = f.bias[g*m:][:m]
		}
		outer(c[g*m*outputs:], outputs, f.w[g*m*taps:], taps, folded[g*l.group():], l.table, m, outputs, bias, nil, f.floor)
	}
	if images > 1 {
		separate(l.fold, y, c)
	}
}
