package export

import (
	"fmt"

	"anneal/graph"
)

// sizes returns the shape that ONNX's Reshape takes for layer number at: the sizes of its result, and −1 for the one
// that depends on the batch size. It compares the layers of batches of one and of two.
func (e *encoder) sizes(at int) ([]int, error) {
	l := e.layers[at]
	shape := append([]int(nil), l.Shape...)
	varying := 0
	for i, n := range e.pairs[at].Shape {
		if n != shape[i] {
			shape[i] = -1
			varying++
		}
	}
	if varying > 1 {
		return nil, fmt.Errorf("layer Reshape to %v: several sizes depend on the batch size", l.Shape)
	}
	return shape, nil
}

// indexes returns the lists of numbers that the ONNX operator of layer number at takes after its input.
func (e *encoder) indexes(at int) ([][]int, error) {
	switch l := e.layers[at]; l.Kind {
	case "Reshape":
		shape, err := e.sizes(at)
		return [][]int{shape}, err
	case "Slice":
		if l.Axes[0] == 0 {
			return nil, fmt.Errorf("layer Slice from %d to %d of the batch has no ONNX form here", l.From, l.To)
		}
		return [][]int{{l.From}, {l.To}, l.Axes}, nil
	}
	return nil, nil
}

// numbers adds a constant to the graph and returns its name.
func (e *encoder) numbers(values []int) string {
	name := e.unique("", "numbers")
	e.tensors = append(e.tensors, initializer{name: name, shape: []int{len(values)}, indexes: values})
	return name
}

// reshapes reports whether a layer's result may depend on the batch size in another axis than the first.
func reshapes(layers []graph.Layer) bool {
	for _, l := range layers {
		if l.Kind == "Reshape" {
			return true
		}
	}
	return false
}
