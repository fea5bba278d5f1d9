// Package runs is what a training run tells and what it leaves: events, settings, and the files of its folder.
//
// Package train tells an Observer the events of a run and writes the folder. Everything that shows or compares runs
// reads them here: Read returns what a folder tells. The package is plain data and knows neither the trainer nor
// tensors.
//
// The folder of a run holds config.json (see Record), metrics.jsonl (see Metrics), checkpoints and, if the run ended
// without an error, final.safetensors with the weights and mistakes.json (see Mistakes).
//
// Losses are means over samples in nats, those of training with its label smoothing; accuracies are fractions; times
// are seconds of wall time. Epochs and steps are counted from 1; a step is one update of the parameters.
package runs

import (
	"fmt"
	"math"
	"path/filepath"

	"anneal/internal/bounded"
	"anneal/internal/plural"
)

// Run is what the folder of a run tells. The run may be under way, and it may have been killed.
type Run struct {
	Dir         string
	Record      *Record
	Steps       []Step // those that metrics.jsonl has a line for
	Epochs      []Epoch
	Diagnostics []Diagnostics
	Controls    []Control
	Notices     []Notice
	End         *End // nil if the run is under way or was killed
}

// Read reads config.json and metrics.jsonl in the folder of a run. A folder without either, and damage to one of them,
// are errors: lines other than those that the run's checkpoint and final weights have the Seal of, and numbers that
// contradict each other. What older versions of the program did not write, Read computes: the counts of correct samples
// in an Epoch, and the place of a Control.
func Read(dir string) (*Run, error) {
	record, err := ReadRecord(dir)
	if err != nil {
		return nil, err
	}
	content, err := readLines(dir)
	if err != nil {
		return nil, fmt.Errorf("runs: %w", err)
	}
	events, _, _, err := parseEvents(content, math.MaxInt)
	if err == nil {
		err = consistent(events, record)
	}
	if err != nil {
		return nil, fmt.Errorf("runs: %s: %w", filepath.Join(dir, MetricsFile), err)
	}
	return newRun(dir, record, events), nil
}

// ReadUntil returns what Read would have returned when metrics.jsonl had this many lines, and these lines. It does not
// compare them with a Seal.
func ReadUntil(dir string, lines int) (r *Run, content []byte, err error) {
	record, err := ReadRecord(dir)
	if err != nil {
		return nil, nil, err
	}
	path := filepath.Join(dir, MetricsFile)
	all, err := bounded.ReadFile(path, maxLines)
	if err != nil {
		return nil, nil, err
	}
	events, read, size, err := parseEvents(all, lines)
	if err == nil && read < lines {
		err = fmt.Errorf("got %s, want the %d that the checkpoint counts: the file is damaged",
			plural.Of(read, "line"), lines)
	}
	if err == nil {
		err = consistent(events, record)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return newRun(dir, record, events), all[:size], nil
}

// newRun sorts events by their types and completes those of older versions of the program.
func newRun(dir string, record *Record, events []Event) *Run {
	r := &Run{Dir: dir, Record: record}
	for _, e := range events {
		switch e := e.(type) {
		case Step:
			r.Steps = append(r.Steps, e)
		case Epoch:
			if e.Total == 0 {
				e.Total = record.Test.Samples
				e.Correct = int(math.Round(e.TestAccuracy * float64(e.Total)))
			}
			r.Epochs = append(r.Epochs, e)
		case Diagnostics:
			r.Diagnostics = append(r.Diagnostics, e)
		case Control:
			if e.Passed == 0 {
				e.Passed = record.passed(e)
			}
			r.Controls = append(r.Controls, e)
		case Notice:
			r.Notices = append(r.Notices, e)
		case End:
			r.End = &e
		}
	}
	return r
}

// Best returns the epoch with the highest test accuracy, the first of equal ones, or nil if none was evaluated. No run
// that can be trusted is chosen so: see Choice.
func (r *Run) Best() *Epoch {
	var best *Epoch
	for i := range r.Epochs {
		if best == nil || r.Epochs[i].TestAccuracy > best.TestAccuracy {
			best = &r.Epochs[i]
		}
	}
	return best
}

// Last returns the last epoch, or nil if none was evaluated.
func (r *Run) Last() *Epoch {
	if len(r.Epochs) == 0 {
		return nil
	}
	return &r.Epochs[len(r.Epochs)-1]
}

// Guesses reports whether the network did no better than guessing after the last epoch.
func (r *Run) Guesses() bool {
	last := r.Last()
	classes := 0
	if r.Record != nil {
		classes = r.Record.Test.Classes
	}
	return last != nil && last.Guesses(classes)
}

// Reason says why the run ended, if it has.
func (r *Run) Reason() string {
	if r.End == nil {
		return "under way, or killed"
	}
	return r.End.Reason
}

// Diverged reports whether the run ended because its loss was not finite.
func (r *Run) Diverged() bool { return r.End != nil && r.End.Reason == Diverged }

// Seconds returns the time that training and evaluation took.
func (r *Run) Seconds() float64 {
	sum := 0.0
	for _, e := range r.Epochs {
		sum += e.TrainSeconds + e.TestSeconds
	}
	return sum
}
