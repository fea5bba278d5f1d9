package weights

import (
	"fmt"
	"maps"

	"anneal/graph"
	"anneal/internal/atomicfile"
	"anneal/internal/safetensors"
	"anneal/runs"
)

// Save writes every parameter and buffer to a safetensors file. It replaces the file at path as a whole or not at all.
func Save(path string, params *graph.Params) error { return SaveWith(path, params, nil, nil) }

// SaveWith saves weights as Save does, in a file that also holds the settings of the run that its weights come from,
// unless record is nil, and other metadata. Inspect returns both.
func SaveWith(path string, params *graph.Params, record *runs.Record, metadata map[string]string) error {
	all := map[string]string{}
	maps.Copy(all, metadata)
	if record != nil {
		all[RecordKey] = record.JSON()
	}
	content, err := (&safetensors.File{Tensors: Tensors(params, ""), Metadata: all}).EncodeChecked()
	if err == nil {
		err = atomicfile.Write(path, content)
	}
	if err != nil {
		return fmt.Errorf("weights: save: %w", err)
	}
	return nil
}
