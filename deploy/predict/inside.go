package predict

import (
	"fmt"
	"slices"

	"anneal/graph"
	"anneal/weights"
)

// Activation is what a layer of the network computes for a sample.
type Activation struct {
	Name  string // of the layer, "" if it has none
	Kind  string // of the layer, with its settings, such as "Conv2D 5x5"
	Shape []int  // of Values
	Takes []int  // the places in the list of the layers whose results it takes; -1 stands for the sample
	// Normalises says that the layer is a normalization, such as BatchNorm. What comes before it is the result of the
	// first of Takes.
	Normalises bool
	Values     []float32 // the network's own memory
}

// normalisations lists the kinds of layers that normalise.
var normalisations = []string{"BatchNorm", "LayerNorm", "RMSNorm", "GroupNorm", "InstanceNorm"}

// Inside returns the network's answer for a sample, as Answer does, and shows what each layer computes, each after
// those that it takes. Layers that only arrange numbers anew, such as Flatten, are left out. see must not keep Values.
//
// The first call compiles a program of its own, which keeps all results and does not run two layers as one: its answer
// may differ from Answer's in the last digits.
func (p *Predictor) Inside(x []float32, see func([]Activation)) (a Prediction, err error) {
	defer guard(&err)
	if len(x) != p.options.size() {
		return a, fmt.Errorf("predict: got %d numbers, want %d for a network that takes %v",
			len(x), p.options.size(), p.options.XShape)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.inside == nil {
		if p.inside, err = graph.NewRunner(p.model, p.params, graph.Config{
			Mode: graph.Eval, Shape: append([]int{1}, p.options.XShape...), Keep: true, Direct: true,
			MaxBytes: weights.MaxSample,
		}); err != nil {
			return a, fmt.Errorf("predict: %w", err)
		}
	}
	program, err := p.inside.Run(x, nil)
	if err != nil {
		return a, fmt.Errorf("predict: %w", err)
	}
	answers := make([]Prediction, 1)
	if err := p.read(program, answers, 0, 1); err != nil {
		return a, fmt.Errorf("predict: %w", err)
	}
	kept := program.Kept()
	list := make([]Activation, len(kept))
	for i, k := range kept {
		list[i] = Activation{
			Name: k.Name, Kind: k.String(), Shape: slices.Clone(k.Shape[1:]), Takes: k.Inputs,
			Normalises: slices.Contains(normalisations, k.Kind), Values: narrow(k.Value().Data()),
		}
	}
	see(list)
	return answers[0], nil
}

// narrow returns a list of numbers as float32.
func narrow(list any) []float32 {
	wide, ok := list.([]float64)
	if !ok {
		return list.([]float32)
	}
	all := make([]float32, len(wide))
	for i, v := range wide {
		all[i] = float32(v)
	}
	return all
}
