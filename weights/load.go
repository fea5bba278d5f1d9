package weights

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/printable"
	"anneal/internal/safetensors"
	"anneal/runs"
)

// Load reads weights into params, which must hold the model's parameters already; graph.Compile creates them. The file
// is a safetensors file, such as Save or PyTorch writes, a run's checkpoint, or a file by torch.save of any version of
// PyTorch, of which Load runs no code. Its name does not matter.
//
// Load takes what PyTorch's strict load_state_dict takes: just these names in these shapes, in any order and type of
// number, which it converts. A BatchNorm's num_batches_tracked may be missing where the file names no version of the
// layer, and may be of shape [1]. Complex numbers, and numbers that params cannot hold, are an error. The error lists
// all names that are missing, extra or different. After an error, such as a checksum that is not right, params are as
// they were.
//
// A file of torch.save may hold the weights in another dict, such as a checkpoint's "state_dict". Load takes the one
// dict that fits. Of several, a path such as "checkpoint.pt#ema" names one. Names may begin with those of a wrapper,
// such as "module." or "_orig_mod.", or with one prefix of the program's own, such as "model.".
func Load(path string, params *graph.Params) error {
	_, err := LoadPart(path, params, nil, nil)
	return err
}

// MaxSample is the most memory, in bytes, that LoadModel lets one sample take with what the model computes of it. The
// shape of samples often comes from the file, where a few digits could ask for any amount.
const MaxSample = 1 << 30

// minBytes is how much more than the file's the parameters of a model may take, so that an error lists which of them
// the file lacks.
const minBytes = 64 << 20

// LoadModel reads weights as Load does and returns them as new parameters of type float32, those of model for samples
// of this shape: C, H, W. The error is Load's, or the model's if it cannot take such samples, if a sample takes more
// than MaxSample, or if the parameters take far more than the file has.
func LoadModel(path string, model graph.Model, shape [3]int) (*graph.Params, error) {
	params, _, err := LoadModelPart(path, model, shape, nil, nil)
	return params, err
}

// LoadModelShape is LoadModel for samples that the model takes in any shape, such as runs.DataRecord.NetworkShape.
func LoadModelShape(path string, model graph.Model, shape []int) (*graph.Params, error) {
	params, _, err := LoadModelShapePart(path, model, shape, nil, nil)
	return params, err
}

// LoadModelPart is to LoadModel what LoadPart is to Load. Parameters that it leaves as they are have values by chance.
func LoadModelPart(
	path string, model graph.Model, shape [3]int, only, anew []string,
) (*graph.Params, *runs.Loaded, error) {
	return LoadModelShapePart(path, model, shape[:], only, anew)
}

// LoadModelShapePart is to LoadModelShape what LoadPart is to Load.
func LoadModelShapePart(
	path string, model graph.Model, shape []int, only, anew []string,
) (*graph.Params, *runs.Loaded, error) {
	c, err := read(path)
	if err != nil {
		return nil, nil, fmt.Errorf("weights: load: %w", err)
	}
	params := graph.NewParams(0, tensor.Float32)
	if len(only)+len(anew) == 0 { // else the model may have what the file lacks
		params.Limit(minBytes + 4*c.numbers())
	}
	config := graph.Config{Mode: graph.Eval, Shape: append(tensor.Shape{1}, shape...), MaxBytes: MaxSample}
	if _, err := graph.Compile(model, params, config); err != nil {
		return nil, nil, fmt.Errorf("weights: the model on a sample of shape %v: %w", shape, err)
	}
	loaded, err := c.load(path, params, only, anew)
	if err != nil {
		return nil, nil, err
	}
	return params, loaded, nil
}

// LoadPart loads weights as Load does, into a model that differs from the file's. only and anew are patterns for names,
// as path.Match takes them, such as "conv*". Unless only is empty, LoadPart loads only the parameters that match one of
// its patterns, and the file may hold others. It leaves those that match one of anew as they are, whatever the file has
// for them. A pattern that matches no name is an error.
func LoadPart(path string, params *graph.Params, only, anew []string) (*runs.Loaded, error) {
	c, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("weights: load: %w", err)
	}
	return c.load(path, params, only, anew)
}

// load copies what c holds into params, as LoadPart does.
func (c *content) load(path string, params *graph.Params, only, anew []string) (*runs.Loaded, error) {
	p, err := c.choose(params, only, anew)
	if err != nil {
		return nil, fmt.Errorf("weights: load: %s %w", path, printable.Error(err))
	}
	for _, set := range p.set {
		set()
	}
	return p.loaded, nil
}

// Restore copies the tensors of f into params as Load does, and ignores those that a checkpoint holds beyond the
// parameters.
func Restore(f *safetensors.File, params *graph.Params) error {
	p := state{tensors: f.Tensors}.plan(params, nil, nil)
	if len(p.wrong) > 0 {
		return printable.Error(fmt.Errorf("does not fit the model: %s", strings.Join(p.wrong, "; ")))
	}
	for _, set := range p.set {
		set()
	}
	return nil
}

// matches reports whether name matches one of the patterns.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, _ := path.Match(pattern, name) // unmatched finds the bad ones
		return ok
	})
}

// unmatched returns the text of an error for each pattern that matches no parameter.
func unmatched(params *graph.Params, patterns []string) (wrong []string) {
	var names []string
	for _, p := range params.All() {
		names = append(names, p.Name())
	}
	for _, pattern := range patterns {
		if !slices.ContainsFunc(names, func(name string) bool { return matches([]string{pattern}, name) }) {
			all := strings.Join(names, ", ")
			wrong = append(wrong, fmt.Sprintf("no parameter matches %q; there are %s", pattern, all))
		}
	}
	return wrong
}
