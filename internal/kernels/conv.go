package kernels

import "fmt"

// ConvShape is the shape of a 2-D convolution: x is [N, C, H, W], w [OutC, C/Groups, KH, KW], y [N, OutC, OH, OW].
// Strides, dilations and Groups are at least 1; Groups divides C and OutC.
type ConvShape struct {
	N, C, H, W, OutC, KH, KW, StrideH, StrideW, PadH, PadW, DilH, DilW, Groups int
}

// Out returns the height and width of y.
func (s ConvShape) Out() (oh, ow int) {
	oh = (s.H+2*s.PadH-s.DilH*(s.KH-1)-1)/s.StrideH + 1
	ow = (s.W+2*s.PadW-s.DilW*(s.KW-1)-1)/s.StrideW + 1
	return oh, ow
}

// weights returns the number of elements of w.
func (s ConvShape) weights() int { return s.OutC * s.C / s.Groups * s.KH * s.KW }

// canonical returns a shape of the same computation: a 1×1 convolution works on one long row.
func (s ConvShape) canonical() ConvShape {
	if s.KH == 1 && s.KW == 1 && s.StrideH == 1 && s.StrideW == 1 && s.PadH == 0 && s.PadW == 0 {
		s.H, s.W = 1, s.H*s.W
	}
	return s
}

// Conv is the plan of a convolution (a cross-correlation, as everywhere in this field) of one shape:
//
//	y[n,o,oy,ox] = bias[o] + Σ c,ky,kx  w[o,c,ky,kx] · x[n, c, oy·StrideH + ky·DilH − PadH, ox·StrideW + kx·DilW − PadW]
//
// Each of its three computations is one product over blocks of images: the forward pass and dx are outer products, dw an
// inner one. None builds the kh·kw-fold copy of the input that im2col does; see fold.
type Conv[T Float] struct {
	shape   ConvShape
	in, out int // elements of x and y of one image
	forward *convForward[T]
	input   *convInput[T]
	weight  *convWeight[T]

	forwardWork, backwardWork *work

	depthwise *convDepthwise[T] // instead of all these, if not nil
}

// NewConv returns a plan for shape s, which must be valid and give at least one output.
func NewConv[T Float](s ConvShape) *Conv[T] {
	oh, ow := s.Out()
	if oh < 1 || ow < 1 || s.N < 1 || s.Groups < 1 || s.C%s.Groups != 0 || s.OutC%s.Groups != 0 {
		panic(fmt.Sprintf("kernels: NewConv: invalid shape %+v", s))
	}
	if s.isDepthwise() {
		return &Conv[T]{shape: s, in: s.C * s.H * s.W, out: s.OutC * oh * ow, depthwise: newConvDepthwise[T](s)}
	}
	s = s.canonical()
	input, weight := blocks{s.N, inputImages(s)}, cutWeight(s)
	slots := min(input.count()+weight.shares*weight.slices, maxSlots) // of the backward pass
	c := &Conv[T]{
		shape: s, in: s.C * s.H * s.W, out: s.OutC * oh * ow,
		forward: newConvForward[T](s), input: newConvInput[T](s, input, slots), weight: newConvWeight[T](s, weight, slots),
	}
	c.forwardWork = newWork(c.forward.part)
	order := turns(input.count(), c.weight.parts())
	c.backwardWork = newWork(func(i, slot int) {
		if part := order[i]; part < input.count() {
			c.input.part(part, slot)
		} else {
			c.weight.part(part-input.count(), slot)
		}
	})
	return c
}

// Forward sets y to conv(x, w) + bias, and then to max(0, y) if relu. bias may be nil.
func (c *Conv[T]) Forward(y, x, w, bias []T, relu bool) {
	c.check("Conv.Forward", x, w)
	checkLen("Conv.Forward", "y", len(y), c.shape.N*c.out)
	checkLenOrNil("Conv.Forward", "bias", bias, c.shape.OutC)
	if c.depthwise != nil {
		c.depthwise.forward(y, x, w, bias, floorOf[T](relu))
		return
	}
	f := c.forward
	f.y, f.x, f.w, f.bias, f.floor = y, x, w, bias, floorOf[T](relu)
	c.forwardWork.run(f.blocks.count())
	f.y, f.x, f.w, f.bias = nil, nil, nil, nil
}

// Backward sets dx, dw and db, each unless nil, to the gradients given dy, that of the convolution's result (before any
// ReLU). x and w are those of the last Forward.
func (c *Conv[T]) Backward(dx, dw, db, dy, x, w []T) {
	c.check("Conv.Backward", x, w)
	checkLen("Conv.Backward", "dy", len(dy), c.shape.N*c.out)
	checkLenOrNil("Conv.Backward", "dx", dx, len(x))
	checkLenOrNil("Conv.Backward", "dw", dw, len(w))
	checkLenOrNil("Conv.Backward", "db", db, c.shape.OutC)
	if c.depthwise != nil {
		c.depthwise.backward(dx, dw, db, dy, x, w)
		return
	}
	c.input.dx, c.input.dy = dx, dy
	c.weight.dw, c.weight.db, c.weight.dy, c.weight.x = dw, db, dy, x
	if dx != nil {
		c.input.pack(w)
	}
	c.backwardWork.run(c.input.blocks.count() + c.weight.parts())
	c.weight.sum()
	c.input.dx, c.input.dy = nil, nil
	c.weight.dw, c.weight.db, c.weight.dy, c.weight.x = nil, nil, nil, nil
}

func (c *Conv[T]) check(op string, x, w []T) {
	s := c.shape
	checkLen(op, "x", len(x), s.N*c.in)
	checkLen(op, "w", len(w), s.weights())
}
