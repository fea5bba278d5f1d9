package train_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// blank is a data set of n images on which there is nothing, in 3 classes.
func blank(t *testing.T, n int) *data.Memory {
	t.Helper()
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % 3)
	}
	d, err := data.NewMemory([3]int{1, 4, 4}, 3, make([]float32, 16*n), labels)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A run that only guesses says so once, on the terminal and in metrics.jsonl, and what to try. Batch normalization is
// no advice for a model that has it.
func TestNoticeOfGuessing(t *testing.T) {
	for _, model := range []struct {
		draw  graph.Model
		norms bool
	}{{linear, false}, {normed, true}} {
		c := small(t)
		c.Model, c.Train, c.Test, c.Epochs = model.draw, blank(t, 30), blank(t, 300), 3
		var logged bytes.Buffer
		log := logrus.New()
		log.SetOutput(&logged)
		var notices []runs.Notice
		c.Observers = []runs.Observer{train.Log(log, 0), collect(&notices)}
		finished(t)(train.Run(context.Background(), c))
		if len(notices) != 1 || notices[0].Kind != runs.Guessing || notices[0].Epoch != 1 {
			t.Fatalf("got %+v", notices)
		}
		if got := strings.Contains(notices[0].Text, "batch normalization"); got == model.norms {
			t.Errorf("got %q", notices[0].Text)
		}
		for _, want := range []string{"no better than guessing", "lrfind"} {
			if !strings.Contains(notices[0].Text, want) || !strings.Contains(logged.String(), want) {
				t.Errorf("got %q and %s, want %s", notices[0].Text, &logged, want)
			}
		}
		run, err := runs.Read(c.Dir)
		if err != nil || len(run.Notices) != 1 || run.Notices[0] != notices[0] || !run.Guesses() {
			t.Errorf("metrics.jsonl has %+v, %v", run.Notices, err)
		}
	}
}

// A run whose loss grows without end says so before the loss is infinite. One whose loss jumps for a step, or whose
// rate restarts, says nothing.
func TestNoticeOfDivergence(t *testing.T) {
	for _, trial := range []struct {
		solver   solvers.Algorithm
		schedule schedules.Schedule
		diverges bool
	}{
		{solvers.SGD{LR: 0.1, Momentum: 0.9}, schedules.ExponentialLR{Gamma: 1.5}, true},
		{solvers.SGD{LR: 0.1, Momentum: 0.9}, schedules.CosineAnnealingWarmRestarts{T0: 5, TMult: 1}, false},
		{solvers.SGD{LR: 0.1}, schedules.Constant{}, false},
	} {
		c := small(t)
		c.Model, c.Train, c.Test = deepLinear, stripes(t, 300), stripes(t, 30)
		c.Solver, c.Schedule, c.Interval, c.Epochs = trial.solver, trial.schedule, runs.PerStep, 3
		var notices []runs.Notice
		c.Observers = []runs.Observer{collect(&notices)}
		r, err := train.Run(context.Background(), c)
		told := slices.ContainsFunc(notices, func(n runs.Notice) bool { return n.Kind == runs.Diverging })
		if told != trial.diverges || told != (r.End.Reason == runs.Diverged) {
			t.Errorf("%v: got %+v, %v, %v", trial.schedule, notices, r.End, err)
		}
	}
}

func deepLinear(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("fc2", b.ReLU(b.Linear("fc1", b.Flatten(x), 8)), 3)
}

// deadLinear is deepLinear whose first layer gives negative numbers only.
func deadLinear(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.Linear("fc1", b.Flatten(x), 8, graph.InitBias(graph.Constant(-100)))
	return b.Linear("fc2", b.ReLU(h), 3)
}

// A run says which layers have units that no sample activates, with diagnostics and without.
func TestNoticeOfDeadUnits(t *testing.T) {
	for _, trial := range []struct {
		draw              graph.Model
		diagnostics, want bool
	}{{deepLinear, false, false}, {deepLinear, true, false}, {deadLinear, false, true}, {deadLinear, true, true}} {
		c := small(t)
		c.Model, c.Train, c.Test, c.Epochs = trial.draw, stripes(t, 30), stripes(t, 30), 1
		c.Solver, c.Diagnostics = solvers.SGD{LR: 1e-6}, trial.diagnostics
		var notices []runs.Notice
		c.Observers = []runs.Observer{collect(&notices)}
		_, err := train.Run(context.Background(), c)
		i := slices.IndexFunc(notices, func(n runs.Notice) bool { return n.Kind == runs.DeadUnits })
		const text = "each of 30 training samples, so they do not learn (fc1: "
		if (i >= 0) != trial.want || trial.want && !strings.Contains(notices[i].Text, text) {
			t.Errorf("%+v: got %+v, %v", trial, notices, err)
		}
	}
}
