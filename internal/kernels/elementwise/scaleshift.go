package elementwise

import (
	"anneal/internal/kernels"
)

// ScaleShift maps a channel's values forward and the gradients at them back:
//
//	y = (x − center)·scale + shift,  dx = dy·scale + ((x − center)·slope + offset)
//
// Subtracting first keeps the digits of an x far from 0. The functions below work on planes of size elements; maps has one
// element a channel, and the first plane is of channel ch.
type ScaleShift[T kernels.Float] struct{ Center, Scale, Shift, Slope, Offset T }

// of maps v forward. The conversion forbids fusing the product and the sum, so that every machine rounds alike.
func (a *ScaleShift[T]) Apply(v T) T { return T((v-a.Center)*a.Scale) + a.Shift }

// Gradient maps the gradient g at v back.
func (a *ScaleShift[T]) Gradient(g, v T) T {
	return T(g*a.Scale) + (T((v-a.Center)*a.Slope) + a.Offset)
}
