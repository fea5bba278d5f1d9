package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Residual is BatchNorm of x, [n, c, spatial], plus another tensor of that shape, and ReLU if it has one, in one plan:
//
//	y = max(0, gamma·xhat + beta + other)
//
// It passes over the memory as often as BatchNorm alone does. y has the bits of the three, one after the other.
type Residual[T kernels.Float] struct {
	*BatchNorm[T]
	relu  bool
	other []T
	more  []T // the second term of dy, or nil
	g     []T // dy, gated by the ReLU: the gradient of other
	own   []T // for g where nobody wants it
}

// NewResidual returns a plan for planes of more than one number.
func NewResidual[T kernels.Float](n, c, spatial int, eps float64, relu bool) *Residual[T] {
	b := newNormalizer[T](n, c, spatial, eps, false)
	r := &Residual[T]{BatchNorm: &BatchNorm[T]{b}, relu: relu}
	b.apply = parallel.NewLoop(n*c, spatial, func(from, to int) {
		y, x, other := b.planes(b.y, from, to), b.planes(b.x, from, to), b.planes(r.other, from, to)
		scaleShift(y, x, other, b.maps, from%c, spatial, relu)
	})
	b.reduce = parallel.NewLoop(n*c, spatial, func(from, to int) {
		g, dy, more := b.planes(r.g, from, to), b.planes(b.dy, from, to), b.planes(r.more, from, to)
		var y []T
		if relu {
			y = b.planes(b.y, from, to)
		}
		residualReduce(b.sums[from:to], g, dy, more, b.planes(b.x, from, to), y, b.maps, from%c, spatial)
	})
	b.backward = parallel.NewLoop(n*c, spatial, func(from, to int) {
		dx, g, x := b.planes(b.dx, from, to), b.planes(r.g, from, to), b.planes(b.x, from, to)
		scaleShiftBackward(dx, g, x, nil, false, b.maps, from%c, spatial)
	})
	return r
}

// With sets the tensor that the next Forward or ForwardEval adds.
func (r *Residual[T]) With(other []T) { r.other = other }

// Into sets where the next Backward or BackwardEval puts the gradient of the tensor that was added; it may be nil.
func (r *Residual[T]) Into(dother []T) { r.g = dother }

// Plus sets what the next Backward or BackwardEval adds to dy; it may be nil.
func (r *Residual[T]) Plus(more []T) { r.more = more }

// Backward sets the gradients of the last Forward; see BatchNorm.Backward.
func (r *Residual[T]) Backward(dx, dgamma, dbeta, dy, x, y, gamma, _ []T) {
	r.begin(y, len(dy))
	r.BatchNorm.Backward(dx, dgamma, dbeta, dy, x, gamma)
}

// BackwardEval sets the gradients of the last ForwardEval; see BatchNorm.BackwardEval.
func (r *Residual[T]) BackwardEval(dx, dgamma, dbeta, dy, x, y, gamma, _, mean, variance []T) {
	r.begin(y, len(dy))
	r.BatchNorm.BackwardEval(dx, dgamma, dbeta, dy, x, gamma, mean, variance)
}

func (r *Residual[T]) begin(y []T, size int) {
	r.norm.y = y
	if r.g == nil {
		if r.own == nil {
			r.own = kernels.Make[T](size)
		}
		r.g = r.own
	}
	kernels.CheckLen("Residual", "dother", len(r.g), size)
	kernels.CheckLenOrNil("Residual", "more of dy", r.more, size)
}
