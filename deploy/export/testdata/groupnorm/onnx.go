package groupnorm

import "anneal/graph"

// onnx writes GroupNorm as InstanceNormalization of the groups, which ONNX has from its beginnings.
func onnx(c, groups int) func(to graph.ONNX, in []string) (string, error) {
	return func(to graph.ONNX, in []string) (string, error) {
		ones, zeros := make([]float32, groups), make([]float32, groups)
		for i := range ones {
			ones[i] = 1
		}
		shape, err := to.Shape()
		if err != nil {
			return "", err
		}
		h := to.Node("Reshape", []string{in[0], to.Ints(0, groups, -1)})
		eps := graph.Attribute{Name: "epsilon", Value: float32(1e-5)}
		standard := []string{h, to.Floats([]int{groups}, ones), to.Floats([]int{groups}, zeros)}
		h = to.Node("InstanceNormalization", standard, eps)
		h = to.Node("Reshape", []string{h, to.Ints(shape...)})
		channels := to.Ints(c, 1, 1)
		h = to.Node("Mul", []string{h, to.Node("Reshape", []string{in[1], channels})})
		return to.Node("Add", []string{h, to.Node("Reshape", []string{in[2], channels})}), nil
	}
}
