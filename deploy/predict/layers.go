package predict

import (
	"fmt"
	"slices"

	"anneal/graph"
)

// Layer is a layer of the network.
type Layer struct {
	Name       string // "" if it has none
	Kind       string // with its settings, such as "Conv2D 5x5"
	Shape      []int  // of its result for a sample
	Parameters int    // numbers that training moves
}

// Layers lists the layers, each after those whose results it takes, as an evaluation runs them. A layer that shares
// the parameters of an earlier one has none.
func (p *Predictor) Layers() ([]Layer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	drawn, err := graph.Describe(p.model, p.params, append([]int{1}, p.options.XShape...))
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	counted := make(map[*graph.Param]bool)
	var list []Layer
	for _, l := range drawn {
		one := Layer{Name: l.Name, Kind: l.String(), Shape: []int{}}
		if len(l.Shape) > 0 {
			one.Shape = slices.Clone(l.Shape[1:])
		}
		for _, param := range l.Params {
			if param.Trainable() && !counted[param] {
				one.Parameters += param.Value().Shape().TotalSize()
			}
			counted[param] = true
		}
		list = append(list, one)
	}
	return list, nil
}
