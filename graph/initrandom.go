package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Uniform samples uniformly from low to high: PyTorch's uniform_. It is an error if low is above high.
func Uniform(low, high float64) Init {
	return func(rng *rand.Rand, fan Fan) func() float64 {
		if !(low <= high && high-low <= math.MaxFloat64) {
			return fan.Fail(fmt.Errorf("Uniform: from %v to %v: want two finite numbers in order", low, high))
		}
		return func() float64 { return low + (high-low)*rng.Float64() }
	}
}

// Normal samples from the normal distribution with this mean and standard deviation, at least 0: PyTorch's normal_.
func Normal(mean, std float64) Init {
	return func(rng *rand.Rand, fan Fan) func() float64 {
		if !(std >= 0 && std <= math.MaxFloat64 && math.Abs(mean) <= math.MaxFloat64) {
			return fan.Fail(fmt.Errorf("Normal: mean %v and standard deviation %v: want finite numbers, the second at least 0",
				mean, std))
		}
		return func() float64 { return mean + std*rng.NormFloat64() }
	}
}

// TruncatedNormal samples from the normal distribution with Mean and Std as far as it lies between Low and High. Its
// method Sample is the Init:
//
//	graph.InitWeight(graph.TruncatedNormal{Std: 0.02}.Sample)
//
// It is PyTorch's trunc_normal_. The variance of what it samples is below Std²: 0.774·Std² if it is cut at ±2·Std.
type TruncatedNormal struct {
	Mean      float64
	Std       float64 // > 0; 0: 1
	Low, High float64 // PyTorch's a and b, not in units of Std; both 0: −2 and 2
}

// Sample samples by the inverse of the distribution function.
func (t TruncatedNormal) Sample(rng *rand.Rand, fan Fan) func() float64 {
	if t.Std == 0 {
		t.Std = 1
	}
	if t.Low == 0 && t.High == 0 {
		t.Low, t.High = -2, 2
	}
	below := func(x float64) float64 { return math.Erfc(-(x-t.Mean)/t.Std/math.Sqrt2) / 2 }
	from, to := below(t.Low), below(t.High)
	if !(t.Std > 0 && t.Std <= math.MaxFloat64 && t.High-t.Low <= math.MaxFloat64 && from < to) {
		return fan.Fail(fmt.Errorf("TruncatedNormal: mean %v, standard deviation %v, from %v to %v: want a standard "+
			"deviation above 0, and finite bounds with some of the distribution between them", t.Mean, t.Std, t.Low, t.High))
	}
	return func() float64 {
		p := from + (to-from)*rng.Float64()
		x := t.Mean - t.Std*math.Sqrt2*math.Erfcinv(2*p)
		return min(max(x, t.Low), t.High)
	}
}
