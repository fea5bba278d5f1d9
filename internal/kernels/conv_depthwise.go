package kernels

// convDepthwise computes a convolution whose outputs see one input channel each, so that there is no product of matrices to
// speak of. One channel of a block of images at a time is laid out in the first cache, where every tap is one contiguous
// vector; see padded. Forward, y is the sum of these vectors times the weights; backward, dx is the sum of dy's vectors times
// the weights, and dw their products with x.
//
// The work is cut into runs of channels times shares of the images. A share adds its blocks up, in order, and then the shares
// are added, in order.
type convDepthwise[T Float] struct {
	ConvShape
	outs, taps   int // output channels of a channel, and weights of each
	blocks       blocks
	full, last   *depthLayout[T]
	runs, shares int
	ones         []T
	packed       []T // w as [OutC][taps by phases]
	partial      []T // [share][dw as packed, db]

	forwardWork, backwardWork *work

	y, x, w, bias, dx, dw, db, dy []T
	floor                         T
}

// depthLayout is what is prepared for blocks of one number of images.
type depthLayout[T Float] struct {
	*padded
	scratch []depthScratch[T] // by slot
}

// depthScratch is memory for one channel of a block. What lies outside the images in x and dy is 0 and stays so.
type depthScratch[T Float] struct{ x, dx, dealt, y, dy []T }

// isDepthwise reports whether convDepthwise is the best way to compute s. For each channel it copies x once and y once for each
// output channel, where a fold copies x once for each column of the kernel.
func (s ConvShape) isDepthwise() bool {
	return s.Groups > 1 && s.Groups == s.C && s.KH*s.KW > 1 && s.OutC/s.Groups <= (s.KW+1)/2
}

func newConvDepthwise[T Float](s ConvShape) *convDepthwise[T] {
	const long = 2048 // outputs that make a block's vectors long
	oh, ow := s.Out()
	d := &convDepthwise[T]{ConvShape: s, outs: s.OutC / s.Groups, taps: s.KH * s.KW}
	d.blocks = blocks{s.N, min(ceilDiv(long, oh*ow), s.N)}
	d.runs = min(ceilDiv(s.C*s.H*s.W, partSize), s.C)
	d.shares = min(ceilDiv(mostParts, d.runs), d.blocks.count())
	d.ones = make([]T, oh*ow)
	for i := range d.ones {
		d.ones[i] = 1
	}
	d.packed = make([]T, s.weights())
	d.partial = make([]T, d.shares*(s.weights()+s.OutC))
	slots := min(d.runs*d.shares, maxSlots)
	d.full, d.last = layouts(d.blocks, func(images int) *depthLayout[T] {
		l := &depthLayout[T]{padded: newPadded(s, images)}
		for range slots {
			l.scratch = append(l.scratch, depthScratch[T]{
				x: make([]T, l.size()), dx: make([]T, l.size()), dealt: make([]T, l.dealtSize()),
				y: make([]T, d.outs*l.outputs), dy: make([]T, d.outs*(l.reach+l.plane)),
			})
		}
		return l
	})
	d.forwardWork, d.backwardWork = newWork(d.forwardPart), newWork(d.backwardPart)
	return d
}

// channels returns the range of channels that part i computes.
func (d *convDepthwise[T]) channels(i int) (from, to int) { return part(i/d.shares, d.runs, d.C) }

// images returns the range of blocks that part i computes.
func (d *convDepthwise[T]) images(i int) (from, to int) {
	return part(i%d.shares, d.shares, d.blocks.count())
}

// block returns the layout of a block and its first image.
func (d *convDepthwise[T]) block(i int) (l *depthLayout[T], first int) {
	first, images := d.blocks.block(i)
	if images != d.full.images {
		return d.last, first
	}
	return d.full, first
}

func (d *convDepthwise[T]) forward(y, x, w, bias []T, floor T) {
	d.y, d.x, d.w, d.bias, d.floor = y, x, w, bias, floor
	d.forwardWork.run(d.runs * d.shares)
	d.y, d.x, d.w, d.bias = nil, nil, nil, nil
}

func (d *convDepthwise[T]) forwardPart(i, slot int) {
	from, to := d.channels(i)
	block, end := d.images(i)
	for ; block < end; block++ {
		l, first := d.block(block)
		for c := from; c < to; c++ {
			d.forwardChannel(l, first, c, slot)
		}
	}
}

