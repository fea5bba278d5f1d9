package export

import (
	"fmt"
	"slices"

	"anneal/graph"
)

// layerForm is the graph.ONNX that one layer is written to. Its results have temporary names until finish.
type layerForm struct {
	*encoder
	at    int    // the layer's place
	name  string // the layer's
	nodes []node
}

var _ graph.ONNX = new(layerForm)

// Node implements graph.ONNX.
func (f *layerForm) Node(operator string, in []string, attributes ...graph.Attribute) string {
	return f.Nodes(operator, 1, in, attributes...)[0]
}

// Nodes implements graph.ONNX.
func (f *layerForm) Nodes(operator string, results int, in []string, attributes ...graph.Attribute) []string {
	n := node{op: operator, inputs: slices.Clone(in), attributes: attributes}
	for i := range results {
		n.outputs = append(n.outputs, fmt.Sprintf("\x00%d %d", len(f.nodes), i)) // a name that no layer has
	}
	for _, name := range in {
		used := func(t initializer) bool { return t.name == name }
		if t, constant := f.known[name]; constant && !slices.ContainsFunc(f.tensors, used) {
			f.tensors = append(f.tensors, t)
		}
	}
	f.nodes = append(f.nodes, n)
	return n.outputs
}

// Floats implements graph.ONNX.
func (f *layerForm) Floats(shape []int, values []float32) string { return f.Tensor("", shape, values) }

// Tensor implements graph.ONNX.
func (f *layerForm) Tensor(name string, shape []int, values []float32) string {
	if _, taken := f.known[name]; name == "" || taken {
		name = f.unique(name, "constant")
	}
	f.taken[name] = true
	f.known[name] = initializer{name: name, shape: shape, data: values}
	return name
}

// Ints implements graph.ONNX.
func (f *layerForm) Ints(values ...int) string {
	name := f.unique("", "numbers")
	f.known[name] = initializer{name: name, shape: []int{len(values)}, indexes: values}
	return name
}

// Values implements graph.ONNX.
func (f *layerForm) Values(name string) (values []float32, shape []int, ok bool) {
	t, ok := f.known[name]
	return t.data, t.shape, ok
}

// Shape implements graph.ONNX. It compares the layers of batches of one and of two.
func (f *layerForm) Shape() ([]int, error) {
	l := f.layers[f.at]
	twice, err := f.twice()
	if err != nil {
		return nil, err
	}
	shape := slices.Clone([]int(l.Shape))
	varying := 0
	for i, n := range twice[f.at].Shape {
		if n != shape[i] {
			shape[i] = -1
			varying++
		}
	}
	if varying > 1 {
		return nil, fmt.Errorf("layer %s to %v: several sizes depend on the batch size", l.Kind, l.Shape)
	}
	return shape, nil
}

// finish names the nodes and their results: the one whose result is the layer's after the layer, the others after their
// operators. The last layer's result are the logits, if it is the model's own result.
func (f *layerForm) finish(result string) {
	last := f.at == len(f.layers)-1 && slices.Contains(f.layers[f.at].Outputs, "")
	if len(f.nodes) == 0 || !slices.Contains(f.nodes[len(f.nodes)-1].outputs, result) {
		if !last {
			f.values[f.at] = result
		} else {
			result = f.Node("Identity", []string{result})
		}
	}
	names := make(map[string]string)
	for _, n := range f.nodes {
		for i, in := range n.inputs {
			if name, ok := names[in]; ok {
				n.inputs[i] = name
			}
		}
		base := ""
		if slices.Contains(n.outputs, result) {
			base = f.name
		}
		n.name = f.unique(base, n.op)
		for i, out := range n.outputs {
			switch {
			case out == result && last:
				names[out] = Logits
			case i == 0:
				names[out] = n.name
			default:
				names[out] = f.unique(fmt.Sprint(n.name, "_", i), "")
			}
			n.outputs[i] = names[out]
		}
		f.encoder.nodes = append(f.encoder.nodes, n)
	}
	if name, ok := names[result]; ok {
		f.values[f.at] = name
	}
}
