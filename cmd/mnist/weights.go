package main

import (
	"fmt"

	"anneal/graph"
	"anneal/runs"
	"anneal/weights"
)

// weightsFlags name a trained model.
type weightsFlags struct {
	Init  string    `required:"" placeholder:"FILE" help:"${weights}"`
	Model modelFlag `placeholder:"NAME" help:"${whose}"`
}

// identify sets Model from the file, unless the flag is given. It returns what the file says about the data that the
// model was trained on, or MNIST's description if the file says nothing.
func (w *weightsFlags) identify() (runs.DataRecord, error) {
	about := runs.DataRecord{Shape: [3]int{1, 28, 28}, Mean: 0.1307, Std: 0.3081}
	file, err := weights.Inspect(w.Init)
	if err != nil {
		return about, err
	}
	name := ""
	if file.Record != nil {
		about, name = file.Record.Test, file.Record.Model
	}
	if w.Model.draw != nil {
		return about, nil
	}
	if name == "" {
		return about, fmt.Errorf("%s does not say which network its weights belong to: give it with --model", w.Init)
	}
	if err := w.Model.UnmarshalText([]byte(name)); err != nil {
		return about, fmt.Errorf("%s: %w; give the network with --model", w.Init, err)
	}
	return about, nil
}

// load reads the weights.
func (w *weightsFlags) load() (*graph.Params, runs.DataRecord, error) {
	about, err := w.identify()
	if err != nil {
		return nil, about, err
	}
	params, err := weights.LoadModel(w.Init, w.Model.draw, about.Shape)
	return params, about, err
}
