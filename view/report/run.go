package report

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"anneal/internal/plural"
	"anneal/train"
)

// Run is what there is to show of one run. Of the fields from Record on, any may be missing.
type Run struct {
	Name string // in the legend: its setting; runs of one Name are seeds of it and form a band
	Seed uint64
	Dir  string

	Record      *train.Record
	Steps       []train.Step
	Epochs      []train.Epoch
	Diagnostics []train.Diagnostics
	Controls    []train.Control
	End         *train.End // nil if it is still going or was killed
	Mistakes    *train.Mistakes
}

// ReadRun reads a run's folder. The run may be going on, and it may have been killed. Its Name is its model; see Distinguish.
func ReadRun(dir string) (*Run, error) {
	record, err := train.ReadRecord(dir)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	events, err := train.ReadMetrics(dir)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	r := &Run{Name: record.Model, Seed: record.Seed, Dir: dir, Record: record}
	for _, e := range events {
		switch e := e.(type) {
		case train.Step:
			r.Steps = append(r.Steps, e)
		case train.Epoch:
			r.Epochs = append(r.Epochs, e)
		case train.Diagnostics:
			r.Diagnostics = append(r.Diagnostics, e)
		case train.Control:
			r.Controls = append(r.Controls, e)
		case train.End:
			r.End = &e
		}
	}
	if r.Mistakes, err = train.ReadMistakes(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("report: %w", err)
	}
	return r, nil
}

// Distinguish names runs by their model and those of their settings that are not the same in all. Runs that differ in nothing but
// the seed get one name; of runs that do not even differ in that, the later ones are named by their folders, too.
func Distinguish(runs []Run) {
	type setting struct {
		show string // how it is written
		of   func(r *train.Record) string
	}
	settings := []setting{
		{"%s", func(r *train.Record) string { return r.Model }},
		{"%s", func(r *train.Record) string { return r.Solver }},
		{"%s", func(r *train.Record) string { return r.Schedule }},
		{"per %s", func(r *train.Record) string { return string(r.Interval) }},
		{"batch %s", func(r *train.Record) string { return fmt.Sprint(r.Batch) }},
		{"%s", func(r *train.Record) string { return plural.Of(r.Epochs, "epoch") }},
		{"%s", func(r *train.Record) string { return plural.Of(r.Train.Samples, "sample") }},
		{"%s", func(r *train.Record) string { return r.Augment }},
	}
	differs := func(s setting) bool {
		return slices.ContainsFunc(runs, func(r Run) bool { return s.of(r.record()) != s.of(runs[0].record()) })
	}
	seen := map[string]bool{}
	for i := range runs {
		r := &runs[i]
		var parts []string
		for k, s := range settings {
			if text := s.of(r.record()); text != "" && (k == 0 || differs(s)) {
				parts = append(parts, fmt.Sprintf(s.show, text))
			}
		}
		r.Name = strings.Join(parts, ", ")
		if key := fmt.Sprint(r.Name, " ", r.Seed); seen[key] {
			r.Name += ", " + filepath.Base(r.Dir)
		} else {
			seen[key] = true
		}
	}
}

// record is r's, or an empty one.
func (r *Run) record() *train.Record {
	if r.Record == nil {
		return &train.Record{}
	}
	return r.Record
}

// best is the epoch with the highest test accuracy, nil if none was evaluated.
func (r *Run) best() *train.Epoch {
	var best *train.Epoch
	for i := range r.Epochs {
		if best == nil || r.Epochs[i].TestAccuracy > best.TestAccuracy {
			best = &r.Epochs[i]
		}
	}
	return best
}

// last is the last epoch, nil if none was evaluated.
func (r *Run) last() *train.Epoch {
	if len(r.Epochs) == 0 {
		return nil
	}
	return &r.Epochs[len(r.Epochs)-1]
}

// reason says how r ended.
func (r *Run) reason() string {
	if r.End == nil {
		return "going on, or killed"
	}
	return r.End.Reason
}

func (r *Run) diverged() bool { return r.End != nil && r.End.Reason == train.Diverged }

// seconds is the time that r took.
func (r *Run) seconds() float64 {
	sum := 0.0
	for _, e := range r.Epochs {
		sum += e.TrainSeconds + e.TestSeconds
	}
	return sum
}
