package graph

import (
	"fmt"
	"math"

	"anneal/internal/kernels/activation"
)

// Sigmoid draws 1/(1 + exp(−x)) for x of any shape. It is PyTorch's Sigmoid.
func (b *Builder) Sigmoid(x *Node) *Node {
	return b.activation("Sigmoid", x, activation.ToSigmoid[float32], activation.ToSigmoid[float64],
		activationForm{reads: []int{Result}, onnx: Operator("Sigmoid")})
}

// Tanh draws the hyperbolic tangent of x, of any shape. It is PyTorch's Tanh.
func (b *Builder) Tanh(x *Node) *Node {
	return b.activation("Tanh", x, activation.ToTanh[float32], activation.ToTanh[float64],
		activationForm{reads: []int{Result}, onnx: Operator("Tanh")})
}

// GELU draws x·Φ(x) for x of any shape, where Φ(x) = (1 + erf(x/√2))/2. It is PyTorch's GELU.
//
// Hendrycks and Gimpel, 2016, arXiv:1606.08415.
func (b *Builder) GELU(x *Node) *Node {
	return b.activation("GELU", x, activation.ToGELU[float32], activation.ToGELU[float64],
		activationForm{onnx: geluONNX})
}

// GELUTanh draws x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2 for x of any shape, which is close to GELU. It is PyTorch's
// GELU(approximate="tanh").
func (b *Builder) GELUTanh(x *Node) *Node {
	return b.activation("GELUTanh", x, activation.ToGELUTanh[float32], activation.ToGELUTanh[float64],
		activationForm{onnx: geluTanhONNX})
}

// SiLU draws x·sigmoid(x) for x of any shape. It is PyTorch's SiLU, also known as Swish.
//
// Ramachandran et al., Searching for Activation Functions, 2017, arXiv:1710.05941.
func (b *Builder) SiLU(x *Node) *Node {
	return b.activation("SiLU", x, activation.ToSiLU[float32], activation.ToSiLU[float64],
		activationForm{onnx: func(to ONNX, in []string) (string, error) {
			return to.Node("Mul", []string{in[0], to.Node("Sigmoid", in)}), nil
		}})
}

// Mish draws x·tanh(log(1 + exp(x))) for x of any shape. It is PyTorch's Mish.
//
// Misra, 2019, arXiv:1908.08681.
func (b *Builder) Mish(x *Node) *Node {
	return b.activation("Mish", x, activation.Mish[float32], activation.Mish[float64],
		activationForm{onnx: func(to ONNX, in []string) (string, error) {
			return to.Node("Mul", []string{in[0], to.Node("Tanh", []string{to.Node("Softplus", in)})}), nil
		}})
}

// Hardswish draws x·min(max(x + 3, 0), 6)/6 for x of any shape. It is PyTorch's Hardswish.
//
// Howard et al., Searching for MobileNetV3, 2019, arXiv:1905.02244, section 5.2.
func (b *Builder) Hardswish(x *Node) *Node {
	return b.activation("Hardswish", x, activation.Hardswish[float32], activation.Hardswish[float64],
		activationForm{reads: []int{0}, onnx: Operator("HardSwish")})
}

// Hardsigmoid draws min(max(x + 3, 0), 6)/6 for x of any shape. It is PyTorch's Hardsigmoid.
func (b *Builder) Hardsigmoid(x *Node) *Node {
	return b.activation("Hardsigmoid", x, activation.Hardsigmoid[float32], activation.Hardsigmoid[float64],
		activationForm{onnx: Operator("HardSigmoid", Attribute{"alpha", float32(1) / 6}, Attribute{"beta", float32(0.5)})})
}

// SELU draws 1.0507·x where x > 0, and 1.0507·1.6733·(exp(x) − 1) elsewhere, for x of any shape. It is PyTorch's SELU.
//
// Klambauer et al., Self-Normalizing Neural Networks, 2017, arXiv:1706.02515.
func (b *Builder) SELU(x *Node) *Node {
	return b.activation("SELU", x, activation.SELU[float32], activation.SELU[float64],
		activationForm{onnx: Operator("Selu")})
}

// LeakyReLU draws x where x > 0, and slope·x elsewhere, for x of any shape. It is PyTorch's LeakyReLU, whose default
// slope is 0.01.
//
// Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013.
func (b *Builder) LeakyReLU(x *Node, slope float64) *Node {
	return b.activation("LeakyReLU", x,
		func() activation.Function[float32] { return activation.LeakyReLU[float32](slope) },
		func() activation.Function[float64] { return activation.LeakyReLU[float64](slope) },
		activationForm{
			settings: []Setting{{"slope", slope, 0.01}},
			onnx:     Operator("LeakyRelu", Attribute{"alpha", float32(slope)}),
		})
}

// ELU draws x where x > 0, and alpha·(exp(x) − 1) elsewhere, for x of any shape. It is PyTorch's ELU, whose default
// alpha is 1.
//
// Clevert et al., 2015, arXiv:1511.07289.
func (b *Builder) ELU(x *Node, alpha float64) *Node {
	return b.activation("ELU", x,
		func() activation.Function[float32] { return activation.ELU[float32](alpha) },
		func() activation.Function[float64] { return activation.ELU[float64](alpha) },
		activationForm{
			settings: []Setting{{"alpha", alpha, 1.0}},
			onnx:     Operator("Elu", Attribute{"alpha", float32(alpha)}),
		})
}

// Softplus draws log(1 + exp(beta·x))/beta, and x where beta·x > threshold, for x of any shape; beta is above 0. It is
// PyTorch's Softplus, whose defaults are beta 1 and threshold 20.
func (b *Builder) Softplus(x *Node, beta, threshold float64) *Node {
	if !(beta > 0) || math.IsInf(beta, 0) {
		return b.Fail(fmt.Errorf("graph: Softplus: beta %v: want a number greater than 0", beta))
	}
	return b.activation("Softplus", x,
		func() activation.Function[float32] { return activation.Softplus[float32](beta, threshold) },
		func() activation.Function[float64] { return activation.Softplus[float64](beta, threshold) },
		activationForm{
			settings: []Setting{{"beta", beta, 1.0}, {"threshold", threshold, 20.0}},
			onnx:     softplusONNX(beta, threshold),
		})
}
