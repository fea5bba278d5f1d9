package predict

import (
	"fmt"

	"anneal/graph"
	"anneal/weights"
)

// Load returns a Predictor of model with the weights in a file, prepared for what the file says they were trained on:
// the shape of samples, how pixels are normalised, the classes' names, whether pictures are of digits, a table's
// columns and what a regression predicts. Files that package train writes say so. It is an error if the file does not:
// New takes it as Options, and weights.Load the weights.
func Load(path string, model graph.Model) (*Predictor, error) {
	file, err := weights.Inspect(path)
	if err != nil {
		return nil, err
	}
	if file.Data == nil {
		return nil, fmt.Errorf("predict: %s does not say what its network was trained on: use New with Options for it", path)
	}
	params, err := weights.LoadModelShape(path, model, file.Data.NetworkShape())
	if err != nil {
		return nil, err
	}
	o := OptionsOf(*file.Data)
	if file.Record != nil {
		o.Task = TaskOf(file.Record.Loss)
	}
	return New(model, params, o)
}
