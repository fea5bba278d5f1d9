package conv

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
	"anneal/internal/parallel"
)

// depthwise computes a convolution whose outputs see one input channel each, so that there is no product of matrices to
// speak of. One channel of a block of images at a time is laid out in the first cache, where every tap is one
// contiguous vector; see padded. Forward, y is the sum of these vectors times the weights; backward, dx is the sum of
// dy's vectors times the weights, and dw their products with x.
//
// The work is cut into slices of the channels times shares of the images. A share adds its blocks up, in order, and
// then the shares are added, in order.
type depthwise[T kernels.Float] struct {
	Shape
	args           *arguments[T]
	outs, taps     int // output channels of a channel, and weights of each
	layouts        layouts[*depthwiseLayout[T]]
	slices, shares int
	ones           []T
	packed         []T // w as [OutC][taps by phases]
	partial        []T // [share][dw as packed, db]
}

// depthwiseForward and depthwiseBackward are its passes. The second computes dx, dw and db.
type (
	depthwiseForward[T kernels.Float]  struct{ *depthwise[T] }
	depthwiseBackward[T kernels.Float] struct{ *depthwise[T] }
)

// noPass stands for a pass whose work another pass does.
type noPass struct{}

func (noPass) prepare() {}

func (noPass) parts() int { return 0 }

func (noPass) part(int, int) {}

func (noPass) finish() {}

// depthwiseLayout is what is prepared for blocks of one number of images.
type depthwiseLayout[T kernels.Float] struct {
	*padded
	scratch []depthwiseScratch[T] // by slot
}

// depthwiseScratch is memory for one channel of a block. What lies outside the images in x and dy is 0 and stays so.
type depthwiseScratch[T kernels.Float] struct{ x, dx, deinterleaved, y, dy []T }

// isDepthwise reports whether type depthwise is the best way to compute s. For each channel it copies x once and y once
// for each output channel, where im2col copies x once for each column of the kernel. With strides it has dx of whole
// images at once.
func (s Shape) isDepthwise() bool {
	return s.Groups > 1 && s.Groups == s.C && s.KH*s.KW > 1 && s.OutC/s.Groups <= (s.KW+1)/2*s.StrideH
}

func newDepthwise[T kernels.Float](args *arguments[T], s Shape) *depthwise[T] {
	const blockOutputs = 2048 // from so many on, the vectors of a block are long
	oh, ow := s.Out()
	d := &depthwise[T]{Shape: s, args: args, outs: s.OutC / s.Groups, taps: s.KH * s.KW}
	b := blocks{s.N, min(kernels.CeilDiv(blockOutputs, oh*ow), s.N)}
	count := b.count()
	d.slices = min(max(kernels.CeilDiv(s.C*s.H*s.W, parallel.PartSize), kernels.CeilDiv(kernels.MaxParts, count)), s.C)
	d.shares = min(kernels.CeilDiv(kernels.MaxParts, d.slices), count)
	d.ones = onesOf[T](oh * ow)
	d.packed = kernels.Make[T](s.weights())
	d.partial = kernels.Make[T](d.shares * (s.weights() + s.OutC))
	slots := min(d.parts(), parallel.MaxSlots)
	d.layouts = newLayouts(b, func(images int) *depthwiseLayout[T] {
		l := &depthwiseLayout[T]{padded: newPadded(s, images)}
		for range slots {
			l.scratch = append(l.scratch, depthwiseScratch[T]{
				x: kernels.Make[T](l.size()), dx: kernels.Make[T](l.size()), deinterleaved: kernels.Make[T](l.deinterleavedSize()),
				y: kernels.Make[T](d.outs * l.outputs), dy: kernels.Make[T](d.outs * (l.lastTap + l.plane)),
			})
		}
		return l
	})
	return d
}

func (d *depthwise[T]) parts() int { return d.slices * d.shares }

// channels returns the range of channels that part i computes.
func (d *depthwise[T]) channels(i int) (from, to int) {
	return parallel.Range(i/d.shares, d.slices, d.C)
}

// share returns the range of blocks that part i computes.
func (d *depthwise[T]) share(i int) (from, to int) {
	return parallel.Range(i%d.shares, d.shares, d.layouts.count())
}

func (d depthwiseForward[T]) prepare() {}

func (d depthwiseForward[T]) finish() {}

