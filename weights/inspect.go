package weights

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"anneal/internal/safetensors"
	"anneal/runs"
)

// Inspection describes a file of weights.
type Inspection struct {
	Format   string            // "safetensors" or "PyTorch"
	Checksum string            // the SHA-256, verified; "" if the file has none
	Record   *runs.Record      // the decisive settings of the run that wrote it; nil if the file has none
	Data     *runs.DataRecord  // what its network was trained with; nil if the file does not say
	Progress *runs.Progress    // of that run; nil if the file is no checkpoint
	Metadata map[string]string // other
	Tensors  []TensorSummary
	State    []TensorSummary // of the solver
	EMA      []TensorSummary // the moving average of the parameters
	SWA      []TensorSummary // the equal average of the parameters
}

// TensorSummary describes one tensor of a file.
type TensorSummary struct {
	Name     string
	Type     string // as safetensors names it: F32, I64 and so on
	Shape    []int
	Norm     float64 // √Σx²
	Min, Max float64 // of the finite elements; 0 if there is none
	Wrong    int     // elements that are NaN or infinite
	Opaque   bool    // the elements are packed or complex: the file has them, and their numbers are not read
}

// Inspect describes a file of weights, of any kind that Load reads, without knowing the model. A damaged file is an
// error.
func Inspect(path string) (*Inspection, error) {
	c, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	result := &Inspection{
		Format: c.format, Checksum: c.metadata[safetensors.ChecksumKey], Metadata: map[string]string{},
	}
	for key, value := range c.metadata {
		switch key {
		case safetensors.ChecksumKey:
		case RecordKey:
			result.Record, err = runs.ParseRecord([]byte(value))
		case DataKey:
			result.Metadata[key] = value // a copy of the file is to have it, too
			err = json.Unmarshal([]byte(value), &result.Data)
		case ProgressKey:
			err = json.Unmarshal([]byte(value), &result.Progress)
		default:
			result.Metadata[key] = value
		}
		if err != nil {
			return nil, fmt.Errorf("weights: %s: %s: %w", path, key, err)
		}
	}
	if result.Record != nil && result.Data == nil {
		d := result.Record.Data()
		result.Data = &d
	}
	for _, t := range c.tensors() {
		s, err := summarise(t)
		if err != nil {
			return nil, fmt.Errorf("weights: %s: %w", path, err)
		}
		switch {
		case strings.HasPrefix(t.Name, EMAPrefix):
			result.EMA = append(result.EMA, s)
		case strings.HasPrefix(t.Name, SWAPrefix):
			result.SWA = append(result.SWA, s)
		case strings.HasPrefix(t.Name, ownPrefix):
			result.State = append(result.State, s)
		default:
			result.Tensors = append(result.Tensors, s)
		}
	}
	return result, nil
}

// tensors returns all tensors of c. The names of those in one of several dicts, or in an inner one, begin with its
// path.
func (c *content) tensors() (all []safetensors.Tensor) {
	for _, d := range c.dicts {
		for _, t := range d.tensors {
			if d.path != "" {
				t.Name = d.path + "#" + t.Name
			}
			all = append(all, t)
		}
	}
	return all
}

func summarise(t safetensors.Tensor) (TensorSummary, error) {
	s := TensorSummary{Name: t.Name, Type: string(t.DType), Shape: t.Shape, Opaque: !t.DType.Numeric()}
	if s.Opaque {
		return s, nil
	}
	s.Min, s.Max = math.Inf(1), math.Inf(-1)
	values, err := t.Float64s()
	if err != nil {
		return s, err
	}
	squares := 0.0
	for _, v := range values {
		squares += v * v
		if math.IsNaN(v) || math.IsInf(v, 0) {
			s.Wrong++
			continue
		}
		s.Min, s.Max = min(s.Min, v), max(s.Max, v)
	}
	if s.Wrong == len(values) {
		s.Min, s.Max = 0, 0
	}
	s.Norm = math.Sqrt(squares)
	return s, nil
}
