package elementwise

import "anneal/internal/kernels"

// ScaleShift scales and shifts the values of a channel, and takes their gradients back:
//
//	y = (x − Center)·Scale + Shift,  dx = dy·Scale + ((x − Center)·Slope + Offset)
//
// Subtracting Center first keeps the digits of an x far from 0.
type ScaleShift[T kernels.Float] struct{ Center, Scale, Shift, Slope, Offset T }

// Apply returns y for x = v. The conversion forbids fusing the product and the sum, so that every machine rounds alike.
func (a *ScaleShift[T]) Apply(v T) T { return T((v-a.Center)*a.Scale) + a.Shift }

// Gradient returns dx for dy = g and x = v.
func (a *ScaleShift[T]) Gradient(g, v T) T {
	return T(g*a.Scale) + (T((v-a.Center)*a.Slope) + a.Offset)
}
