package weights

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/safetensors"
	"anneal/runs"
)

// Load reads weights into params, which must hold the model's parameters already; graph.Compile creates them. The file
// is a safetensors file, such as Save or PyTorch writes, a run's checkpoint, or a state dict by PyTorch's torch.save
// (.pt, .pth), of which Load runs no code. Load converts floating numbers of any type to that of params.
//
// The file must hold just these names in these shapes: the error lists all that are missing, extra or different. After
// an error, such as a checksum that is not right, params are as they were.
func Load(path string, params *graph.Params) error {
	_, err := LoadPart(path, params, nil, nil)
	return err
}

// LoadModel reads weights as Load does and returns them as new parameters of type float32, those of model for samples
// of this shape: C, H, W. The error is Load's, or the model's if it cannot take such samples.
func LoadModel(path string, model graph.Model, shape [3]int) (*graph.Params, error) {
	params := graph.NewParams(0, tensor.Float32)
	config := graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, shape[0], shape[1], shape[2]}}
	if _, err := graph.Compile(model, params, config); err != nil {
		return nil, fmt.Errorf("weights: the model on a sample of shape %v: %w", shape, err)
	}
	if err := Load(path, params); err != nil {
		return nil, err
	}
	return params, nil
}

// LoadPart loads weights as Load does, into a model that differs from the file's. only and anew are patterns for names,
// as path.Match takes them, such as "conv*". Unless only is empty, LoadPart loads only the parameters that match one of
// its patterns, and the file may hold others. It leaves those that match one of anew as they are, whatever the file has
// for them. A pattern that matches no name is an error.
func LoadPart(path string, params *graph.Params, only, anew []string) (*runs.Loaded, error) {
	f, _, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("weights: load: %w", err)
	}
	loaded, err := assign(f, params, only, anew)
	if err != nil {
		return nil, fmt.Errorf("weights: load: %s %w", path, err)
	}
	loaded.File = path
	return loaded, nil
}

// Restore copies the tensors of f into params as Load does, and ignores those that a checkpoint holds beyond the
// parameters.
func Restore(f *safetensors.File, params *graph.Params) error {
	_, err := assign(f, params, nil, nil)
	return err
}

// assign copies the tensors of f into params, as LoadPart says.
func assign(f *safetensors.File, params *graph.Params, only, anew []string) (*runs.Loaded, error) {
	result := &runs.Loaded{}
	wrong := unmatched(params, slices.Concat(only, anew))
	var set []func()
	for _, p := range params.All() {
		switch {
		case matches(anew, p.Name()):
			result.Anew = append(result.Anew, p.Name())
			continue
		case len(only) > 0 && !matches(only, p.Name()):
			result.Left = append(result.Left, p.Name())
			continue
		}
		result.Taken = append(result.Taken, p.Name())
		t, ok := f.Lookup(p.Name())
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s %v is missing", p.Name(), fileShape(p)))
			continue
		}
		apply, err := decode(t, p)
		if err != nil {
			wrong = append(wrong, err.Error())
		}
		set = append(set, apply)
	}
	for _, t := range f.Tensors {
		if params.Lookup(t.Name) != nil || strings.HasPrefix(t.Name, ownPrefix) {
			continue
		}
		if len(only) > 0 && !matches(only, t.Name) || matches(anew, t.Name) {
			result.Unused = append(result.Unused, t.Name)
		} else {
			wrong = append(wrong, fmt.Sprintf("%s %v is not in the model", t.Name, t.Shape))
		}
	}
	if len(wrong) > 0 {
		if len(Part(f, "module.").Tensors) > 0 {
			wrong = append([]string{`its names begin with "module.", as nn.DataParallel has them: ` +
				"save model.module.state_dict()"}, wrong...)
		}
		return nil, fmt.Errorf("does not fit the model: %s", strings.Join(wrong, "; "))
	}
	for _, apply := range set {
		apply()
	}
	return result, nil
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
