package elementwise

import (
	"math"

	"anneal/internal/kernels"
)

// Bound returns y if it is at most most in size, and else ±most. If g, the gradient that y comes from, is not finite,
// it returns y in any case, so that the fault shows.
func Bound[T kernels.Float](y, most, g T) T {
	if y > most || y < -most {
		return outside(y, most, g)
	}
	return y
}

//go:noinline // so that Bound stays small where it is inlined
func outside[T kernels.Float](y, most, g T) T {
	if g-g != 0 {
		return y
	}
	return T(math.Copysign(float64(most), float64(y)))
}

// Largest returns the largest finite number.
func Largest[T kernels.Float]() T {
	return byType[T](math.MaxFloat32, math.MaxFloat64)
}

// Squarable returns a number whose square is far below Largest.
func Squarable[T kernels.Float]() T { return byType[T](1<<62, 0x1p510) }

// byType returns one of two numbers, for float32 and for float64.
func byType[T kernels.Float](narrow, wide float64) T {
	var t T
	if _, ok := any(t).(float32); ok {
		return T(narrow)
	}
	return T(wide)
}

// Tiny returns a number that is lost where it is added to the root of a positive number of T: the least of those roots
// is 4e-23, or 2e-162.
func Tiny[T kernels.Float]() T { return byType[T](1e-30, 1e-178) }

// Least returns the least positive number.
func Least[T kernels.Float]() T {
	return byType[T](math.SmallestNonzeroFloat32, math.SmallestNonzeroFloat64)
}

// GradientBound returns the size at which a gradient is bounded that is squared and whose running mean is multiplied by
// rate: neither of the two products is infinite.
func GradientBound[T kernels.Float](rate T) T {
	return min(Squarable[T](), Largest[T]()/4/max(rate, 1))
}

// Size returns the largest size of an element of x, 0 if there is none. Where one is NaN, it may be any number.
func Size[T kernels.Float](x []T) T {
	size, done := sizeSIMD(x)
	for _, v := range x[done:] {
		if v > size {
			size = v
		} else if v < -size {
			size = -v
		}
	}
	return size
}

// Next returns the number of T after x, which is above 0.
func Next[T kernels.Float](x T) T {
	return byType[T](float64(math.Nextafter32(float32(x), math.MaxFloat32)), math.Nextafter(float64(x), math.MaxFloat64))
}
