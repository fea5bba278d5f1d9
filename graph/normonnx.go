package graph

import (
	"slices"

	"gorgonia.org/tensor"
)

type onnxForm = func(to ONNX, in []string) (string, error)

// layerNormONNX returns the ONNX form of normalization over axes of this shape, which come last: LayerNormalization of
// opset 17, or with RMS the formula.
func layerNormONNX(s sampleNorm, c sampleConfig, shape tensor.Shape) onnxForm {
	return func(to ONNX, in []string) (string, error) {
		if s.RMS {
			axes := make([]int, len(shape))
			for i := range axes {
				axes[i] = i - len(shape)
			}
			return scaleShiftONNX(to, rmsONNX(to, in[0], axes, c.eps), in[1:], nil), nil
		}
		if !c.affine {
			in = append(in, to.Floats(shape, ones(shape.TotalSize())))
		}
		return to.Node("LayerNormalization", in, Attribute{"axis", -len(shape)}, Attribute{"epsilon", float32(c.eps)}), nil
	}
}

// groupNormONNX returns the ONNX form of normalization of groups of channels: InstanceNormalization of groups that are
// laid out as channels, since GroupNormalization came in opset 18 and changed in 21.
func groupNormONNX(s sampleNorm, c sampleConfig) onnxForm {
	return func(to ONNX, in []string) (string, error) {
		shape, err := to.Shape()
		if err != nil {
			return "", err
		}
		each := make([]int, len(shape)-1) // gamma's and beta's shape
		for i := range each {
			each[i] = 1
		}
		each[0] = s.c
		if s.RMS {
			axes := make([]int, len(shape)-1)
			for i := range axes {
				axes[i] = i + 1
			}
			return scaleShiftONNX(to, rmsONNX(to, in[0], axes, c.eps), in[1:], each), nil
		}
		h := to.Node("Reshape", []string{in[0], to.Ints(0, s.groups, -1)})
		group := []int{s.groups}
		h = to.Node("InstanceNormalization",
			[]string{h, to.Floats(group, ones(s.groups)), to.Floats(group, make([]float32, s.groups))},
			Attribute{"epsilon", float32(c.eps)})
		back := slices.Clone(shape)
		if !slices.Contains(shape[1:], -1) {
			back[0] = -1
		}
		h = to.Node("Reshape", []string{h, to.Ints(back...)})
		return scaleShiftONNX(to, h, in[1:], each), nil
	}
}

// instanceNormONNX returns InstanceNorm's ONNX form.
func instanceNormONNX(s sampleNorm, c sampleConfig) onnxForm {
	return func(to ONNX, in []string) (string, error) {
		channels := []int{s.c}
		if !c.affine {
			in = append(in, to.Floats(channels, ones(s.c)))
		}
		if len(in) < 3 {
			in = append(in, to.Floats(channels, make([]float32, s.c)))
		}
		return to.Node("InstanceNormalization", in, Attribute{"epsilon", float32(c.eps)}), nil
	}
}

// batchONNX writes normalization by the statistics of the batch, and returns its name.
func (n *normLayer) batchONNX(to ONNX, in []string) string {
	axes, each := []int{0}, []int{n.shape[1]}
	for axis := 2; axis < len(n.shape); axis++ {
		axes, each = append(axes, axis), append(each, 1)
	}
	over := []Attribute{{"axes", axes}, {"keepdims", 1}}
	centred := to.Node("Sub", []string{in[0], to.Node("ReduceMean", in[:1], over...)})
	variance := to.Node("ReduceMean", []string{to.Node("Mul", []string{centred, centred})}, over...)
	h := to.Node("Div", []string{centred, deviationONNX(to, variance, n.eps)})
	return scaleShiftONNX(to, h, in[1:], each)
}

// deviationONNX writes √(variance + eps) and returns its name.
func deviationONNX(to ONNX, variance string, eps float64) string {
	return to.Node("Sqrt", []string{to.Node("Add", []string{variance, to.Floats([]int{1}, []float32{float32(eps)})})})
}

// rmsONNX writes x/√(mean(x²) + eps), with the mean over axes, and returns its name.
func rmsONNX(to ONNX, x string, axes []int, eps float64) string {
	squares := to.Node("Mul", []string{x, x})
	mean := to.Node("ReduceMean", []string{squares}, Attribute{"axes", axes}, Attribute{"keepdims", 1})
	return to.Node("Div", []string{x, deviationONNX(to, mean, eps)})
}

// scaleShiftONNX writes gamma·x + beta for the gamma and beta that there are, in this shape unless it is nil, and
// returns its name.
func scaleShiftONNX(to ONNX, x string, gammaBeta []string, shape []int) string {
	for i, v := range gammaBeta {
		if len(shape) > 1 {
			if values, _, ok := to.Values(v); ok {
				v = to.Floats(shape, values)
			} else {
				v = to.Node("Reshape", []string{v, to.Ints(shape...)})
			}
		}
		x = to.Node([]string{"Mul", "Add"}[i], []string{x, v})
	}
	return x
}

// ones returns n ones.
func ones(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = 1
	}
	return v
}
