package export

import (
	"fmt"
	"strings"

	"anneal/graph"
	"anneal/internal/plural"
)

// encoder converts the layers of a model into an ONNX graph.
type encoder struct {
	layers  []graph.Layer
	pairs   []graph.Layer // the same layers for a batch of two, if there is a Reshape
	norms   map[int]int   // from a Conv2D or Linear to the BatchNorm that becomes part of it, both as indexes of layers
	sources map[int]int   // the reverse
	values  []string      // the names of the layers' results
	taken   map[string]bool
	nodes   []node
	tensors []initializer
}

func newEncoder(layers []graph.Layer) *encoder {
	e := &encoder{
		layers: layers, norms: make(map[int]int), sources: make(map[int]int),
		values: make([]string, len(layers)), taken: map[string]bool{Input: true, Logits: true},
	}
	for _, l := range layers {
		for _, t := range []string{".weight", ".bias", ".running_mean", ".running_var"} {
			e.taken[l.Name+t] = true
		}
	}
	return e
}

// encode adds layer number at to the graph. A layer that a BatchNorm becomes part of is added with that BatchNorm.
func (e *encoder) encode(at int) error {
	if _, later := e.norms[at]; later {
		return nil
	}
	l := e.layers[at]
	tensors := constants(l)
	if source, ok := e.sources[at]; ok {
		eps, norm := l.Eps, tensors
		l = e.layers[source]
		tensors = foldNorm(l.Name, constants(l), norm, eps)
	}
	op, attributes, err := operator(l)
	if err != nil {
		return err
	}
	n := node{op: op, name: e.unique(l.Name, op), attributes: attributes}
	for _, from := range l.Inputs {
		if from < 0 {
			n.inputs = append(n.inputs, Input)
		} else {
			n.inputs = append(n.inputs, e.values[from])
		}
	}
	for _, t := range tensors {
		n.inputs = append(n.inputs, t.name)
	}
	indexes, err := e.indexes(at)
	if err != nil {
		return err
	}
	for _, values := range indexes {
		n.inputs = append(n.inputs, e.numbers(values))
	}
	n.output = n.name
	if at == len(e.layers)-1 {
		n.output = Logits
	}
	e.values[at] = n.output
	e.nodes = append(e.nodes, n)
	e.tensors = append(e.tensors, tensors...)
	return nil
}

// unique returns a name for a layer and its result that nothing else in the graph has: conv1, relu, relu_2.
func (e *encoder) unique(base, op string) string {
	if base == "" {
		base = strings.ToLower(op)
	}
	name := base
	for i := 2; e.taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	e.taken[name] = true
	return name
}

// stock maps Gorgonia's names of its own ops to those of ONNX, with the number of layers that they take.
var stock = map[string]struct {
	op     string
	inputs int
}{
	"+ false": {"Add", 2},
	"sigmoid": {"Sigmoid", 1},
	"tanh":    {"Tanh", 1},
}

// operator returns the ONNX operator of a layer.
func operator(l graph.Layer) (string, []attribute, error) {
	if l.Stock {
		s, ok := stock[l.Kind]
		switch {
		case !ok:
			const all = "graph's layers, or Add, Sigmoid, Tanh"
			return "", nil, fmt.Errorf("op %q of Gorgonia has no ONNX form here: want %s", l.Kind, all)
		case len(l.Inputs) != s.inputs || len(l.Params) > 0:
			return "", nil, fmt.Errorf("op %q of Gorgonia on a parameter: want %s",
				l.Kind, plural.Of(s.inputs, "layer"))
		}
		return s.op, nil, nil
	}
	if len(l.Inputs) != 1 {
		return "", nil, fmt.Errorf("layer %s %s on a parameter: want a layer or the input", l.Kind, l.Name)
	}
	kernel := attribute{"kernel_shape", l.Kernel[:]}
	strides := attribute{"strides", l.Stride[:]}
	pads := attribute{"pads", append(l.Padding[:], l.Padding[:]...)} // before each axis, then after
	switch l.Kind {
	case "Conv2D":
		return "Conv", []attribute{{"dilations", l.Dilation[:]}, {"group", l.Groups}, kernel, pads, strides}, nil
	case "Linear":
		return "Gemm", []attribute{{"transB", 1}}, nil
	case "BatchNorm":
		return "BatchNormalization", []attribute{{"epsilon", float32(l.Eps)}}, nil
	case "ReLU":
		return "Relu", nil, nil
	case "MaxPool2D":
		return "MaxPool", []attribute{kernel, pads, strides}, nil
	case "AvgPool2D":
		return "AveragePool", []attribute{{"count_include_pad", 1}, kernel, pads, strides}, nil
	case "GlobalAvgPool2D":
		return "GlobalAveragePool", nil, nil
	case "Flatten":
		return "Flatten", nil, nil // its default axis is 1
	case "Reshape", "Slice":
		return l.Kind, nil, nil
	case "Transpose":
		return "Transpose", []attribute{{"perm", l.Axes}}, nil
	case "SoftMax":
		return "Softmax", []attribute{{"axis", l.Axes[0]}}, nil
	case "Max":
		return "ReduceMax", []attribute{{"axes", l.Axes}, {"keepdims", 0}}, nil
	case "LogSoftMax":
		return "LogSoftmax", []attribute{{"axis", l.Axes[0]}}, nil
	}
	return "", nil, fmt.Errorf("layer %s %s has no ONNX form here", l.Kind, l.Name)
}
