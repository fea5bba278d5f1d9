package train

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/safetensors"
	"anneal/internal/torchfile"
	"anneal/runs"
)

// Load reads weights into params, which must hold the model's parameters already (Compile and NewEvaluator create them). The file
// is a safetensors file, such as Save or PyTorch writes, a run's checkpoint, or a state dict by PyTorch's torch.save (.pt, .pth),
// of which no code is run. Numbers of any floating type are converted to that of params. The file must hold just these names in
// these shapes: the error lists all that are missing, extra or different, and then nothing has been changed. So it is with a file
// whose checksum is not right.
func Load(path string, params *graph.Params) error {
	_, err := LoadPart(path, params, nil, nil)
	return err
}

// LoadModel reads weights as Load does into new parameters of type float32, those of model for samples of this shape: C, H, W. The
// error is Load's, or the model's if it cannot take such samples.
func LoadModel(path string, model graph.Model, shape [3]int) (*graph.Params, error) {
	params := graph.NewParams(0, tensor.Float32)
	if _, err := graph.Compile(model, params, graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, shape[0], shape[1], shape[2]}}); err != nil {
		return nil, fmt.Errorf("train: the model on a sample of shape %v: %w", shape, err)
	}
	if err := Load(path, params); err != nil {
		return nil, err
	}
	return params, nil
}

// LoadPart is Load for a model that is not quite the file's. only and anew are patterns as in solvers.Group. Unless only is empty,
// it loads no more than the parameters that match one of it, and the file may hold others. Those that match one of anew it leaves
// as they are, whatever the file has for them. A pattern that matches no name is an error.
func LoadPart(path string, params *graph.Params, only, anew []string) (*runs.Loaded, error) {
	f, _, err := readWeights(path)
	if err != nil {
		return nil, fmt.Errorf("train: load: %w", err)
	}
	loaded, err := fit(f, params, only, anew)
	if err != nil {
		return nil, fmt.Errorf("train: load: %s %w", path, err)
	}
	loaded.File = path
	return loaded, nil
}

// fit puts the tensors of f into params, as LoadPart says.
func fit(f *safetensors.File, params *graph.Params, only, anew []string) (*runs.Loaded, error) {
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
		assign, err := decode(t, p)
		if err != nil {
			wrong = append(wrong, err.Error())
		}
		set = append(set, assign)
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
		if slices.ContainsFunc(f.Tensors, func(t safetensors.Tensor) bool { return strings.HasPrefix(t.Name, "module.") }) {
			wrong = append([]string{`its names begin with "module.", as nn.DataParallel has them: save model.module.state_dict()`}, wrong...)
		}
		return nil, fmt.Errorf("does not fit the model: %s", strings.Join(wrong, "; "))
	}
	for _, assign := range set {
		assign()
	}
	return result, nil
}

// readWeights reads a file in either format.
func readWeights(path string) (f *safetensors.File, format string, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	if isTorch(path, content) {
		format = "PyTorch"
		f, err = torchfile.Parse(content)
	} else {
		format = "safetensors"
		f, err = safetensors.Parse(content)
	}
	if err == nil {
		err = missesChecksum(f)
	}
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	return f, format, nil
}

// missesChecksum is an error if f is a file of ours without the checksum that it must have had.
func missesChecksum(f *safetensors.File) error {
	_, config := f.Metadata[configKey]
	_, progress := f.Metadata[progressKey]
	if _, ok := f.Metadata[safetensors.ChecksumKey]; !ok && (config || progress) {
		return errors.New("its checksum is missing: the file is damaged")
	}
	return nil
}

// isTorch reports whether a file is one of torch.save: a zip archive, or so named.
func isTorch(path string, content []byte) bool {
	return bytes.HasPrefix(content, []byte("PK\x03\x04")) || slices.Contains([]string{".pt", ".pth"}, filepath.Ext(path))
}

// matches reports whether name matches one of the patterns.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, _ := path.Match(pattern, name) // unmatched finds the bad ones
		return ok
	})
}

// unmatched says which patterns match no parameter.
func unmatched(params *graph.Params, patterns []string) (wrong []string) {
	for _, pattern := range patterns {
		if !slices.ContainsFunc(params.All(), func(p *graph.Param) bool { return matches([]string{pattern}, p.Name()) }) {
			var names []string
			for _, p := range params.All() {
				names = append(names, p.Name())
			}
			wrong = append(wrong, fmt.Sprintf("no parameter matches %q; there are %s", pattern, strings.Join(names, ", ")))
		}
	}
	return wrong
}
