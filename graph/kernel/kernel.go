// Package kernel has what the plans of custom ops are made of: loops over the processors, products of matrices and
// elementwise functions. float32 runs on SIMD kernels where the processor has them; float64 in plain Go.
//
// Slices are flat and row-major. What repeats is a plan: New... makes it once for one shape, with its scratch memory,
// and its methods then allocate nothing. Two goroutines must not use one plan at once. Results have the same bits for
// any GOMAXPROCS. Functions and methods panic if the lengths of their arguments do not fit.
package kernel

import (
	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/gemm"
	"anneal/internal/kernels/norm"
	"anneal/internal/parallel"
)

// Float is a type of elements.
type Float interface{ float32 | float64 }

// Loop is a loop that is cut into parts, which the processors compute. Its method Run computes all items.
type Loop = parallel.Loop

// NewLoop returns a loop over count items of size elements each. f computes the items in [from, to). Run calls it on
// several goroutines at once, each time for other items. How the loop is cut depends on count and size alone, so a
// result that depends on its own item alone has the same bits on every machine. Sum over items after Run, in their
// order.
func NewLoop(count, size int, f func(from, to int)) Loop { return parallel.NewLoop(count, size, f) }

// Product is a plan for products of matrices that give m rows and n columns, from sums of k terms:
//
//	AB(c, a, b, add)   A·B,  A [m, k], B [k, n]
//	ATB(c, a, b, add)  Aᵀ·B, A [k, m], B [k, n]
//	ABT(c, a, b, add)  A·Bᵀ, A [m, k], B [n, k]
//
// Each sets c, or with add adds to c. The gradients of y = x·wᵀ, a linear layer, are dx = dy·w and dw = dyᵀ·x.
type Product[T Float] = gemm.Product[T]

// NewProduct returns a plan for m, n and k of at least 1.
func NewProduct[T Float](m, n, k int) *Product[T] { return gemm.NewProduct[T](m, n, k) }

// Map scales and shifts numbers, and takes their gradients back:
//
//	y = (x − Center)·Scale + Shift,  dx = dy·Scale + (x − Center)·Slope + Offset
//
// A normalization is such a map for each channel: Center is the mean, Scale is gamma/√(var + eps) and Shift is beta.
// Slope and Offset are the part of its gradient that goes through the mean and the variance.
type Map[T Float] = elementwise.ScaleShift[T]

// Planes is a plan for count planes of size numbers each, such as the channels of images, with a Map each:
//
//	Moments(x)                sets Mean and Var to each plane's mean and biased variance
//	Apply(y, x, maps)         sets y
//	Sums(dy, x, maps)         sets Sum and Product to each plane's Σ dy and Σ dy·(x − Center)
//	Gradient(dx, dy, x, maps) sets dx, unless it is nil
type Planes[T Float] = norm.Planes[T]

// NewPlanes returns a plan for count planes of size numbers.
func NewPlanes[T Float](count, size int) *Planes[T] { return norm.NewPlanes[T](count, size) }

// ReLU sets y to max(0, x). NaN stays NaN. y may be x.
func ReLU[T Float](y, x []T) { elementwise.ReLU(y, x) }

// ReLUBackward sets dx to dy where y, ReLU's result, is above 0, and to 0 elsewhere. dx may be dy.
func ReLUBackward[T Float](dx, dy, y []T) { elementwise.ReLUBackward(dx, dy, y) }

// Exp sets y to exp(x − top), where top is usually the largest x. In float32, what is below exp(−87) may be 0.
func Exp[T Float](y, x []T, top T) { elementwise.Exponentials(y, x, top) }

// Mul sets y to a·b, number by number. y may be a or b.
func Mul[T Float](y, a, b []T) { elementwise.Dropout(y, a, b) }
