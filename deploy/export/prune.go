package export

import (
	"cmp"
	"slices"
)

// prune leaves out the nodes whose results nothing uses, such as a layer's output where the model goes on with its
// state alone, and the constants that only they took.
func (e *encoder) prune() {
	used := make(map[string]bool)
	for _, l := range e.layers {
		for _, name := range l.Outputs {
			used[cmp.Or(name, Logits)] = true
		}
	}
	var kept []node
	for _, n := range slices.Backward(e.nodes) {
		if !slices.ContainsFunc(n.outputs, func(name string) bool { return used[name] }) {
			continue
		}
		kept = append(kept, n)
		for _, name := range n.inputs {
			used[name] = true
		}
	}
	slices.Reverse(kept)
	e.nodes = kept
	e.tensors = slices.DeleteFunc(e.tensors, func(t initializer) bool { return !used[t.name] })
}
