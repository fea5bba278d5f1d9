package activation

import (
	"anneal/internal/kernels"
)

// LeakyReLU returns x where x > 0, and slope·x elsewhere.
//
// Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013.
func LeakyReLU[T kernels.Float](slope float64) Function[T] {
	low := T(slope)
	return Function[T]{
		Cost: cheap,
		Forward: func(y, x []T) {
			kernels.CheckLen("LeakyReLU", "y", len(y), len(x))
			for i, v := range x {
				if !(v > 0) {
					v *= low
				}
				y[i] = v
			}
		},
		Backward: func(dx, dy, x, _ []T) {
			kernels.CheckLen("LeakyReLU's gradient", "dx", len(dx), len(x))
			for i, g := range dy[:len(x)] {
				if !(x[i] > 0) {
					g *= low
				}
				dx[i] = g
			}
		},
	}
}

// Hardswish returns x·Hardsigmoid(x).
//
// Howard et al., Searching for MobileNetV3, 2019, arXiv:1905.02244, section 5.2.
func Hardswish[T kernels.Float]() Function[T] {
	return Function[T]{
		Cost: cheap,
		Forward: func(y, x []T) {
			kernels.CheckLen("Hardswish", "y", len(y), len(x))
			for i, v := range x {
				y[i] = v * min(max(v+3, 0), 6) / 6
			}
		},
		Backward: func(dx, dy, x, _ []T) {
			kernels.CheckLen("Hardswish's gradient", "dx", len(dx), len(x))
			for i, g := range dy[:len(x)] {
				v := x[i]
				if v <= -3 {
					g = 0
				} else if !(v >= 3) {
					g *= v/3 + 0.5
				}
				dx[i] = g
			}
		},
	}
}

// Hardsigmoid returns min(max(x + 3, 0), 6)/6. Its slope is 1/6 rounded to float32, in float64 too, as PyTorch's is.
func Hardsigmoid[T kernels.Float]() Function[T] {
	slope := T(float32(1) / 6)
	return Function[T]{
		Cost: cheap,
		Forward: func(y, x []T) {
			kernels.CheckLen("Hardsigmoid", "y", len(y), len(x))
			for i, v := range x {
				y[i] = min(max(v+3, 0), 6) / 6
			}
		},
		Backward: func(dx, dy, x, _ []T) {
			kernels.CheckLen("Hardsigmoid's gradient", "dx", len(dx), len(x))
			for i, g := range dy[:len(x)] {
				if v := x[i]; v > -3 && v < 3 {
					dx[i] = g * slope
				} else {
					dx[i] = 0
				}
			}
		},
	}
}
