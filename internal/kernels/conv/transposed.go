package conv

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
	"anneal/internal/parallel"
)

// Transposed is the plan of a transposed convolution: the gradient of a convolution with respect to its input, as a
// layer. If the convolution has shape s and gives [N, OutC, OH, OW], x is [N, OutC, OH, OW], y is [N, C, H, W], w lies
// as the convolution's, [OutC, C/Groups, KH, KW], and
//
//	y[n,c,iy,ix] = bias[c] + Σ o,oy,ox,ky,kx  w[o,c,ky,kx] · x[n,o,oy,ox]
//
// over all that meet there: iy = oy·StrideH + ky·DilH − PadH and ix = ox·StrideW + kx·DilW − PadW.
//
// y is the convolution's dx, dx is its forward pass, and dw is its dw with x and dy in each other's place.
type Transposed[T kernels.Float] struct {
	conv     Plan[T]
	dw       pass
	gradient *parallel.Work // dx and dw

	plane     int // elements of a channel of one image of y
	ones      []T
	table     []gemm.Pair
	add, sums parallel.Loop // the bias and the bound; db
	y, bias   []T           // the arguments of the loops at work
	db, dy    []T
	lower     T
}

// NewTransposed returns a plan for the transposition of a convolution of shape s, which must be valid and give at least
// one output.
func NewTransposed[T kernels.Float](s Shape) *Transposed[T] {
	s.check()
	s = s.canonical()
	oh, ow := s.Out()
	t := &Transposed[T]{
		conv:  Plan[T]{shape: s, in: s.C * s.H * s.W, out: s.OutC * oh * ow},
		plane: s.H * s.W, ones: onesOf[T](s.H * s.W), table: []gemm.Pair{{}},
	}
	t.assemble()
	t.add = parallel.NewLoop(s.N*s.C, t.plane, t.addBias)
	t.sums = parallel.NewLoop(s.C, s.N*t.plane, t.biasGradient)
	return t
}

// assemble makes the passes.
func (t *Transposed[T]) assemble() {
	c := &t.conv
	s := c.shape
	forward, input, weight := c.planForward(), c.planInput(minProcessors), c.planWeight()
	if s.isDepthwise() {
		forward, input, weight = c.planDepthwise()
	}
	slots := min(max(input.parts, forward.parts+weight.parts), parallel.MaxSlots)
	c.forward, c.input, c.weight = forward.make(slots), input.make(slots), weight.make(slots)
	c.memory.allocate(slots)
	c.forwardWork = parallel.New(c.input.part).Costs(s.cost())
	t.dw = c.weight
	if s.isDepthwise() {
		t.dw = c.input
	}
	order := interleavedOrder(c.forward.parts(), t.dw.parts())
	t.gradient = parallel.New(func(i, slot int) {
		part := order[i]
		switch {
		case part >= c.forward.parts():
			t.dw.part(part-c.forward.parts(), slot)
		case c.args.y != nil:
			c.forward.part(part, slot)
		}
	}).Costs(2 * s.cost())
}

// Forward sets y to the transposed convolution of x and w, plus bias, and then to max(0, y) if relu. bias may be nil.
func (t *Transposed[T]) Forward(y, x, w, bias []T, relu bool) {
	c := &t.conv
	c.check("Transposed.Forward", y, w)
	kernels.CheckLen("Transposed.Forward", "x", len(x), c.shape.N*c.out)
	kernels.CheckLenOrNil("Transposed.Forward", "bias", bias, c.shape.C)
	c.args = arguments[T]{dx: y, dy: x, w: w, x: y} // the depthwise pass reads an x, which makes no difference to dx
	c.input.prepare()
	c.forwardWork.Run(c.input.parts())
	c.input.finish()
	c.args = arguments[T]{}
	if bias != nil || relu {
		t.y, t.bias, t.lower = y, bias, kernels.LowerBound[T](relu)
		t.add.Run()
	}
}

// addBias adds the bias to planes of y and clamps them.
func (t *Transposed[T]) addBias(from, to int) {
	for i := from; i < to; i++ {
		y := t.y[i*t.plane:][:t.plane]
		var bias []T
		if t.bias != nil {
			bias = t.bias[i%t.conv.shape.C:][:1]
		}
		gemm.NN(y, t.plane, t.ones[:1], 0, y, t.table, 1, t.plane, bias, nil, t.lower)
	}
}

// Backward sets dx, dw and db, each unless nil, to the gradients given dy, that of the result before any ReLU. x and w
// are those of the last Forward.
func (t *Transposed[T]) Backward(dx, dw, db, dy, x, w []T) {
	c := &t.conv
	c.check("Transposed.Backward", dy, w)
	kernels.CheckLen("Transposed.Backward", "x", len(x), c.shape.N*c.out)
	kernels.CheckLenOrNil("Transposed.Backward", "dx", dx, len(x))
	kernels.CheckLenOrNil("Transposed.Backward", "dw", dw, len(w))
	kernels.CheckLenOrNil("Transposed.Backward", "db", db, c.shape.C)
	if dx != nil || dw != nil {
		c.args = arguments[T]{y: dx, x: dy, w: w, lower: kernels.LowerBound[T](false), dw: dw, dy: x}
		c.forward.prepare()
		t.dw.prepare()
		t.gradient.Run(c.forward.parts() + t.dw.parts())
		c.forward.finish()
		t.dw.finish()
		c.args = arguments[T]{}
	}
	if db != nil {
		t.db, t.dy = db, dy
		t.sums.Run()
	}
}

// biasGradient sets db of a range of channels to the sums of their planes of dy.
func (t *Transposed[T]) biasGradient(from, to int) {
	db, none := t.db[from:to], kernels.LowerBound[T](false)
	clear(db)
	for n := range t.conv.shape.N {
		dy := t.dy[(n*t.conv.shape.C+from)*t.plane:]
		gemm.NT(db, 1, dy, t.plane, t.ones, zeroOffset, len(db), t.plane, db, 1, none)
	}
}
