package live

import (
	"bytes"
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// start is one of a run of 10 epochs of 1000 steps, with groups at these bases.
func start(s schedules.Schedule, interval runs.Interval, bases ...float64) runs.Start {
	e := runs.Start{Samples: 10000, Batches: 2000, Updates: 1000, Epochs: 10, Steps: 10000, Interval: interval}
	for _, b := range bases {
		e.Groups = append(e.Groups, runs.Group{LR: b, Base: b, Schedule: s})
	}
	return e
}

func add(t *testing.T, h *history, events ...runs.Event) {
	t.Helper()
	for _, e := range events {
		if err := h.add(e); err != nil {
			t.Fatal(err)
		}
	}
}

func step(n int, loss, lr float64) runs.Step {
	return runs.Step{
		Epoch: (n-1)/1000 + 1, Step: n, Batch: (n-1)%1000 + 1, Seen: 10 * ((n-1)%1000 + 1), Loss: loss, LR: []float64{lr},
	}
}

// However long the run, the curve has a bounded number of points, whose mean is that of all losses.
func TestHistoryIsBounded(t *testing.T) {
	h := newHistory("long", time.Now)
	begin := start(schedules.Constant{}, runs.PerEpoch, 0.1)
	begin.Epochs, begin.Steps = 1000, 1000000
	add(t, h, begin)
	sum := 0.0
	const n = 123457
	for i := 1; i <= n; i++ {
		loss := 1 / float64(i)
		sum += loss
		add(t, h, step(i, loss, 0.1))
		if len(h.points) >= maxPoints {
			t.Fatalf("step %d: got %d points", i, len(h.points))
		}
	}
	add(t, h, runs.End{Reason: runs.Interrupted})
	steps, got, last := 0, 0.0, 0
	for _, p := range h.points {
		if p.step-p.steps != last {
			t.Fatalf("a point of %d steps ends at step %d after one that ends at %d", p.steps, p.step, last)
		}
		last = p.step
		steps += p.steps
		got += p.losses
	}
	if steps != n || last != n || !(math.Abs(got-sum) <= 1e-9) || len(h.points) < maxPoints/4 {
		t.Errorf("got %d points of %d steps with a sum of %g, want %d steps and %g", len(h.points), steps, got, n, sum)
	}
}

// A viewer that returns gets only what is new. A viewer with an unknown number gets everything.
func TestSince(t *testing.T) {
	h := newHistory("lenet", time.Now)
	u, first := h.since(0)
	if u.Run == nil || u.Run.Name != "lenet" || u.State.State != waiting {
		t.Errorf("before the start: got %+v", u)
	}
	add(t, h, start(schedules.StepLR{StepSize: 5, Gamma: 0.1}, runs.PerEpoch, 0.1), step(1, 2, 0.1), step(2, 1, 0.1))
	u, second := h.since(first)
	if u.Run == nil || u.Run.Epochs != 10 || !slices.Equal(u.Steps.Step, []int{1, 2}) ||
		!slices.Equal(u.Steps.Loss, []float32{2, 1}) || u.State.State != training {
		t.Errorf("the start: got %+v", u)
	}
	epoch := runs.Epoch{
		Epoch: 1, Step: 1000, TrainLoss: 0.5, TestLoss: 0.25, TestAccuracy: 0.9, LR: []float64{0.1},
		TrainSeconds: 2, TestSeconds: 0.5,
		Confusion: [][]int{{1}}, Precision: []float64{1}, Recall: []float64{1},
	}
	add(t, h, step(1000, 0.5, 0.1))
	if u, _ := h.since(second); u.State.State != evaluating {
		t.Errorf("got %+v", u.State)
	}
	add(t, h, epoch, runs.Refused{Command: runs.Command{Action: runs.SetRate}, Err: errTest},
		runs.Control{Epoch: 2, Step: 1000, Action: runs.Pause})
	u, third := h.since(second)
	want := []string{
		`{"event":"epoch","epoch":1,"step":1000,"train_loss":0.5,"test_loss":0.25,"test_accuracy":0.9,` +
			`"lr":[0.1],"train_seconds":2,"test_seconds":0.5}`,
		`{"action":"rate","error":"no","event":"refused"}`,
		`{"event":"control","epoch":2,"step":1000,"action":"pause"}`,
	}
	var got []string
	for _, e := range u.Events {
		got = append(got, string(e))
	}
	if diff := cmp.Diff(want, got); diff != "" || u.Run != nil || !slices.Equal(u.Steps.Step, []int{1000}) ||
		u.State.State != paused || u.State.Epoch != 2 {
		t.Errorf("got %+v; events (-want +got)\n%s", u, diff)
	}
	if u, number := h.since(third); u.Run != nil || u.Steps != nil || u.Events != nil || number != third {
		t.Errorf("nothing new: got %+v", u)
	}
	for _, old := range []uint64{0, first, third + 1} {
		if u, _ := h.since(old); u.Run == nil || len(u.Steps.Step) != 3 || len(u.Events) != 3 {
			t.Errorf("from %d: got %+v", old, u)
		}
	}
	add(t, h, runs.Control{Epoch: 2, Step: 1000, Action: runs.Continue})
	if u, _ := h.since(third); u.State.State != training || len(u.Events) != 1 {
		t.Errorf("got %+v", u)
	}
	add(t, h, runs.Control{Epoch: 2, Step: 1000, Action: runs.Stop})
	if u, _ := h.since(third); u.State.State != stopping {
		t.Errorf("got %+v", u)
	}
	add(t, h, runs.End{Epochs: 1, BestAccuracy: 0.9, BestEpoch: 1, Reason: runs.Interrupted})
	h.fail()
	if u, _ := h.since(third); u.State.State != over || u.State.Reason != runs.Interrupted {
		t.Errorf("got %+v", u)
	}
	if _, err := json.Marshal(u); err != nil {
		t.Error(err)
	}
}

type testError struct{}

func (testError) Error() string { return "no" }

var errTest = testError{}

// The forecast is the schedule's, in epochs; the factor is what the rates in force are of it.
func TestPlan(t *testing.T) {
	h := newHistory("", time.Now)
	add(t, h, start(schedules.StepLR{StepSize: 4, Gamma: 0.5}, runs.PerEpoch, 0.1, 0.3))
	if diff := cmp.Diff([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, h.run.Plan.Epochs); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	rates := [][]number{
		{.1, .1, .1, .1, .05, .05, .05, .05, .025, .025},
		{.3, .3, .3, .3, .15, .15, .15, .15, .075, .075},
	}
	if diff := cmp.Diff(rates, h.run.Plan.LR); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	add(t, h, runs.Step{Epoch: 5, Step: 4001, Batch: 1, LR: []float64{0.05, 0.15}})
	if s := h.now(); !slices.Equal(s.Factor, []float64{1, 1}) {
		t.Errorf("got factor %v, want 1", s.Factor)
	}
	add(t, h, runs.Control{Epoch: 5, Step: 4001, Action: runs.SetRate, LR: []float64{0.01, 0.03}})
	if s := h.now(); !(math.Abs(s.Factor[0]-0.2) <= 1e-12) || !(math.Abs(s.Factor[1]-0.2) <= 1e-12) || s.LR[0] != 0.01 {
		t.Errorf("got state %+v, want a fifth of the plan", s)
	}

	// Per step, at some moments of many; where the plan has 0 the factor stays.
	cosine := schedules.CosineAnnealingLR{TMax: 10000}
	h = newHistory("", time.Now)
	add(t, h, start(cosine, runs.PerStep, 0.1))
	f := h.run.Plan
	if len(f.Epochs) != maxMoments || f.Epochs[maxMoments-1] != 10 || len(f.LR[0]) != maxMoments {
		t.Fatalf("got %d moments to %v", len(f.Epochs), f.Epochs[len(f.Epochs)-1])
	}
	for i, x := range f.Epochs {
		want := 0.05 * (1 + math.Cos(math.Pi*(1000*x-1)/10000))
		if !(math.Abs(float64(f.LR[0][i])-want) <= 1e-9) {
			t.Fatalf("epoch %g: got rate %g, want %g", x, f.LR[0][i], want)
		}
	}
	add(t, h, step(5001, 1, 0.025)) // the plan has 0.05
	if s := h.now(); !(math.Abs(s.Factor[0]-0.5) <= 1e-9) {
		t.Errorf("got factor %v, want 0.5", s.Factor)
	}
	h = newHistory("", time.Now)
	add(t, h,
		start(schedules.LambdaLR{Lambda: func(n int) float64 { return math.Exp(float64(n) * 200) }}, runs.PerEpoch, 0.1),
		step(2, 1, 0.1))
	if b, err := json.Marshal(h.run.Plan); err != nil || !bytes.HasSuffix(b, []byte("null]]}")) {
		t.Errorf("rates that overflow: got %s, %v, want null", b, err)
	}
	h = newHistory("", time.Now)
	add(t, h, start(schedules.LambdaLR{Lambda: func(n int) float64 { return max(0, 1-float64(n)) }}, runs.PerEpoch, 0.1),
		step(1, 1, 0.2))
	h.now()
	add(t, h, step(1001, 1, 0))
	if s := h.now(); s.Factor[0] != 2 {
		t.Errorf("the plan has 0: got factor %v, want 2 as before", s.Factor)
	}

	// Each group has its own schedule, and one of the schedules is for another number of groups.
	e := start(schedules.ReduceLROnPlateau{Mode: "min", Factor: 0.5, ThresholdMode: "rel", MinLR: []float64{0, 0, 0}},
		runs.PerEpoch, 0.1, 0.2)
	e.Groups = append(e.Groups, runs.Group{Pattern: "fc*", Base: 0.3, Schedule: schedules.ExponentialLR{Gamma: 0.5}})
	p := newPlan(e)
	if got := p.ahead.Rates(1); !math.IsNaN(got[0]) || !math.IsNaN(got[1]) || got[2] != 0.15 ||
		p.groups[2].Schedule != "ExponentialLR(gamma=0.5)" {
		t.Errorf("got %v, %+v", got, p.groups)
	}
}

// A run that is resumed shows what came before, without its pauses.
func TestResumed(t *testing.T) {
	set, err := data.NewMemory([3]int{1, 1, 2}, 2, []float32{1, 0, 0, 1}, []int32{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	commands := make(chan runs.Command, 3)
	c := train.Config{
		Model: func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) },
		Train: set, Test: set, Solver: solvers.SGD{LR: 0.1}, Settings: train.Settings{Batch: 1, Epochs: 3, LogEvery: 1},
		Dir: filepath.Join(t.TempDir(), "run"), Commands: commands,
		Observers: []runs.Observer{func(e runs.Event) error {
			if s, ok := e.(runs.Step); ok && s.Step == 3 {
				commands <- runs.Command{Action: runs.SetRate, LR: 0.2}
			}
			if s, ok := e.(runs.Step); ok && s.Step == 4 {
				commands <- runs.Command{Action: runs.Pause}
				commands <- runs.Command{Action: runs.Stop}
			}
			return nil
		}},
	}
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	s := New("linear", host)
	var state state
	c.Observers = []runs.Observer{s.Observe, func(e runs.Event) error {
		if _, ok := e.(runs.Start); ok {
			state = s.history.now()
		}
		return nil
	}}
	if _, err := train.Resume(t.Context(), c, c.Dir); err != nil {
		t.Fatal(err)
	}
	if state.State != training || state.Step != 4 || state.Epoch != 3 || state.LR[0] != 0.2 || state.Factor[0] != 2 ||
		s.history.tested != 3 {
		t.Errorf("at the start: got %+v", state)
	}
	u, _ := s.history.since(0)
	if !slices.Equal(u.Steps.Step, []int{1, 2, 3, 4, 5, 6}) ||
		!slices.Equal(u.Steps.LR[0], []float64{.1, .1, .1, .2, .2, .2}) || len(u.Events) != 3+3+1 ||
		u.State.Reason != runs.Completed {
		t.Errorf("got %+v, %s", u, u.Events)
	}
}

// With several batches per update, an epoch has fewer steps than batches.
func TestAccumulate(t *testing.T) {
	set, err := data.NewMemory([3]int{1, 1, 2}, 2, []float32{1, 0, 0, 1, 1, 0, 0, 1, 1, 0}, []int32{0, 1, 0, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	s := New("linear", host)
	var states []string
	if _, err := train.Run(t.Context(), train.Config{
		Model: func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) },
		Train: set, Test: set, Solver: solvers.SGD{LR: 0.1},
		Settings: train.Settings{Batch: 1, Accumulate: 2, Epochs: 2, Interval: runs.PerStep},
		Schedule: schedules.ExponentialLR{Gamma: 0.5},
		Observers: []runs.Observer{s.Observe, func(runs.Event) error {
			states = append(states, s.history.now().State)
			return nil
		}},
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{training, training, training, evaluating, training, training, training, evaluating, training, over}
	if f := s.history.run.Plan.Epochs; !slices.Equal(f, []float64{1. / 3, 2. / 3, 1, 4. / 3, 5. / 3, 2}) ||
		!slices.Equal(states, want) {
		t.Errorf("got a plan for %v and states %v, want %v", f, states, want)
	}
}
