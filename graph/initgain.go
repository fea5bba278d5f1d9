package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Gains: by how much an activation function shrinks what it gets, as torch.nn.init.calculate_gain has it. Linear layers
// and Sigmoid have the gain 1, and LeakyReLU that of GainLeakyReLU.
const (
	GainTanh = 5.0 / 3
	GainReLU = math.Sqrt2
	GainSELU = 3.0 / 4
)

// GainLeakyReLU returns √(2/(1 + a²)), the gain of a LeakyReLU with the slope a below 0. a = 0 is a ReLU.
func GainLeakyReLU(a float64) float64 { return math.Sqrt(2 / (1 + a*a)) }

// Kaiming keeps the variance of activations, or of gradients, through layers: it is gain²/fan. Its methods are Inits,
// as in
//
//	graph.InitWeight(graph.Kaiming{FanOut: true}.Normal)
//
// He et al., Delving Deep into Rectifiers, 2015, arXiv:1502.01852, eq. 10, 14 and 15. It is PyTorch's
// kaiming_uniform_ and kaiming_normal_; the zero value has their defaults.
type Kaiming struct {
	A      float64 // the slope below 0 of the LeakyReLU that follows, PyTorch's a; 0: a ReLU follows
	FanOut bool    // fan is fan.Out, which keeps the variance of gradients; else fan.In, that of activations
	Gain   float64 // > 0: in place of GainLeakyReLU(A), such as GainTanh
}

// Uniform samples uniformly from ±gain·√(3/fan).
func (k Kaiming) Uniform(rng *rand.Rand, fan Fan) func() float64 {
	std, err := k.std(fan)
	if err != nil {
		return fan.Fail(err)
	}
	return uniform(rng, math.Sqrt(3)*std)
}

// Normal samples from the normal distribution with mean 0 and standard deviation gain/√fan.
func (k Kaiming) Normal(rng *rand.Rand, fan Fan) func() float64 {
	std, err := k.std(fan)
	if err != nil {
		return fan.Fail(err)
	}
	return normal(rng, std)
}

// std returns the standard deviation.
func (k Kaiming) std(fan Fan) (float64, error) {
	n, gain := fan.In, k.Gain
	if k.FanOut {
		n = fan.Out
	}
	if gain == 0 {
		gain = GainLeakyReLU(k.A)
	}
	return gain / math.Sqrt(float64(n)), checkInit("Kaiming", gain, n)
}

// Xavier keeps the variance of activations and of gradients about the same from layer to layer: it is
// gain²·2/(fan.In + fan.Out). Its methods are Inits.
//
// Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010, eq. 12 and 16. It
// is PyTorch's xavier_uniform_ and xavier_normal_; the zero value has their defaults.
type Xavier struct {
	Gain float64 // > 0, such as GainTanh; 0: 1
}

// Uniform samples uniformly from ±gain·√(6/(fan.In + fan.Out)).
func (x Xavier) Uniform(rng *rand.Rand, fan Fan) func() float64 {
	std, err := x.std(fan)
	if err != nil {
		return fan.Fail(err)
	}
	return uniform(rng, math.Sqrt(3)*std)
}

// Normal samples from the normal distribution with mean 0 and standard deviation gain·√(2/(fan.In + fan.Out)).
func (x Xavier) Normal(rng *rand.Rand, fan Fan) func() float64 {
	std, err := x.std(fan)
	if err != nil {
		return fan.Fail(err)
	}
	return normal(rng, std)
}

func (x Xavier) std(fan Fan) (float64, error) {
	gain := x.Gain
	if gain == 0 {
		gain = 1
	}
	return gain * math.Sqrt(2/float64(fan.In+fan.Out)), checkInit("Xavier", gain, fan.In+fan.Out)
}

// checkInit returns an error unless gain is positive and the parameter has connections.
func checkInit(name string, gain float64, fan int) error {
	if !(gain > 0 && gain <= math.MaxFloat64) {
		return fmt.Errorf("%s: gain %v: want a finite number above 0", name, gain)
	}
	if fan < 1 {
		return fmt.Errorf("%s: a fan of %d: want at least 1, see graph.Fan", name, fan)
	}
	return nil
}