// forwardChannel sets y of a block of images and the outputs of a channel.
func (d *convDepthwise[T]) forwardChannel(l *depthLayout[T], first, c, slot int) {
	s, out := &l.scratch[slot], c*d.outs
	var bias []T
	if d.bias != nil {
		bias = d.bias[out:][:d.outs]
	}
	enter(l.padded, s.x, s.dealt, d.x[(first*d.C+c)*d.H*d.W:])
	outer(s.y, l.outputs, d.w[out*d.taps:], d.taps, s.x, l.table, d.outs, l.outputs, bias, nil, d.floor)
	for o := range d.outs {
		copyRows(d.y[(first*d.OutC+out+o)*l.oh*l.ow:], s.y[o*l.outputs:], &l.leaveY)
	}
}

func (d *convDepthwise[T]) backward(dx, dw, db, dy, x, w []T) {
	d.dx, d.dw, d.db, d.dy, d.x = dx, dw, db, dy, x
	for o := range d.OutC {
		for k, tap := range d.full.order {
			d.packed[o*d.taps+k] = w[o*d.taps+tap]
		}
	}
	d.backwardWork.run(d.runs * d.shares)
	d.sum()
	d.dx, d.dw, d.db, d.dy, d.x = nil, nil, nil, nil, nil
}

func (d *convDepthwise[T]) backwardPart(i, slot int) {
	from, to := d.channels(i)
	block, end := d.images(i)
	sums := d.partial[i%d.shares*(d.weights()+d.OutC):]
	dw, db := sums[:d.weights()], sums[d.weights():][:d.OutC]
	clear(dw[from*d.outs*d.taps : to*d.outs*d.taps])
	clear(db[from*d.outs : to*d.outs])
	for ; block < end; block++ {
		l, first := d.block(block)
		if d.db != nil {
			for image := range l.images {
				d.biasGradient(db[from*d.outs:to*d.outs], (first+image)*d.OutC+from*d.outs)
			}
		}
		for c := from; c < to && (d.dx != nil || d.dw != nil); c++ {
			d.backwardChannel(l, first, c, slot, dw)
		}
	}
}

// biasGradient adds the sums of the planes of dy from plane on to db.
func (d *convDepthwise[T]) biasGradient(db []T, plane int) {
	n := len(d.ones)
	inner(db, 1, d.dy[plane*n:], n, d.ones, zeroOffset, len(db), n, db, 1, floorOf[T](false))
}

// backwardChannel sets dx of a block of images and a channel, and adds their share to dw.
func (d *convDepthwise[T]) backwardChannel(l *depthLayout[T], first, c, slot int, dw []T) {
	s, out := &l.scratch[slot], c*d.outs
	size := l.reach + l.plane // of dy of one output channel
	for o := range d.outs {
		copyRows(s.dy[o*size+l.reach:], d.dy[(first*d.OutC+out+o)*l.oh*l.ow:], &l.enterY)
	}
	at := (first*d.C + c) * d.H * d.W
	enter(l.padded, s.x, s.dealt, d.x[at:])
	for _, p := range l.phases {
		start := p.start + l.origin
		for o := range d.outs {
			from, to := (out+o)*d.taps+p.from, (out+o)*d.taps+p.to
			correlate(s.dx[start:], dw[from:to], s.x[start:], d.packed[from:to], s.dy[o*size:], l.origin, l.back[p.from:p.to], l.inputs, o > 0)
		}
	}
	if d.dx != nil {
		leave(l.padded, d.dx[at:], s.dealt, s.dx)
	}
}

// sum adds the shares of dw and db up.
func (d *convDepthwise[T]) sum() {
	size := d.weights() + d.OutC
	total := func(i int) (sum T) {
		for ; i < len(d.partial); i += size {
			sum += d.partial[i]
		}
		return sum
	}
	for o := range d.OutC {
		if d.db != nil {
			d.db[o] = total(d.weights() + o)
		}
		if d.dw != nil {
			for k, tap := range d.full.order {
				d.dw[o*d.taps+tap] = total(o*d.taps + k)
			}
		}
	}
}
