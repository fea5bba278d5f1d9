package report

import (
	"errors"
	"fmt"
	"io/fs"

	"anneal/runs"
)

// Run is what there is to show of one run. Any of its fields may be missing.
type Run struct {
	Name string // in the legend: its setting; runs of one Name are seeds of it and form a band
	Seed uint64
	runs.Run
	Mistakes  *runs.Mistakes
	Augmented *runs.Augmented // training images; older runs have none
	Setting   string          // what people call its solver with the schedule; "": they have no name
	Pruned    bool            // a search did not go on with it
}

// ReadRun reads the folder of a run. The run may be under way, and it may have been killed. Its Name is its model;
// see Distinguish.
func ReadRun(dir string) (*Run, error) {
	r, err := runs.Read(dir)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	mistakes, err := runs.ReadMistakes(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("report: %w", err)
	}
	augmented, err := runs.ReadAugmented(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("report: %w", err)
	}
	return &Run{
		Name: r.Record.Model, Seed: r.Record.Seed, Run: *r, Mistakes: mistakes, Augmented: augmented,
	}, nil
}

// record returns r's record, or an empty one.
func (r *Run) record() *runs.Record {
	if r.Record == nil {
		return &runs.Record{}
	}
	return r.Record
}
