// Package conv computes 2-D convolutions and their gradients: y, dx, and dw with db. Plan chooses the algorithm of each
// by the shape alone.
//
// Words: a block is a number of images that are computed together; a share is a range of blocks or units whose sums are
// kept apart until the end; a slice is a range of input channels; a band is a range of rows. A part, what a worker
// claims, is a block, or a share of a slice. A tap is one element (c, ky, kx) of the kernel of an output channel. A
// phase is a remainder modulo a stride. Winograd's patches are the 6×6 inputs and 4×4 outputs that its algorithm
// computes together.
package conv

import (
	"fmt"

	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Shape is the shape of a 2-D convolution: x is [N, C, H, W], w [OutC, C/Groups, KH, KW], y [N, OutC, OH, OW].
// Strides, dilations and Groups are at least 1; Groups divides C and OutC. PadH rows and PadW columns of zeros are on
// each side of x, and MoreH and MoreW more at the bottom and on the right. These may be negative: the last rows and
// columns of the padded x are then left out.
type Shape struct {
	N, C, H, W, OutC, KH, KW, StrideH, StrideW, PadH, PadW, DilH, DilW, Groups int

	MoreH, MoreW int
}

// Out returns the height and width of y.
func (s Shape) Out() (oh, ow int) {
	oh = (s.H+2*s.PadH+s.MoreH-s.DilH*(s.KH-1)-1)/s.StrideH + 1
	ow = (s.W+2*s.PadW+s.MoreW-s.DilW*(s.KW-1)-1)/s.StrideW + 1
	return oh, ow
}

// weights returns the number of elements of w.
func (s Shape) weights() int { return s.OutC * s.C / s.Groups * s.KH * s.KW }

// cost returns about what a pass costs; see parallel.Work.Costs.
func (s Shape) cost() int {
	oh, ow := s.Out()
	return s.N * (s.C*s.H*s.W + oh*ow*(s.OutC+s.weights()/parallel.PerElement))
}

// canonical returns a shape of the same computation: a 1×1 convolution works on one long row.
func (s Shape) canonical() Shape {
	if s.isPointwise() {
		s.H, s.W = 1, s.H*s.W
	}
	return s
}

// check panics if s is not the shape of a convolution.
func (s Shape) check() {
	oh, ow := s.Out()
	if oh < 1 || ow < 1 || s.N < 1 || s.Groups < 1 || s.C%s.Groups != 0 || s.OutC%s.Groups != 0 {
		panic(fmt.Sprintf("kernels: NewConv: invalid shape %+v", s))
	}
}

// isPointwise reports whether each output sees just the input pixel at its own place.
func (s Shape) isPointwise() bool {
	return s.KH == 1 && s.KW == 1 && s.StrideH == 1 && s.StrideW == 1 && s.PadH == 0 && s.PadW == 0 &&
		s.MoreH == 0 && s.MoreW == 0
}

// rotated returns the shape of the convolution of dy with the kernels rotated by 180° that gives dx, if s has stride 1.
func (s Shape) rotated() Shape {
	oh, ow := s.Out()
	s.C, s.OutC, s.H, s.W = s.OutC, s.C, oh, ow
	s.PadH, s.PadW = s.DilH*(s.KH-1)-s.PadH, s.DilW*(s.KW-1)-s.PadW
	s.MoreH, s.MoreW = -s.MoreH, -s.MoreW
	return s
}

// Plan is the plan of a convolution (a cross-correlation, as everywhere in this field) of one shape:
//
//	y[n,o,oy,ox] = bias[o] + Σ c,ky,kx  w[o,c,ky,kx] · x[n, c, oy·StrideH + ky·DilH − PadH, ox·StrideW + kx·DilW − PadW]
//
// Each of its three passes is a product over blocks of images: the forward pass and dx by gemm.NN, dw by gemm.NT. None
// builds the KH·KW-fold copy of the input of the usual im2col; see type im2col. Or a pass is Winograd's algorithm,
// whose products are smaller; see winograd.go. Depthwise convolutions have separate passes; see depthwise.
type Plan[T kernels.Float] struct {
	shape   Shape
	in, out int // elements of x and y of one image
	args    arguments[T]
	memory  winogradMemory[T]

	forward, input, weight    pass
	forwardWork, backwardWork *parallel.Work
}

// pass is one of the computations: of y, dx or dw and db. prepare comes before its parts, and finish after them.
type pass interface {
	prepare()
	parts() int
	part(i, slot int)
	finish()
}

// arguments are the arguments of the call at work.
type arguments[T kernels.Float] struct {
	y, x, w, bias  []T
	lower          T
	dx, dw, db, dy []T
}

// New returns a plan for shape s, which must be valid and give at least one output.
func New[T kernels.Float](s Shape) *Plan[T] {
	s.check()
	s = s.canonical()
	oh, ow := s.Out()
	c := &Plan[T]{shape: s, in: s.C * s.H * s.W, out: s.OutC * oh * ow}
	if s.isDepthwise() {
		c.assemble(c.planDepthwise())
	} else {
		c.assemble(c.planForward(), c.planInput(sharedProcessors), c.planWeight())
	}
	return c
}

// passPlan is what makes a pass, and the number of its parts. Passes whose parts are run together share the slots.
type passPlan struct {
	parts int
	make  func(slots int) pass
}

func (c *Plan[T]) assemble(forward, input, weight passPlan) {
	slots, backwardSlots := min(forward.parts, parallel.MaxSlots), min(input.parts+weight.parts, parallel.MaxSlots)
	c.forward, c.input, c.weight = forward.make(slots), input.make(backwardSlots), weight.make(backwardSlots)
	c.memory.allocate(max(slots, backwardSlots))
	c.forwardWork = parallel.New(c.forward.part).Costs(c.shape.cost())
	order := interleavedOrder(input.parts, weight.parts)
	c.backwardWork = parallel.New(func(i, slot int) {
		if part := order[i]; part < input.parts {
			c.input.part(part, slot)
		} else {
			c.weight.part(part-input.parts, slot)
		}
	}).Costs(2 * c.shape.cost())
}

func (c *Plan[T]) planForward() passPlan {
	if s := c.shape; winogradComputesY(s) {
		return c.winogradForward(s, false, cutWinograd(s))
	}
	return c.directForward()
}

func (c *Plan[T]) planInput(processors int) passPlan {
	if s := c.shape; winogradComputesDx(s) {
		return c.winogradForward(s.rotated(), true, cutWinograd(s.rotated()))
	}
	return c.directInput(processors)
}

func (c *Plan[T]) planWeight() passPlan {
	if s := c.shape; winogradComputesDw(s) {
		return c.winogradWeight(cutWinogradWeight(s))
	}
	return c.directWeight()
}

func (c *Plan[T]) directForward() passPlan {
	b, _ := cutForward(c.shape)
	return passPlan{b.count(), func(slots int) pass { return newForward(&c.args, c.shape, b, slots) }}
}

func (c *Plan[T]) directInput(processors int) passPlan {
	b, _ := cutInput(c.shape, processors)
	return passPlan{b.count(), func(slots int) pass { return newInput(&c.args, c.shape, b, slots) }}
}

func (c *Plan[T]) directWeight() passPlan {
	cut := cutWeight(c.shape)
	return passPlan{cut.shares * cut.slices, func(slots int) pass { return newWeight(&c.args, c.shape, cut, slots) }}
}

// planDepthwise plans all passes: what computes dx computes dw and db too.
func (c *Plan[T]) planDepthwise() (forward, input, weight passPlan) {
	d := newDepthwise(&c.args, c.shape)
	plan := func(p pass) passPlan { return passPlan{p.parts(), func(int) pass { return p }} }
	return plan(depthwiseForward[T]{d}), plan(depthwiseBackward[T]{d}), plan(noPass{})
}

func (c *Plan[T]) winogradForward(s Shape, isInput bool, cut winogradCut) passPlan {
	return passPlan{cut.units(), func(int) pass { return newWinogradForward(&c.args, &c.memory, s, isInput, cut) }}
}

func (c *Plan[T]) winogradWeight(cut winogradWeightCut) passPlan {
	return passPlan{cut.shares * cut.slices, func(int) pass { return newWinogradWeight(&c.args, &c.memory, c.shape, cut) }}
}

// Forward sets y to conv(x, w) + bias, and then to max(0, y) if relu. bias may be nil.
func (c *Plan[T]) Forward(y, x, w, bias []T, relu bool) {
	c.check("Conv.Forward", x, w)
	kernels.CheckLen("Conv.Forward", "y", len(y), c.shape.N*c.out)
	kernels.CheckLenOrNil("Conv.Forward", "bias", bias, c.shape.OutC)
	c.args = arguments[T]{y: y, x: x, w: w, bias: bias, lower: kernels.LowerBound[T](relu)}
	c.forward.prepare()
	c.forwardWork.Run(c.forward.parts())
	c.forward.finish()
	c.args = arguments[T]{}
}

// Backward sets dx, dw and db, each unless nil, to the gradients given dy, that of the convolution's result (before any
// ReLU). x and w are those of the last Forward.
func (c *Plan[T]) Backward(dx, dw, db, dy, x, w []T) {
	c.check("Conv.Backward", x, w)
	kernels.CheckLen("Conv.Backward", "dy", len(dy), c.shape.N*c.out)
	kernels.CheckLenOrNil("Conv.Backward", "dx", dx, len(x))
	kernels.CheckLenOrNil("Conv.Backward", "dw", dw, len(w))
	kernels.CheckLenOrNil("Conv.Backward", "db", db, c.shape.OutC)
	c.args = arguments[T]{x: x, w: w, dx: dx, dw: dw, db: db, dy: dy}
	c.input.prepare()
	c.weight.prepare()
	c.backwardWork.Run(c.input.parts() + c.weight.parts())
	c.input.finish()
	c.weight.finish()
	c.args = arguments[T]{}
}

func (c *Plan[T]) check(op string, x, w []T) {
	s := c.shape
	kernels.CheckLen(op, "x", len(x), s.N*c.in)
	kernels.CheckLen(op, "w", len(w), s.weights())
}
