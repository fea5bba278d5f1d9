package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"

	"anneal/data"
	"anneal/solvers"
)

// Record is what config.json holds: all that it takes to repeat a run, or to go on with it.
type Record struct {
	Model          string            `json:"model"`
	Solver         string            `json:"solver"`
	Tuning         *TuningRecord     `json:"tuning,omitempty"` // nil if all parameters are treated alike
	Schedule       string            `json:"schedule"`
	Interval       Interval          `json:"interval"`
	Epochs         int               `json:"epochs"`
	Steps          int               `json:"steps"`                // of the whole run
	StepLimit      int               `json:"step_limit,omitempty"` // as Config.Steps
	Batch          int               `json:"batch"`
	EvalBatch      int               `json:"eval_batch"`
	Accumulate     int               `json:"accumulate,omitempty"` // if more than 1
	LabelSmoothing float64           `json:"label_smoothing,omitempty"`
	EMA            float64           `json:"ema,omitempty"`
	Patience       int               `json:"patience,omitempty"`
	MinDelta       float64           `json:"min_delta,omitempty"`
	Seed           uint64            `json:"seed"`
	Shuffle        bool              `json:"shuffle"`
	Type           string            `json:"type"` // of the parameters
	Augment        string            `json:"augment,omitempty"`
	Best           Best              `json:"best"`
	Diagnostics    bool              `json:"diagnostics,omitempty"`
	LogEvery       int               `json:"log_every,omitempty"`
	SaveEvery      int               `json:"save_every,omitempty"`
	Keep           int               `json:"keep,omitempty"`
	Init           *InitRecord       `json:"init,omitempty"`
	Train          DataRecord        `json:"train"`
	Test           DataRecord        `json:"test"`
	Notes          map[string]any    `json:"notes,omitempty"`
	Versions       map[string]string `json:"versions,omitempty"` // of Go and of the modules that compute
}

// TuningRecord is a solvers.Tuning.
type TuningRecord struct {
	Groups     []string `json:"groups,omitempty"` // as solvers.ParseGroup reads them
	Freeze     []string `json:"freeze,omitempty"`
	LayerDecay float64  `json:"layer_decay,omitempty"`
	WeightOnly bool     `json:"no_decay_norm_bias,omitempty"`
	ClipValue  float64  `json:"clip_value,omitempty"`
	ClipNorm   float64  `json:"clip_norm,omitempty"`
}

// InitRecord names the file that the parameters were loaded from.
type InitRecord struct {
	File   string   `json:"file"`
	SHA256 string   `json:"sha256"`
	Only   []string `json:"only,omitempty"`
	Reinit []string `json:"reinit,omitempty"`
}

// DataRecord identifies a data set.
type DataRecord struct {
	Samples int    `json:"samples"`
	Shape   [3]int `json:"shape"` // C, H, W
	Classes int    `json:"classes"`

	// How pixels of 0 to 1 are normalised, to (pixel − Mean)/Std, if the data set tells (as data.Images does).
	Mean float64 `json:"mean,omitempty"`
	Std  float64 `json:"std,omitempty"`

	SHA256 string `json:"sha256"` // of the samples as the model sees them, normalised: each its float32 pixels and int32 label, little-endian
}

// Check finds what is wrong with c, without a run: the error is the one that Run would return before it looks at c.Dir. It loads c.Init
// into c.Params, if c has them.
func (c Config) Check() error {
	_, err := c.prepare()
	return err
}

// Record is what config.json of a run of c would hold. Whatever is wrong with c is an error, as in Run.
func (c Config) Record() (*Record, error) {
	r, err := c.prepare()
	if err != nil {
		return nil, err
	}
	return r.record()
}

func (r *run) record() (*Record, error) {
	record := &Record{
		Model: r.Name, Solver: r.Solver.String(), Tuning: recordTuning(r.Tuning), Schedule: r.Schedule.String(), Interval: r.Interval,
		Epochs: r.Epochs, Steps: r.total, StepLimit: r.Config.Steps, Batch: r.Batch, EvalBatch: r.EvalBatch,
		LabelSmoothing: r.LabelSmoothing, EMA: r.EMA, Patience: r.Patience, MinDelta: r.MinDelta,
		Seed: r.Seed, Shuffle: !r.InOrder, Type: r.Params.Dtype().String(),
		Best: r.Best, Diagnostics: r.Diagnostics, LogEvery: r.LogEvery, SaveEvery: r.SaveEvery, Keep: r.Keep,
		Train: recordData(r.Train), Test: recordData(r.Test), Notes: r.Notes, Versions: versions(),
	}
	if r.Accumulate > 1 {
		record.Accumulate = r.Accumulate
	}
	if len(r.Augment) > 0 {
		record.Augment = r.Augment.String()
	}
	if r.Init != "" {
		content, err := os.ReadFile(r.Init)
		if err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
		record.Init = &InitRecord{r.Init, fmt.Sprintf("%x", sha256.Sum256(content)), r.InitOnly, r.Reinit}
	}
	if _, err := json.Marshal(record); err != nil {
		return nil, fmt.Errorf("train: %s: %w", ConfigFile, err)
	}
	return record, nil
}

func recordTuning(c solvers.Tuning) *TuningRecord {
	t := TuningRecord{nil, c.Freeze, c.LayerDecay, c.WeightOnly, c.ClipValue, c.ClipNorm}
	for _, g := range c.Groups {
		t.Groups = append(t.Groups, g.String())
	}
	if reflect.ValueOf(t).IsZero() {
		return nil
	}
	return &t
}

func recordData(d data.Dataset) DataRecord {
	shape := d.Shape()
	x := make([]float32, shape[0]*shape[1]*shape[2])
	b := make([]byte, 0, 4*len(x)+4)
	sum := sha256.New()
	for i := range d.Len() {
		label := d.Read(i, x)
		b = b[:0]
		for _, v := range x {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		sum.Write(binary.LittleEndian.AppendUint32(b, uint32(label)))
	}
	record := DataRecord{Samples: d.Len(), Shape: shape, Classes: d.Classes(), SHA256: hex.EncodeToString(sum.Sum(nil))}
	if n, ok := d.(interface {
		Mean() float64
		Std() float64
	}); ok {
		record.Mean, record.Std = n.Mean(), n.Std()
	}
	return record
}

// Is reports whether set, or the beginning of it, is the data that the record is about.
func (d DataRecord) Is(set data.Dataset) bool {
	if d.Samples > set.Len() || d.Shape != set.Shape() {
		return false
	}
	beginning, err := data.Limit(set, d.Samples)
	return err == nil && recordData(beginning).SHA256 == d.SHA256
}

// versions lists Go, the platform, the main module with its revision, and Gorgonia.
func versions() map[string]string {
	v := map[string]string{"go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v[info.Main.Path] = info.Main.Version
	for _, m := range info.Deps {
		if strings.HasPrefix(m.Path, "gorgonia.org/") {
			v[m.Path] = m.Version
		}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v["revision"] = s.Value
		}
	}
	return v
}
