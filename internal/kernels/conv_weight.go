package kernels

// convWeight computes dw and db of a convolution. For each block of images and each group, dw is the inner products of
// the rows of the interleaved dy, [OutC/Groups, outputs], with those of the block's fold, [taps, outputs], and db those
// with a row of ones.
//
// The work is cut into shares of the images times slices of the input channels. A share adds its blocks up, in order, and
// then the shares are added, in order.
type convWeight[T Float] struct {
	args       *convArgs[T]
	shape      ConvShape
	cut        weightCut
	full, last *weightLayout[T]
	ones       []T
	partial    []T // [share][dw, db], unless there is but one share
	sumTable   []pair
	sumWork    *work
}

// weightCut says how the work is cut.
type weightCut struct {
	blocks         blocks
	shares, slices int
}

// weightLayout is what is prepared for blocks of one number of images.
type weightLayout[T Float] struct {
	*fold              // of one slice
	offsets            []int32
	folds, dealts, dys [][]T // by slot; dys are interleaved, if the block has several images
}

func newConvWeight[T Float](args *convArgs[T], s ConvShape, cut weightCut, slots int) *convWeight[T] {
	c := &convWeight[T]{args: args, shape: s, cut: cut}
	slice := s
	slice.C /= cut.slices
	c.full, c.last = layouts(cut.blocks, func(images int) *weightLayout[T] {
		l := &weightLayout[T]{fold: newFold(slice, images)}
		l.offsets = l.fold.offsets()
		l.folds, l.dealts = scratch[T](slots, l.size()), scratch[T](slots, l.dealtSize())
		if images > 1 {
			l.dys = scratch[T](slots, s.OutC*l.oh*l.row)
		}
		return l
	})
	c.ones = make([]T, c.full.oh*c.full.row)
	for i := range c.ones {
		c.ones[i] = 1
	}
	if cut.shares > 1 {
		c.partial = make([]T, cut.shares*c.sums())
		for i := range cut.shares {
			c.sumTable = append(c.sumTable, pair{0, int32(i * c.sums())})
		}
	}
	c.sumWork = newWork(c.sumPart)
	return c
}

// sums returns the number of elements of dw and db.
func (c *convWeight[T]) sums() int { return c.shape.weights() + c.shape.OutC }

func (c *convWeight[T]) prepare() {}

func (c *convWeight[T]) parts() int { return c.cut.shares * c.cut.slices }

func (c *convWeight[T]) part(i, slot int) {
	if c.args.dw == nil && c.args.db == nil {
		return
	}
	share, slice := i/c.cut.slices, i%c.cut.slices
	dw, db := c.args.dw, c.args.db
	if c.partial != nil {
		sums := c.partial[share*c.sums():][:c.sums()]
		dw, db = sums[:c.shape.weights()], sums[c.shape.weights():]
	}
	from, to := part(share, c.cut.shares, c.cut.blocks.count())
	for block := from; block < to; block++ {
		c.block(block, slice, slot, dw, db, block > from)
	}
}

// block adds the share of a block of images and a slice of channels to dw and db, or sets them to it.
func (c *convWeight[T]) block(i, slice, slot int, dw, db []T, add bool) {
	first, images := c.cut.blocks.block(i)
	l := c.full
	if images != l.images {
		l = c.last
	}
	outputs, m := l.oh*l.row, l.OutC/l.Groups
	dy := c.args.dy[first*l.OutC*l.oh*l.ow:][:l.OutC*outputs]
	if images > 1 {
		interleave(l.fold, l.dys[slot], dy)
		dy = l.dys[slot]
	}
	none := floorOf[T](false)
	if c.args.db != nil && slice == 0 {
		inner(db, 1, dy, outputs, c.ones, zeroOffset, l.OutC, outputs, when(add, db), 1, none)
	}
	if c.args.dw == nil {
		return
	}
	image := c.shape.C * l.H * l.W
	folded := c.args.x[first*image+slice*l.C*l.H*l.W:]
	if !l.inPlace() {
		copyFold(l.fold, l.folds[slot], l.dealts[slot], folded, image)
		folded = l.folds[slot]
	}
	taps := c.shape.weights() / l.OutC
	for g := range l.Groups {
		to := dw[g*m*taps+slice*len(l.offsets):]
		inner(to, taps, dy[g*m*outputs:], outputs, folded[g*l.group():], l.offsets, m, outputs, when(add, to), taps, none)
	}
}

var zeroOffset = []int32{0}

// when returns s if the condition holds, and else nil.
func when[T Float](condition bool, s []T) []T {
	if condition {
		return s
	}
	return nil
}

// sumBlock is the number of elements that one part of finish adds up.
const sumBlock = 16384

// finish adds the shares up.
func (c *convWeight[T]) finish() {
	if c.partial != nil && (c.args.dw != nil || c.args.db != nil) {
		c.sumWork.run(ceilDiv(c.sums(), sumBlock))
	}
}

func (c *convWeight[T]) sumPart(i, _ int) {
	size := c.shape.weights()
	one, none := c.ones[:1], floorOf[T](false)
	if from, to := i*sumBlock, min((i+1)*sumBlock, size); c.args.dw != nil && from < to {
		outer(c.args.dw[from:], 0, one, 0, c.partial[from:], c.sumTable, 1, to-from, nil, nil, none)
	}
	if c.args.db != nil && i == 0 {
		outer(c.args.db, 0, one, 0, c.partial[size:], c.sumTable, 1, c.shape.OutC, nil, nil, none)
	}
}
