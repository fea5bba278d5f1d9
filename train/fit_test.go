package train_test

import (
	"path/filepath"
	"strings"
	"testing"

	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// A schedule without a length takes the run's, which config.json records; a run that is resumed with more epochs keeps
// it, and is told that it does not fit any more.
func TestScheduleTakesTheRunsLength(t *testing.T) {
	c := small(t)
	var starts []runs.Start
	dir := filepath.Join(t.TempDir(), "run")
	c.Dir, c.Epochs, c.Schedule = dir, 4, schedules.CosineAnnealingLR{EtaMin: 0.001}
	c.Tuning.Groups = []solvers.Group{{Pattern: "*.bias", Schedule: "OneCycleLR(max_lr=0.1, cycle_momentum=False)"}}
	c.Observers = []runs.Observer{collect(&starts)}
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	record, err := runs.ReadRecord(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := "CosineAnnealingLR(T_max=4, eta_min=0.001)"; record.Schedule != want || len(starts[0].Warnings) > 0 {
		t.Errorf("recorded %s with warnings %q, want %s", record.Schedule, starts[0].Warnings, want)
	}
	if got := strings.Join(record.Tuning.Groups, "; "); !strings.Contains(got, "total_steps=4") {
		t.Errorf("recorded groups %s, want total_steps=4", got)
	}
	starts, c.Epochs = nil, 7
	if _, err := train.Resume(t.Context(), c, dir); err != nil {
		t.Fatal(err)
	}
	if record, err = runs.ReadRecord(dir); err != nil || record.Schedule != "CosineAnnealingLR(T_max=4, eta_min=0.001)" {
		t.Errorf("after resuming: recorded %v, %v", record, err)
	}
	warnings := strings.Join(starts[0].Warnings, "; ")
	for _, want := range []string{
		"CosineAnnealingLR: the rate falls, and then rises again, for 4 epochs, but it has 7",
		"group *.bias: OneCycleLR: the cycle takes 4 epochs, but it has 7",
	} {
		if !strings.Contains(warnings, want) {
			t.Errorf("warnings %q, want %s", warnings, want)
		}
	}

	step := small(t)
	starts = nil
	step.Dir, step.Epochs, step.Interval, step.Schedule = "", 2, runs.PerStep, schedules.CosineAnnealingLR{}
	step.Observers = []runs.Observer{collect(&starts)}
	if _, err := train.Run(t.Context(), step); err != nil {
		t.Fatal(err)
	}
	if got := starts[0].Groups[0].Schedule.(schedules.CosineAnnealingLR).TMax; got != starts[0].Steps {
		t.Errorf("per step: T_max is %d, want %d", got, starts[0].Steps)
	}
}

// A schedule that nobody chose is never warned about, unless the interval was chosen for it.
func TestUnchosenSchedule(t *testing.T) {
	for _, tt := range []struct {
		interval runs.Interval
		unchosen bool
		want     string
	}{
		{runs.PerEpoch, true, ""},
		{runs.PerEpoch, false, "StepLR(step_size=5): never changes the rate in the 3 epochs of the run"},
		{runs.PerStep, true, "the rate"},
	} {
		c := small(t)
		var starts []runs.Start
		c.Dir, c.Epochs, c.Interval, c.Unchosen = "", 3, tt.interval, tt.unchosen
		c.Schedule = schedules.StepLR{StepSize: 5, Gamma: 0.1}
		if tt.interval == runs.PerStep {
			c.Schedule, c.Epochs = schedules.StepLR{StepSize: 1, Gamma: 0.1}, 10
		}
		c.Observers = []runs.Observer{collect(&starts)}
		if _, err := train.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(starts[0].Warnings, "; ")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%+v: got warnings %q", tt, got)
		}
	}
}

// A plateau beside another schedule goes on in a resumed run, and a function by its name.
func TestChainedPlateauInARun(t *testing.T) {
	schedules.Register("tenths", func(count int) float64 { return 1 / (1 + 0.1*float64(count)) })
	for _, spec := range []string{
		"ChainedScheduler([StepLR(2, 0.5), ReduceLROnPlateau(factor=0.5, patience=0, threshold=0.9)])",
		"LambdaLR(lr_lambda=tenths)",
	} {
		s, err := schedules.Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		whole := small(t)
		whole.Dir, whole.Epochs, whole.Schedule = filepath.Join(t.TempDir(), "whole"), 6, s
		whole.ChooseBy = runs.ByTest
		want, err := train.Run(t.Context(), whole)
		if err != nil {
			t.Fatal(err)
		}
		part := small(t)
		part.Dir, part.Epochs, part.Schedule = filepath.Join(t.TempDir(), "part"), 4, s
		part.ChooseBy = runs.ByTest
		if _, err := train.Run(t.Context(), part); err != nil {
			t.Fatal(err)
		}
		record, err := runs.ReadRecord(part.Dir)
		if err != nil {
			t.Fatal(err)
		}
		part.Epochs = 6
		if part.Schedule, err = schedules.Parse(record.Schedule); err != nil {
			t.Fatal(err)
		}
		got, err := train.Resume(t.Context(), part, part.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range want.Epochs {
			if a, b := got.Epochs[i].LR[0], e.LR[0]; a != b {
				t.Errorf("%s: epoch %d: resumed at rate %v, want %v", spec, i+1, a, b)
			}
		}
		if first, last := want.Epochs[0].LR[0], want.Epochs[5].LR[0]; !(last < first) {
			t.Errorf("%s: the rate goes from %v to %v", spec, first, last)
		}
	}
}
