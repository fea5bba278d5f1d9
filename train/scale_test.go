package train_test

import (
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"anneal/internal/safetensors"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// Scaled rates are the reference's times n or √n, for groups with solvers and schedules of their own and for rates that
// a schedule states; a run at those rates, written by hand, has the same bits.
func TestScaleLR(t *testing.T) {
	group := func(text string) solvers.Group {
		g, err := solvers.ParseGroup(text)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	for _, tt := range []struct {
		rule     runs.ScaleLR
		schedule string
		byHand   string
	}{
		{runs.ScaleLinear, "StepLR(1)", "ScaledLR(StepLR(1), 4)"},
		{runs.ScaleSqrt, "StepLR(1)", "ScaledLR(StepLR(1), 2)"},
		{runs.ScaleSqrt, "OneCycleLR(max_lr=0.1)", "OneCycleLR(max_lr=0.2)"},
		{runs.ScaleLinear, "WarmupLR(ReduceLROnPlateau(factor=0.5, patience=0, mode='max'), 1, 0.25)", "ScaledLR(WarmupLR(" +
			"ReduceLROnPlateau(factor=0.5, patience=0, mode='max'), 1, 0.25), 4)"},
	} {
		configs := [2]train.Config{small(t), small(t)}
		for i, spec := range []string{tt.schedule, tt.byHand} {
			c := &configs[i]
			c.Batch, c.Accumulate, c.Epochs, c.Validation = 4, 2, 3, c.Test
			c.Tuning.Groups = []solvers.Group{
				group("bn.*: lr=0.5"), group("fc2.bias: solver=Adam(lr=0.001), schedule=ExponentialLR(0.5)"),
			}
			var err error
			if c.Schedule, err = schedules.Parse(spec); err != nil {
				t.Fatal(err)
			}
		}
		configs[0].ScaleLR, configs[0].ReferenceBatch = tt.rule, 2
		factor := configs[0].RateFactor()
		configs[1].Tuning.Groups[1].Schedule = schedules.ScaledLR{
			Scheduler: schedules.ExponentialLR{Gamma: 0.5}, Factor: factor,
		}.String()
		var weights [2][]safetensors.Tensor
		var rates [2][][]float64
		for i := range configs {
			var steps []runs.Step
			configs[i].Observers = []runs.Observer{collect(&steps)}
			if _, err := train.Run(t.Context(), configs[i]); err != nil {
				t.Fatal(err)
			}
			for _, s := range steps {
				rates[i] = append(rates[i], s.LR)
			}
			weights[i] = tensors(t, configs[i].Dir)
		}
		stopped := configs[0]
		stopped.Dir, stopped.Observers = filepath.Join(t.TempDir(), "stopped"), nil
		stopAt(t, stopped, train.Run, 2)
		finished(t)(resume(t.Context(), stopped))
		if !reflect.DeepEqual(tensors(t, stopped.Dir), weights[0]) {
			t.Errorf("%s: a run that was resumed has other weights", tt.schedule)
		}
		if !slices.EqualFunc(rates[0], rates[1], slices.Equal) || !reflect.DeepEqual(weights[0], weights[1]) {
			t.Errorf("%s: got rates %v, want %v, and the same weights", tt.schedule, rates[0], rates[1])
		}
		if got := rates[0][0][2]; !(math.Abs(got-0.001*factor) <= 1e-15) {
			t.Errorf("%s: the rate of a group with its own solver is %v at first, want %v", tt.schedule, got, 0.001*factor)
		}
		record, err := runs.ReadRecord(configs[0].Dir)
		if err != nil || record.ScaleLR != tt.rule || record.ReferenceBatch != 2 ||
			strings.Contains(record.Schedule, "Scaled") {
			t.Errorf("%s: config.json has %q, %q and reference %d, %v", tt.schedule,
				record.ScaleLR, record.Schedule, record.ReferenceBatch, err)
		}
	}
}

// A run whose updates hold far more samples than its rates were chosen for says by what to multiply them, and which
// warm-up leads there; one that has both says nothing.
func TestManySamplesWarning(t *testing.T) {
	for _, tt := range []struct {
		solver, schedule  string
		accumulate, chose int
		rule              runs.ScaleLR
		want              string // "" for none
	}{
		{"SGD(lr=0.1)", "none", 4, 0, "", ""},
		{"SGD(lr=0.1)", "none", 1, 2, "", ""},
		{
			"SGD(lr=0.1)", "none", 2, 2, "",
			"an update holds 8 samples, 4 times the 2 that the learning rate was chosen for: scale lr linear multiplies it by " +
				"4, after a warm-up such as WarmupLR(scheduler=Constant(), start_factor=0.25) (Goyal et al., 2017)",
		},
		{"Adam", "none", 2, 2, "", "scale lr sqrt multiplies it by 2, after a warm-up"},
		{"SGD(lr=0.1)", "WarmupLR(none, 4, 0.25)", 2, 2, "", "scale lr linear multiplies it by 4"},
		{"SGD(lr=0.1)", "WarmupLR(none, 4, 0.25)", 2, 2, runs.ScaleLinear, ""},
		{
			"SGD(lr=0.01)", "none", 2, 2, runs.ScaleLinear,
			"scale lr linear: the run begins at 4 times the learning rate that was chosen for 2 samples per update, without a " +
				"warm-up: want a warm-up such as WarmupLR(",
		},
		{"SGD(lr=0.01)", "none", 1, 1, runs.ScaleSqrt, "scale lr sqrt: the run begins at 2 times"},
	} {
		c := small(t)
		var err error
		if c.Solver, err = solvers.Parse(tt.solver); err != nil {
			t.Fatal(err)
		}
		if c.Schedule, err = schedules.Parse(tt.schedule); err != nil {
			t.Fatal(err)
		}
		var starts []runs.Start
		c.Dir, c.Epochs, c.Accumulate = "", 20, tt.accumulate
		c.ReferenceBatch, c.ScaleLR, c.Observers = tt.chose, tt.rule, []runs.Observer{collect(&starts)}
		if _, err := train.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		got := starts[0].Warnings
		if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
			t.Errorf("%+v: got warnings %q", tt, got)
		}
	}
	bad := small(t)
	bad.ScaleLR = "cubic"
	_, err := train.Run(t.Context(), bad)
	if want := `train: scale lr: got "cubic", want "linear" or "sqrt"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