func (d depthwiseForward[T]) part(i, slot int) {
	from, to := d.channels(i)
	block, end := d.share(i)
	for ; block < end; block++ {
		l, first, _ := d.layouts.of(block)
		for c := from; c < to; c++ {
			d.channel(l, first, c, slot)
		}
	}
}

// channel sets y of a block of images and the outputs of a channel.
func (d depthwiseForward[T]) channel(l *depthwiseLayout[T], first, c, slot int) {
	s, out := &l.scratch[slot], c*d.outs
	var bias []T
	if d.args.bias != nil {
		bias = d.args.bias[out:][:d.outs]
	}
	packPadded(l.padded, s.x, s.deinterleaved, d.args.x[(first*d.C+c)*d.H*d.W:])
	gemm.NN(s.y, l.outputs, d.args.w[out*d.taps:], d.taps, s.x, l.table, d.outs, l.outputs, bias, nil, d.args.lower)
	for o := range d.outs {
		copyRows(d.args.y[(first*d.OutC+out+o)*l.oh*l.ow:], s.y[o*l.outputs:], &l.unpackY)
	}
}

func (d depthwiseBackward[T]) prepare() {
	for o := range d.OutC {
		for k, tap := range d.layouts.full.order {
			d.packed[o*d.taps+k] = d.args.w[o*d.taps+tap]
		}
	}
}

func (d depthwiseBackward[T]) part(i, slot int) {
	from, to := d.channels(i)
	block, end := d.share(i)
	sums := d.partial[i%d.shares*(d.weights()+d.OutC):]
	dw, db := sums[:d.weights()], sums[d.weights():][:d.OutC]
	clear(dw[from*d.outs*d.taps : to*d.outs*d.taps])
	clear(db[from*d.outs : to*d.outs])
	for ; block < end; block++ {
		l, first, _ := d.layouts.of(block)
		if d.args.db != nil {
			for image := range l.images {
				d.biasGradient(db[from*d.outs:to*d.outs], (first+image)*d.OutC+from*d.outs)
			}
		}
		for c := from; c < to && (d.args.dx != nil || d.args.dw != nil); c++ {
			d.channel(l, first, c, slot, dw)
		}
	}
}

// biasGradient adds the sums of the planes of dy from plane on to db.
func (d depthwiseBackward[T]) biasGradient(db []T, plane int) {
	n := len(d.ones)
	gemm.NT(db, 1, d.args.dy[plane*n:], n, d.ones, zeroOffset, len(db), n, db, 1, kernels.LowerBound[T](false))
}

// channel sets dx of a block of images and a channel, and adds their share to dw.
func (d depthwiseBackward[T]) channel(l *depthwiseLayout[T], first, c, slot int, dw []T) {
	s, out := &l.scratch[slot], c*d.outs
	size := l.lastTap + l.plane // of dy of one output channel
	for o := range d.outs {
		copyRows(s.dy[o*size+l.lastTap:], d.args.dy[(first*d.OutC+out+o)*l.oh*l.ow:], &l.packY)
	}
	at := (first*d.C + c) * d.H * d.W
	packPadded(l.padded, s.x, s.deinterleaved, d.args.x[at:])
	for _, p := range l.phases {
		start := p.start + l.origin
		for o := range d.outs {
			from, to := (out+o)*d.taps+p.from, (out+o)*d.taps+p.to
			correlate(s.dx[start:], dw[from:to], s.x[start:], d.packed[from:to], s.dy[o*size:], l.origin, l.back[p.from:p.to],
				l.inputs, o > 0)
		}
	}
	if d.args.dx != nil {
		unpackPadded(l.padded, d.args.dx[at:], s.deinterleaved, s.dx)
	}
}

// finish adds the shares of dw and db up.
func (d depthwiseBackward[T]) finish() {
	size := d.weights() + d.OutC
	total := func(i int) (sum T) {
		for ; i < len(d.partial); i += size {
			sum += d.partial[i]
		}
		return sum
	}
	for o := range d.OutC {
		if d.args.db != nil {
			d.args.db[o] = total(d.weights() + o)
		}
		if d.args.dw != nil {
			for k, tap := range d.layouts.full.order {
				d.args.dw[o*d.taps+tap] = total(o*d.taps + k)
			}
		}
	}
}
