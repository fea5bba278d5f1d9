package train

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"anneal/data"
	"anneal/internal/bounded"
	"anneal/internal/kernels"
	"anneal/runs"
	"anneal/solvers"
)

// readingEvery is the time between two runs.Reading: what takes less has none.
var readingEvery = 2 * time.Second

// Check finds what is wrong with c, without a run: the error is the one that Run would return before it looks at
// c.Dir. It loads c.Init into c.Params, if c has them.
func (c Config) Check() error {
	_, err := c.prepare()
	return err
}

// Record returns what config.json of a run of c would hold. Whatever is wrong with c is an error, as in Run. It reads
// all samples for their hash, and ends with ctx's error when ctx is done.
func (c Config) Record(ctx context.Context) (*runs.Record, error) {
	r, err := c.prepare()
	if err != nil {
		return nil, err
	}
	return r.newRecord(ctx)
}

// newRecord returns what config.json holds of a run that begins. It reads all samples, and ends with ctx's error when
// ctx is done.
func (r *run) newRecord(ctx context.Context) (*runs.Record, error) {
	record := &runs.Record{
		Model: r.Name, Solver: r.Solver.String(), Tuning: recordTuning(r.Tuning), Schedule: r.Schedule.String(),
		Settings: r.Settings,
		About:    r.About, Notes: r.Notes, Versions: versions(),
	}
	var err error
	if record.Train, err = r.recordData(ctx, "training", r.Train); err != nil {
		return nil, err
	}
	if record.Test, err = r.recordData(ctx, "test", r.Test); err != nil {
		return nil, err
	}
	if r.Validation != nil {
		d, err := r.recordData(ctx, "validation", r.Validation)
		if err != nil {
			return nil, err
		}
		record.Validation = &d
	}
	if strings.HasPrefix(record.Solver, "NAdam(") {
		record.Versions[nadamKey] = "PyTorch 2's"
	}
	if r.Accumulate == 1 {
		record.Accumulate = 0 // config.json leaves it out
	}
	if r.ScaleLR == runs.ScaleNot {
		record.ReferenceBatch = 0 // nothing but a warning depends on it
	}
	if r.Init != "" {
		content, err := bounded.ReadNamed(r.Init, bounded.Most)
		if err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
		record.Init = &runs.InitRecord{
			File: r.Init, SHA256: fmt.Sprintf("%x", sha256.Sum256(content)), Only: r.InitOnly, Reinit: r.Reinit,
		}
	}
	if _, err := json.Marshal(record); err != nil {
		return nil, fmt.Errorf("train: %s: %w", runs.ConfigFile, err)
	}
	return record, nil
}

// begins returns the date, to the second, and the name of this machine, "" if it has none.
func begins() (date time.Time, host string) {
	host, _ = os.Hostname()
	return time.Now().UTC().Truncate(time.Second), host
}

// recordData describes a part of the run's data, which it reads once, and tells the run's observers how far it has read
// a large one.
func (r *run) recordData(ctx context.Context, part string, d data.Dataset) (runs.DataRecord, error) {
	if record, ok := r.dataRecords[part]; ok {
		return record, nil
	}
	told := time.Now()
	record, err := recordData(ctx, d, func(done int) error {
		if time.Since(told) < readingEvery {
			return nil
		}
		told = time.Now()
		return r.tell(runs.Reading{Part: part, Done: done, Samples: d.Len()})
	})
	if err != nil {
		return record, fmt.Errorf("train: %s samples: %w", part, err)
	}
	r.dataRecords[part] = record
	return record, nil
}

func recordTuning(c solvers.Tuning) *runs.TuningRecord {
	t := runs.TuningRecord{
		Freeze: c.Freeze, LayerDecay: c.LayerDecay, WeightOnly: c.WeightOnly, ClipValue: c.ClipValue, ClipNorm: c.ClipNorm,
		FreezeStats: c.FreezeStats,
	}
	for _, g := range c.Groups {
		t.Groups = append(t.Groups, g.String())
	}
	if reflect.ValueOf(t).IsZero() {
		return nil
	}
	return &t
}

// nadamKey is the key of the formula of NAdam in a record's versions. Until it was there, it was PyTorch 1.13's.
const nadamKey = "NAdam"

// kernelsKey is the key of the kernels' family in a record's versions.
const kernelsKey = "kernels"

// versions lists Go, the platform, the family of kernels, the main module with its revision, and Gorgonia.
func versions() map[string]string {
	v := map[string]string{
		"go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH, kernelsKey: kernels.Variant(),
	}
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
