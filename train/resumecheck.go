package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"anneal/internal/plural"
	"anneal/runs"
	"anneal/weights"
)

// ResumeCheck is what CheckResume found.
type ResumeCheck struct {
	Steps       int      // of each run
	Stops       []int    // the steps after which one of them was stopped and resumed
	Weights     int      // parameters and buffers that were compared
	State       int      // tensors of the solver's state that were compared
	EMA         int      // tensors of the moving or the equal average that were compared
	Lines       int      // lines of metrics.jsonl that were compared
	Differences []string // nil if all bits are the same
}

// CheckResume proves that a run as c says can be stopped and resumed: it trains once without a stop, once with stops
// in the middle of epochs and at the end of one, as Ctrl-C makes them, and compares what both have left. It uses
// folders of its own and tells no observers, and nobody steers it. c.Params must be nil. A run of a few epochs and of
// a few steps an epoch is enough to see a model that is not reproducible, or that keeps something beside its
// parameters; one of a single step is an error. What differs is none: see ResumeCheck.Differences.
func CheckResume(ctx context.Context, c Config) (check *ResumeCheck, err error) {
	if c.Params != nil {
		return nil, errors.New("train: check: Params: want none, since two runs are to start from the same")
	}
	temp, err := os.MkdirTemp("", "anneal-resume-check-")
	if err != nil {
		return nil, fmt.Errorf("train: check: %w", err)
	}
	defer os.RemoveAll(temp)

	straight, stopped := filepath.Join(temp, "straight"), filepath.Join(temp, "stopped")
	var start runs.Start
	c.LogEvery, c.Commands = 1, nil
	c.Dir, c.Observers = straight, []runs.Observer{func(e runs.Event) error {
		if s, ok := e.(runs.Start); ok {
			start = s
		}
		return nil
	}}
	result, err := uninterrupted(Run(ctx, c))
	if err != nil {
		return nil, err
	}
	start.Steps = result.Epochs[len(result.Epochs)-1].Step // fewer than planned, if it stopped early
	check = &ResumeCheck{Steps: start.Steps, Stops: stopSteps(start)}
	if len(check.Stops) == 0 {
		return nil, fmt.Errorf("train: check: steps: got %d, want at least 2, between which to stop", check.Steps)
	}

	c.Dir = stopped
	part := Run
	for _, stop := range check.Stops {
		if err := stopAfter(ctx, c, part, stop); err != nil {
			return nil, err
		}
		part = func(ctx context.Context, c Config) (*Result, error) { return Resume(ctx, c, stopped) }
	}
	c.Observers = nil
	if _, err := uninterrupted(part(ctx, c)); err != nil {
		return nil, err
	}
	return check, check.compare(straight, stopped)
}

// stopSteps returns the steps to stop after: within epochs, and at the end of the first.
func stopSteps(s runs.Start) []int {
	list := []int{s.Steps / 3, s.Updates, 2 * s.Steps / 3}
	list = slices.DeleteFunc(list, func(step int) bool { return step < 1 || step >= s.Steps })
	slices.Sort(list)
	return slices.Compact(list)
}

// stopAfter runs a part of a run, Run or Resume, until its step.
func stopAfter(ctx context.Context, c Config, part func(context.Context, Config) (*Result, error), step int) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	c.Observers = []runs.Observer{func(e runs.Event) error {
		if s, ok := e.(runs.Step); ok && s.Step == step {
			cancel()
		}
		return nil
	}}
	if _, err := part(inner, c); err != nil {
		return err
	}
	return ctx.Err()
}

// uninterrupted adds the error of a run that should have come to its end.
func uninterrupted(r *Result, err error) (*Result, error) {
	if err == nil && r.End.Reason == runs.Interrupted {
		err = context.Canceled
	}
	return r, err
}

// compare compares two runs' folders.
func (c *ResumeCheck) compare(a, b string) error {
	first, _, at, err := readCheckpoint(filepath.Join(a, runs.LastFile))
	if err != nil {
		return err
	}
	second, _, then, err := readCheckpoint(filepath.Join(b, runs.LastFile))
	if err != nil {
		return err
	}
	for _, t := range first.Tensors {
		switch {
		case strings.HasPrefix(t.Name, weights.EMAPrefix), strings.HasPrefix(t.Name, weights.SWAPrefix):
			c.EMA++
		case strings.HasPrefix(t.Name, weights.SolverPrefix):
			c.State++
		default:
			c.Weights++
		}
		if other, _ := second.Lookup(t.Name); !bytes.Equal(t.Data, other.Data) {
			c.differ("%s: %d of %d bytes differ", t.Name, differingBytes(t.Data, other.Data), len(t.Data))
		}
	}
	if len(first.Tensors) != len(second.Tensors) {
		c.differ("%s and %d", plural.Of(len(first.Tensors), "tensor"), len(second.Tensors))
	}
	if x, y := progressLine(at), progressLine(then); x != y {
		c.differ("counters: %s and %s", x, y)
	}
	return c.compareMetrics(a, b)
}

func (c *ResumeCheck) compareMetrics(a, b string) error {
	first, err := metricsLines(a)
	if err != nil {
		return err
	}
	second, err := metricsLines(b)
	if err != nil {
		return err
	}
	c.Lines = len(first)
	for i := range min(len(first), len(second)) {
		if first[i] != second[i] {
			c.differ("%s, line %d: %s and %s", runs.MetricsFile, i+1, first[i], second[i])
			return nil // those after it follow
		}
	}
	if len(first) != len(second) {
		c.differ("%s: %s and %d", runs.MetricsFile, plural.Of(len(first), "line"), len(second))
	}
	return nil
}

func (c *ResumeCheck) differ(format string, args ...any) {
	c.Differences = append(c.Differences, fmt.Sprintf(format, args...))
}

// differingBytes counts the bytes in which a and b differ.
func differingBytes(a, b []byte) int {
	n := max(len(a), len(b)) - min(len(a), len(b))
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// progressLine returns p as text, without the time it took.
func progressLine(p runs.Progress) string {
	p.Seconds = 0
	b, _ := json.Marshal(p) // it has been read from JSON
	return string(b)
}

// metricsLines returns the lines of metrics.jsonl without the times.
func metricsLines(dir string) ([]string, error) {
	events, err := runs.ReadMetrics(dir)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, e := range events {
		if epoch, ok := e.(runs.Epoch); ok {
			epoch.TrainSeconds, epoch.TestSeconds = 0, 0
			e = epoch
		}
		line, err := runs.Marshal(e)
		if err != nil {
			return nil, err
		}
		list = append(list, string(line))
	}
	return list, nil
}
