package graph

import (
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"
)

// Fan counts the connections of a weight: In is the number of inputs that each output sums, Out the number of outputs
// that each input reaches. A linear weight [out, in] has In = in and Out = out; a convolution's [out, in/groups, kh,
// kw] has In = in/groups·kh·kw and Out = out·kh·kw. A bias has its weight's In and Out.
type Fan struct {
	In, Out int
	Shape   tensor.Shape // of the parameter; Builder.Param sets it
	err     *error
}

// Fail makes the parameter an error of the model that draws it. An Init that cannot fill a tensor of this shape, or has
// a setting out of range, returns its result.
func (f Fan) Fail(err error) (sample func() float64) {
	if f.err == nil {
		panic(err) // no Builder.Param called the Init
	}
	*f.err = err
	return func() float64 { return 0 }
}

// Init returns the function that samples the values of a new parameter, one per call, in row-major order. Whole makes
// an Init of a function that sets all of them.
type Init func(rng *rand.Rand, fan Fan) (sample func() float64)

// DefaultInit samples uniformly from ±1/√fan.In, as PyTorch's Linear and Conv2d do for weights and biases
// (kaiming_uniform with a = √5, which is the same).
func DefaultInit(rng *rand.Rand, fan Fan) func() float64 {
	return uniform(rng, 1/math.Sqrt(float64(fan.In)))
}

// KaimingUniform samples uniformly from ±√(6/fan.In). He et al., Delving Deep into Rectifiers, 2015,
// arXiv:1502.01852, eq. 10: the variance 2/fan.In keeps activations steady through ReLUs.
func KaimingUniform(rng *rand.Rand, fan Fan) func() float64 {
	return uniform(rng, math.Sqrt(6/float64(fan.In)))
}

// KaimingNormal samples from the normal distribution with mean 0 and variance 2/fan.In; see KaimingUniform.
func KaimingNormal(rng *rand.Rand, fan Fan) func() float64 {
	return normal(rng, math.Sqrt(2/float64(fan.In)))
}

// XavierUniform samples uniformly from ±√(6/(fan.In+fan.Out)). Glorot and Bengio, Understanding the difficulty of
// training deep feedforward neural networks, 2010, eq. 16.
func XavierUniform(rng *rand.Rand, fan Fan) func() float64 {
	return uniform(rng, math.Sqrt(6/float64(fan.In+fan.Out)))
}

// XavierNormal samples from the normal distribution with mean 0 and variance 2/(fan.In+fan.Out): eq. 12 of the paper
// that XavierUniform names.
func XavierNormal(rng *rand.Rand, fan Fan) func() float64 {
	return normal(rng, math.Sqrt(2/float64(fan.In+fan.Out)))
}

// Constant gives every element the value v.
func Constant(v float64) Init {
	return func(*rand.Rand, Fan) func() float64 {
		return func() float64 { return v }
	}
}

func uniform(rng *rand.Rand, bound float64) func() float64 {
	return func() float64 { return bound * (2*rng.Float64() - 1) }
}

func normal(rng *rand.Rand, std float64) func() float64 {
	return func() float64 { return std * rng.NormFloat64() }
}
