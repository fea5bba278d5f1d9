package export

import (
	"slices"

	"anneal/graph"
	"anneal/internal/wire"
)

// inputKind is the Kind of the layers that stand for inputs beside x.
const inputKind = "Input"

// ends returns the graph's inputs: x, unless no layer takes it, and the others by their names. It returns its outputs:
// the model's own result, and the others by theirs. It adds the nodes that give a result another name.
func (e *encoder) ends(sample []int) (inputs, outputs []wire.Message) {
	if slices.ContainsFunc(e.layers, func(l graph.Layer) bool { return slices.Contains(l.Inputs, -1) }) {
		inputs = append(inputs, valueInfo(Input, floatType, batchOf(sample)...))
	}
	for at, l := range e.layers {
		if l.Kind == inputKind {
			kind := floatType
			if l.Integers {
				kind = int32Type
			}
			inputs = append(inputs, valueInfo(l.Name, kind, batchOf(l.Shape[1:])...))
		}
		for _, name := range l.Outputs {
			if name == "" {
				name = Logits
			}
			if e.values[at] != name {
				e.nodes = append(e.nodes, node{
					op: "Identity", name: e.unique("", "Identity"), inputs: []string{e.values[at]}, outputs: []string{name},
				})
			}
			outputs = append(outputs, valueInfo(name, floatType, batchOf(l.Shape[1:])...))
		}
	}
	return inputs, outputs
}
