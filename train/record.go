package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"anneal/data"
)

// Record is what config.json holds: all that it takes to repeat a run.
type Record struct {
	Model     string            `json:"model"`
	Solver    string            `json:"solver"`
	Schedule  string            `json:"schedule"`
	Interval  Interval          `json:"interval"`
	Epochs    int               `json:"epochs"`
	Steps     int               `json:"steps"` // of the whole run
	Batch     int               `json:"batch"`
	EvalBatch int               `json:"eval_batch"`
	Seed      uint64            `json:"seed"`
	Shuffle   bool              `json:"shuffle"`
	Type      string            `json:"type"` // of the parameters
	LogEvery  int               `json:"log_every"`
	Init      *InitRecord       `json:"init,omitempty"`
	Train     DataRecord        `json:"train"`
	Test      DataRecord        `json:"test"`
	Notes     map[string]any    `json:"notes,omitempty"`
	Versions  map[string]string `json:"versions"` // of Go and of the modules that compute
}

// InitRecord names the file that the parameters were loaded from.
type InitRecord struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// DataRecord identifies a data set.
type DataRecord struct {
	Samples int    `json:"samples"`
	Shape   [3]int `json:"shape"` // C, H, W
	Classes int    `json:"classes"`
	SHA256  string `json:"sha256"` // of the samples as the model sees them, normalised: each its float32 pixels and int32 label, little-endian
}

func (r *run) record() (*Record, error) {
	record := &Record{
		Model: r.Name, Solver: r.Solver.String(), Schedule: r.Schedule.String(), Interval: r.Interval,
		Epochs: r.Epochs, Steps: r.total, Batch: r.Batch, EvalBatch: r.EvalBatch,
		Seed: r.Seed, Shuffle: !r.InOrder, Type: r.Params.Dtype().String(), LogEvery: r.LogEvery,
		Train: recordData(r.Train), Test: recordData(r.Test), Notes: r.Notes, Versions: versions(),
	}
	if r.Init != "" {
		content, err := os.ReadFile(r.Init)
		if err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
		record.Init = &InitRecord{r.Init, fmt.Sprintf("%x", sha256.Sum256(content))}
	}
	return record, nil
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
	return DataRecord{d.Len(), shape, d.Classes(), hex.EncodeToString(sum.Sum(nil))}
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
