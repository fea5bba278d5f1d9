package norm

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

// Settings are those of a Sample.
type Settings struct {
	Eps  float64
	RMS  bool // divide by the root mean square: the mean counts as 0
	ReLU bool // what is below 0 becomes 0
}

// Sample is a plan that normalises each sample by its own statistics, so that no sample depends on another: group,
// instance and layer normalization, and with Settings.RMS the root-mean-square form of each. NewGroup and NewLayer make
// one. A nil gamma or beta stands for 1 or 0.
type Sample[T kernels.Float] interface {
	// Forward sets y from x.
	Forward(y, x, gamma, beta []T)
	// Backward sets the gradients of the last Forward, which had the same x and gamma and gave y; only a plan with ReLU
	// reads y. Any of dx, dgamma and dbeta may be nil; dx may be dy.
	Backward(dx, dgamma, dbeta, dy, x, y, gamma []T)
}

// standard is what the values of a group are normalised by: xhat = (x − mean)·inverse.
type standard struct{ mean, inverse float64 }

// standard returns what a group of n values is normalised by, whose moments are m.
func (s Settings) standard(m moments, n int) standard {
	variance := m.second / float64(n)
	if s.RMS {
		return standard{0, 1 / math.Sqrt(variance+m.first*m.first+s.Eps)}
	}
	return standard{m.first, 1 / math.Sqrt(variance+s.Eps)}
}

// forward returns the map from x to gamma·xhat + beta.
func forward[T kernels.Float](s standard, gamma, beta float64) elementwise.ScaleShift[T] {
	center := T(s.mean)
	scale := gamma * s.inverse
	return elementwise.ScaleShift[T]{Center: center, Scale: T(scale), Shift: T(beta - (s.mean-float64(center))*scale)}
}

// backward returns the part of dx that goes through the statistics of a group of n values, as Slope and Offset. sums
// are those of gamma·dy and of gamma·dy·(x − T(mean)):
//
//	dx = inverse·(gamma·dy − mean(gamma·dy) − xhat·mean(gamma·dy·xhat))
//
// With RMS the mean of gamma·dy does not appear.
func backward[T kernels.Float](s standard, rms bool, sums moments, n int) (slope, offset T) {
	rest := s.mean - float64(T(s.mean))
	product := s.inverse * (sums.second - rest*sums.first) / float64(n)
	mean := sums.first / float64(n)
	if rms {
		mean = 0
	}
	return T(-s.inverse * s.inverse * product), T(s.inverse * (rest*s.inverse*product - mean))
}

// join returns the mean and the sum of squared distances from it of the values of several groups, of n values each.
func join(groups []moments, n int) moments {
	if len(groups) == 1 {
		return groups[0]
	}
	origin, size := groups[0].first, float64(n)
	var sum, squares float64
	for _, g := range groups {
		d := g.first - origin
		sum += d
		squares += g.second + size*d*d
	}
	mean := sum / float64(len(groups))
	return moments{origin + mean, max(0, squares-size*sum*mean)}
}
