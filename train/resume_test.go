package train_test

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// noisy has all that a run can draw from: dropout, batch normalization and, with small's last batch, two batch sizes.
func noisy(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("conv_bn", b.Conv2D("conv", x, 2, 3)))
	h = b.Dropout("drop", b.ReLU(b.Linear("fc1", b.Flatten(h), 5)), 0.3)
	return b.Linear("fc2", h, 3)
}

// setting is a solver with a schedule and more, as one spells them.
type setting struct{ solver, schedule, interval, augment, group string }

var settings = []setting{
	{"SGD(lr=0.1, momentum=0.9)", "StepLR(1, gamma=0.5)", "epoch", "none", ""},
	{
		"SGD(lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-3)",
		"OneCycleLR(max_lr=0.1, total_steps=12)",
		"step",
		"RandomErasing(p=0.5)",
		"",
	},
	{"Adam(lr=0.01)", "CosineAnnealingLR(T_max=12)", "step", "Compose([RandomAffine(10), GaussianNoise()])", ""},
	{
		"AdamW(lr=0.01)",
		"ReduceLROnPlateau(patience=0, threshold=0.5)",
		"epoch",
		"RandomHorizontalFlip()",
		"fc*: lr=0.5, schedule=ReduceLROnPlateau(mode='max', patience=0)",
	},
	{
		"RMSprop(lr=0.01, momentum=0.5, centered=True)",
		"ExponentialLR(0.9)",
		"epoch",
		"GaussianNoise(0.2)",
		"conv*: schedule=StepLR(1)",
	},
	{"NAdam(lr=0.01)", "CyclicLR(base_lr=0.001, max_lr=0.01, step_size_up=3, cycle_momentum=False)", "step", "none", ""},
	{"RAdam(lr=0.01)", "none", "epoch", "RandomErasing()", ""},
	{"Adagrad(lr=0.01)", "LinearLR()", "step", "none", ""},
	{"Adadelta()", "none", "epoch", "GaussianNoise()", ""},
	{
		"Adamax(lr=0.01)",
		"SequentialLR([LinearLR(start_factor=0.1, total_iters=2), ExponentialLR(0.5)], milestones=[2])",
		"epoch",
		"none",
		"",
	},
	{"Lion(lr=0.001)", "none", "epoch", "GaussianNoise()", ""},
	{"LARS(lr=0.5, momentum=0.9, trust_coefficient=0.02)", "CosineAnnealingLR(T_max=4)", "epoch", "none", ""},
	{"LAMB(lr=0.01)", "CosineAnnealingWarmRestarts(T_0=2)", "epoch", "none", ""},
}

// of is small with a setting, for 4 epochs of 3 steps.
func (s setting) of(t *testing.T) train.Config {
	t.Helper()
	c := small(t)
	c.Model, c.Epochs, c.Interval, c.ChooseBy = noisy, 4, runs.Interval(s.interval), runs.ByTest
	var errs [4]error
	c.Solver, errs[0] = solvers.Parse(s.solver)
	c.Schedule, errs[1] = schedules.Parse(s.schedule)
	c.Augment, errs[2] = data.ParseAugment(s.augment)
	if s.group != "" {
		g, err := solvers.ParseGroup(s.group)
		c.Tuning.Groups, errs[3] = []solvers.Group{g}, err
	}
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// stopAt runs until a step, as Ctrl-C would stop it there.
func stopAt(t *testing.T, c train.Config, run func(context.Context, train.Config) (*train.Result, error), step int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c.Observers = append(slices.Clone(c.Observers), func(e runs.Event) error {
		if s, ok := e.(runs.Step); ok && s.Step == step {
			cancel()
		}
		return nil
	})
	r, err := run(ctx, c)
	if err != nil || r.End.Reason != runs.Interrupted {
		t.Fatalf("got %+v, %v", r, err)
	}
}

func finished(t *testing.T) func(r *train.Result, err error) *train.Result {
	t.Helper()
	return func(r *train.Result, err error) *train.Result {
		t.Helper()
		if err != nil || r.End.Reason != runs.Completed {
			t.Fatalf("got %+v, %v", r, err)
		}
		return r
	}
}

var times = regexp.MustCompile(`"(train|test)_seconds":[0-9.e-]+`)

// sameRuns compares files in the folders of two runs, all but what they took of time.
func sameRuns(t *testing.T, got, want string, names ...string) {
	t.Helper()
	for _, name := range append(names, runs.MetricsFile, runs.LastFile, runs.FinalFile, runs.MistakesFile) {
		a, b := read(t, got, name), read(t, want, name)
		if name == runs.MetricsFile {
			a, b = times.ReplaceAll(a, nil), times.ReplaceAll(b, nil)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs", name)
			if name == runs.MetricsFile {
				t.Errorf("got\n%swant\n%s", a, b)
			}
		}
	}
}

// TestResumeToTheBit stops each run in the middle of an epoch, after an epoch's last step and before its evaluation,
// and in the middle again.
func TestResumeToTheBit(t *testing.T) {
	for _, s := range settings {
		t.Run(s.solver, func(t *testing.T) {
			straight := s.of(t)
			want := finished(t)(train.Run(t.Context(), straight))
			stopped := s.of(t)
			stopAt(t, stopped, train.Run, 2)
			stopAt(t, stopped, resume, 6)
			stopAt(t, stopped, resume, 10)
			got := finished(t)(resume(t.Context(), stopped))
			sameRuns(t, stopped.Dir, straight.Dir, runs.BestFile)
			if diff := gocmp.Diff(want, got, cmpopts.IgnoreFields(train.Result{}, "Params"),
				cmpopts.IgnoreFields(runs.Epoch{}, "TrainSeconds", "TestSeconds")); diff != "" {
				t.Errorf("result: (-want +got)\n%s", diff)
			}
		})
	}
}

// TestResumeForLonger does N epochs, then N more.
func TestResumeForLonger(t *testing.T) {
	for _, s := range settings {
		straight := s.of(t)
		finished(t)(train.Run(t.Context(), straight))
		longer := s.of(t)
		longer.Epochs = 2
		finished(t)(train.Run(t.Context(), longer))
		longer.Epochs = 4
		var starts []runs.Start
		longer.Observers = []runs.Observer{collect(&starts)}
		finished(t)(resume(t.Context(), longer))
		sameRuns(t, longer.Dir, straight.Dir)
		if len(starts) != 1 || starts[0].Done != 6 || len(starts[0].Changes) != 1 ||
			!strings.Contains(starts[0].Changes[0], "epochs 2 → 4; it continues as if it had been 4 from the start") {
			t.Errorf("got start %+v", starts)
		}
		record, err := runs.ReadRecord(longer.Dir)
		if err != nil || record.Epochs != 4 || record.TotalSteps != 12 {
			t.Errorf("got config %+v, %v, want 4 epochs", record, err)
		}
	}
}

// A run that is resumed after its end leaves everything as it was.
func TestResumeAfterTheEnd(t *testing.T) {
	c := small(t)
	c.Steps = 5 // within an epoch
	finished(t)(train.Run(t.Context(), c))
	before := read(t, c.Dir, runs.MetricsFile)
	finished(t)(resume(t.Context(), c))
	if after := read(t, c.Dir, runs.MetricsFile); !bytes.Equal(before, after) {
		t.Errorf("got metrics\n%s\nwant\n%s", after, before)
	}
}
