package runs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"anneal/internal/atomicfile"
	"anneal/internal/bounded"
)

// Record is what config.json holds: everything that it takes to repeat a run, or to resume it.
type Record struct {
	Model    string        `json:"model"`
	Solver   string        `json:"solver"`
	Tuning   *TuningRecord `json:"tuning,omitempty"` // nil if all parameters are treated alike
	Schedule string        `json:"schedule"`
	Settings
	Init  *InitRecord `json:"init,omitempty"`
	Train DataRecord  `json:"train"` // without the validation samples
	Test  DataRecord  `json:"test"`
	// Validation is nil if there are no validation samples.
	Validation *DataRecord `json:"validation,omitempty"`

	About
	Notes    map[string]any    `json:"notes,omitempty"`
	Versions map[string]string `json:"versions,omitempty"` // of Go and of the modules and kernels that compute
}

// TuningRecord is a solvers.Tuning.
type TuningRecord struct {
	Groups     []string `json:"groups,omitempty"` // as solvers.ParseGroup reads them
	Freeze     []string `json:"freeze,omitempty"`
	LayerDecay float64  `json:"layer_decay,omitempty"`
	WeightOnly bool     `json:"no_decay_norm_bias,omitempty"`
	ClipValue  float64  `json:"clip_value,omitempty"`
	ClipNorm   float64  `json:"clip_norm,omitempty"`

	FreezeStats []string `json:"freeze_stats,omitempty"` // of BatchNorms
}

// InitRecord names the file that the parameters were loaded from.
type InitRecord struct {
	File   string   `json:"file"`
	SHA256 string   `json:"sha256"`
	Only   []string `json:"only,omitempty"`
	Reinit []string `json:"reinit,omitempty"`
}

// ReadRecord reads config.json in the folder of a run. A folder without one, and a damaged one, are errors.
func ReadRecord(dir string) (*Record, error) {
	path := filepath.Join(dir, ConfigFile)
	content, err := bounded.ReadFile(path, MaxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		if _, begun := os.Stat(filepath.Join(dir, MetricsFile)); begun == nil {
			return nil, fmt.Errorf("runs: %s: its run was killed before its first checkpoint: start it again in "+
				"another folder, or remove this one: %w", dir, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("runs: not the folder of a run: %w", err)
	}
	record, err := ParseRecord(content)
	if err != nil {
		return nil, fmt.Errorf("runs: %s: %w", path, err)
	}
	return record, nil
}

// ParseRecord reads a Record as JSON.
func ParseRecord(content []byte) (*Record, error) {
	r := new(Record)
	if err := json.Unmarshal(content, r); err != nil {
		return nil, fmt.Errorf("got %.40q, want the settings of a run as JSON: %w", content, err)
	}
	if r.Solver == "" || r.Schedule == "" || r.Epochs < 1 || r.Batch < 1 {
		return nil, errors.New("want the settings of a run: solver, schedule, epochs, batch and more")
	}
	return r, nil
}

// Write writes config.json into the folder of a run.
func (r *Record) Write(dir string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, ConfigFile), append(content, '\n'))
	}
	if err != nil {
		return fmt.Errorf("runs: %s: %w", ConfigFile, err)
	}
	return nil
}

// JSON returns r in one line. It panics if Notes holds what JSON cannot say.
func (r *Record) JSON() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic("runs: record: " + err.Error())
	}
	return string(b)
}

// Decisive returns the settings that decide the numbers of a run: r without what only describes it or what is only
// logged.
func (r Record) Decisive() *Record {
	r.About, r.Notes, r.Versions = About{}, nil, nil
	r.LogEvery, r.SaveEvery, r.Keep = 0, 0, 0
	return &r
}

// EpochSamples returns the number of samples that an epoch trains on.
func (r *Record) EpochSamples() int {
	if r.Batch < 1 {
		return r.Train.Samples
	}
	return min(r.Batches(r.Train.Samples)*r.Batch, r.Train.Samples)
}

// passed computes the place of a Control whose line in metrics.jsonl does not have it.
func (r *Record) passed(c Control) float64 {
	if r.Batch < 1 || r.Train.Samples < 1 {
		return float64(c.Epoch - 1)
	}
	return float64(c.Step) / float64(max(1, r.Updates(r.Batches(r.Train.Samples))))
}
