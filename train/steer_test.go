package train_test

import (
	"bytes"
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
	"github.com/sirupsen/logrus/hooks/test"

	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// steer gives c commands, each after its step, and ends every pause.
func steer(c *train.Config, at map[int]runs.Command) {
	commands := make(chan runs.Command, 4)
	c.Commands = commands
	c.Observers = append(slices.Clone(c.Observers), func(e runs.Event) error {
		switch e := e.(type) {
		case runs.Step:
			if given, ok := at[e.Step]; ok {
				commands <- given
			}
		case runs.Control:
			if e.Action == runs.Pause {
				commands <- runs.Command{Action: runs.Continue}
			}
		}
		return nil
	})
}

func setRate(lr float64) runs.Command { return runs.Command{Action: runs.SetRate, LR: lr} }

// A rate that is set is the rate of the first group from the next update on; other groups keep their ratio to it, and
// the schedules go on from there.
func TestSetRate(t *testing.T) {
	for _, tt := range []struct {
		schedule schedules.Schedule
		interval runs.Interval
		want     []float64 // of each step of 4 epochs of 3, with 0.02 after step 4 and 0.3 after step 9
	}{
		{
			schedules.StepLR{StepSize: 1, Gamma: 0.5},
			runs.PerEpoch,
			[]float64{.1, .1, .1, .05, .02, .02, .01, .01, .01, .3, .3, .3},
		},
		{
			schedules.LambdaLR{Lambda: func(count int) float64 { return float64(count + 1) }},
			runs.PerStep,
			[]float64{.1, .2, .3, .4, .02, .02 * 6 / 5, .02 * 7 / 5, .02 * 8 / 5, .02 * 9 / 5, .3, .3 * 11 / 10, .3 * 12 / 10},
		},
		{
			schedules.ReduceLROnPlateau{
				Mode: "min", Factor: 0.1, Patience: 0, Threshold: 1, ThresholdMode: "rel",
				MinLR: []float64{0},
			},
			runs.PerEpoch,
			[]float64{.1, .1, .1, .01, .02, .02, .002, .002, .002, .3, .3, .3},
		},
	} {
		c := small(t)
		c.Epochs, c.Schedule, c.Interval, c.ChooseBy = 4, tt.schedule, tt.interval, runs.ByTest
		c.Tuning.Groups = []solvers.Group{{Pattern: "fc2*", LR: new(3.0)}}
		var got []runs.Step
		var controls []runs.Control
		c.Observers = []runs.Observer{collect(&got), collect(&controls)}
		steer(&c, map[int]runs.Command{4: setRate(0.02), 9: setRate(0.3)})
		finished(t)(train.Run(t.Context(), c))
		for i, want := range tt.want {
			if lr := got[i].LR; !(math.Abs(lr[0]-want) <= 1e-12) || !(math.Abs(lr[1]-3*want) <= 1e-12) {
				t.Errorf("%v: step %d: got rates %v, want %g and three times that", tt.schedule, i+1, lr, want)
			}
		}
		if got[4].LR[0] != 0.02 || got[9].LR[0] != 0.3 {
			t.Errorf("%v: got %v and %v, want the very numbers that were set", tt.schedule, got[4].LR, got[9].LR)
		}
		want := []runs.Control{
			{
				Epoch:  2,
				Step:   4,
				Passed: 1.4,
				Action: runs.SetRate,
				LR:     got[4].LR,
			}, {Epoch: 4, Step: 9, Passed: 3, Action: runs.SetRate, LR: got[9].LR},
		}
		if diff := cmp.Diff(want, controls); diff != "" {
			t.Errorf("%v: controls: (-want +got)\n%s", tt.schedule, diff)
		}
		if m := lines(t, c.Dir)[5]; m["event"] != "control" || m["action"] != "rate" || m["step"] != 4.0 ||
			m["lr"].([]any)[0] != 0.02 {
			t.Errorf("%v: got line %v", tt.schedule, m)
		}
	}
}

// A command's place is where it came, however many batches an update has.
func TestControlsWithAccumulation(t *testing.T) {
	c := small(t)
	c.Epochs, c.Batch, c.Accumulate = 3, 2, 2 // updates of 4, 4 and 2 samples
	var controls []runs.Control
	c.Observers = []runs.Observer{collect(&controls)}
	steer(&c, map[int]runs.Command{4: setRate(0.02), 6: setRate(0.3)})
	finished(t)(train.Run(t.Context(), c))
	if len(controls) != 2 || controls[0].Passed != 1.4 || controls[1].Passed != 2 {
		t.Errorf("got %+v, want them after 1.4 and 2 epochs", controls)
	}
	left, err := runs.Read(c.Dir)
	if diff := cmp.Diff(controls, left.Controls); err != nil || diff != "" {
		t.Errorf("read: %v (-want +got)\n%s", err, diff)
	}
}

// A run whose rate is halved by command has the bits of one whose schedule halves it there.
func TestSetRateIsASchedule(t *testing.T) {
	steered, scheduled := small(t), small(t)
	steer(&steered, map[int]runs.Command{4: setRate(0.05)})
	scheduled.Schedule, scheduled.Interval = schedules.MultiStepLR{Milestones: []int{4}, Gamma: 0.5}, runs.PerStep
	var got, want []runs.Step
	steered.Observers = append(steered.Observers, collect(&got))
	scheduled.Observers = append(scheduled.Observers, collect(&want))
	finished(t)(train.Run(t.Context(), steered))
	finished(t)(train.Run(t.Context(), scheduled))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-scheduled +steered)\n%s", diff)
	}
}

// A run that is steered, stopped and resumed ends with the bits of one that is steered and not stopped.
func TestSteeredRunsResume(t *testing.T) {
	at := map[int]runs.Command{4: setRate(0.02), 6: {Action: runs.Pause}, 9: setRate(0.003)}
	for _, s := range settings {
		t.Run(s.solver+" "+s.schedule, func(t *testing.T) {
			straight := s.of(t)
			steer(&straight, at)
			finished(t)(train.Run(t.Context(), straight))

			c := s.of(t)
			run := train.Run
			for _, step := range []int{5, 7, 8, 10} {
				part := c
				steer(&part, at)
				stopAt(t, part, run, step)
				run = resume
			}
			steer(&c, at)
			finished(t)(run(t.Context(), c))
			sameRuns(t, c.Dir, straight.Dir, runs.BestFile)
		})
	}
}

// A pause takes no time, does what is asked meanwhile, leaves a checkpoint to go on from, and ends as a run does whose
// context is done.
func TestPause(t *testing.T) {
	c := small(t)
	commands := make(chan runs.Command, 1)
	c.Commands = commands
	var controls []runs.Control
	given := map[runs.Action]runs.Command{runs.Pause: setRate(0.02), runs.SetRate: {Action: runs.Continue}}
	var at *runs.Progress
	c.Observers = []runs.Observer{collect(&controls), func(e runs.Event) error {
		switch e := e.(type) {
		case runs.Step:
			if e.Step == 1 {
				commands <- runs.Command{Action: runs.Pause}
			}
		case runs.Control:
			if next, ok := given[e.Action]; ok {
				time.AfterFunc(600*time.Millisecond, func() {
					if i, err := weights.Inspect(filepath.Join(c.Dir, runs.LastFile)); err == nil && at == nil {
						at = i.Progress
					}
					commands <- next
				})
			}
		}
		return nil
	}}
	began := time.Now()
	r := finished(t)(train.Run(t.Context(), c))
	if took, s := time.Since(began).Seconds(), r.Epochs[0].TrainSeconds; !(s <= took-1.19) {
		t.Errorf("the epoch took %v s of a run of %v s with a pause of 1.2 s, which is not to count", s, took)
	}
	want := []runs.Control{
		{Epoch: 1, Step: 1, Passed: 0.4, Action: runs.Pause},
		{Epoch: 1, Step: 1, Passed: 0.4, Action: runs.SetRate, LR: []float64{0.02}},
		{Epoch: 1, Step: 1, Passed: 0.4, Action: runs.Continue},
	}
	if diff := cmp.Diff(want, controls); diff != "" {
		t.Errorf("controls: (-want +got)\n%s", diff)
	}
	if at == nil || at.Step != 1 || at.Lines != 2 {
		t.Errorf("got checkpoint %+v in the pause, want that of step 1", at)
	}

	c = small(t)
	c.Commands = commands
	ctx, cancel := context.WithCancel(t.Context())
	commands <- runs.Command{Action: runs.Pause}
	c.Observers = []runs.Observer{func(e runs.Event) error {
		if _, ok := e.(runs.Control); ok {
			time.AfterFunc(50*time.Millisecond, cancel)
		}
		return nil
	}}
	if r, err := train.Run(ctx, c); err != nil || r.End.Reason != runs.Interrupted {
		t.Errorf("Ctrl-C in a pause: got %+v, %v", r, err)
	}
	closed := make(chan runs.Command, 1)
	closed <- runs.Command{Action: runs.Pause}
	close(closed)
	c.Commands, c.Observers = closed, []runs.Observer{collect(&controls)}
	finished(t)(resume(t.Context(), c)) // nobody can end the pause, so it ends
	if last := controls[len(controls)-1]; last.Action != runs.Continue {
		t.Errorf("got %+v, want the end of the pause", last)
	}
}

// A run that is told to stop is as one that Ctrl-C stops; metrics.jsonl keeps the command.
func TestStop(t *testing.T) {
	for _, paused := range []bool{false, true} {
		c := small(t)
		commands := make(chan runs.Command, 2)
		c.Commands = commands
		c.Observers = []runs.Observer{func(e runs.Event) error {
			if s, ok := e.(runs.Step); ok && s.Step == 4 {
				if paused {
					commands <- runs.Command{Action: runs.Pause}
				}
				commands <- runs.Command{Action: runs.Stop}
			}
			return nil
		}}
		r, err := train.Run(t.Context(), c)
		if err != nil || r.End.Reason != runs.Interrupted {
			t.Fatalf("got %+v, %v", r, err)
		}
		straight := small(t)
		finished(t)(train.Run(t.Context(), straight))
		c.Commands, c.Observers = nil, nil
		finished(t)(resume(t.Context(), c))
		sameBits(t, c.Dir, straight.Dir)
		var told []any
		for _, m := range lines(t, c.Dir) {
			if m["event"] == "control" {
				told = append(told, m["action"], m["step"])
			}
		}
		want := []any{"stop", 4.0}
		if paused {
			want = []any{"pause", 4.0, "stop", 4.0}
		}
		if !slices.Equal(told, want) {
			t.Errorf("got controls %v, want %v", told, want)
		}
	}
}

// sameBits compares the weights that two runs have left.
func sameBits(t *testing.T, got, want string) {
	t.Helper()
	if !bytes.Equal(read(t, got, runs.FinalFile), read(t, want, runs.FinalFile)) {
		t.Errorf("%s is not that of a run that was left alone", runs.FinalFile)
	}
}

// What cannot be done is told and logged, and changes nothing.
func TestRefused(t *testing.T) {
	c, alone := small(t), small(t)
	c.Schedule = schedules.LambdaLR{Lambda: func(epoch int) float64 { return float64(epoch) }}
	c.Tuning.Groups = []solvers.Group{{Pattern: "fc2*", LR: new(10.0)}}
	alone.Schedule, alone.Tuning = c.Schedule, c.Tuning
	log, hook := test.NewNullLogger()
	var refused []runs.Refused
	c.Observers = []runs.Observer{collect(&refused), train.Log(log, 100)}
	steer(&c, map[int]runs.Command{
		1: setRate(
			0.1,
		), 2: setRate(math.NaN()), 3: setRate(math.MaxFloat64), 4: {Action: "restart"}, 5: {Action: runs.Continue},
	})
	finished(t)(train.Run(t.Context(), c))
	finished(t)(train.Run(t.Context(), alone))
	sameRuns(t, c.Dir, alone.Dir)
	want := []string{
		"lr 0.1: the schedule gives 0 just now", "lr NaN: want a finite number above 0", "lr is +Inf: want a finite number",
		`action "restart": want "pause", "continue", "rate" or "stop"`,
	}
	if len(refused) != len(want) {
		t.Fatalf("got %+v, want %d", refused, len(want))
	}
	for i, w := range want {
		if !strings.Contains(refused[i].Err.Error(), w) {
			t.Errorf("got %v, want %s in it", refused[i].Err, w)
		}
	}
	if n := len(slices.DeleteFunc(hook.AllEntries(),
		func(e *logrus.Entry) bool { return e.Level != logrus.WarnLevel })); n < len(
		want,
	) {
		t.Errorf("got %d warnings, want %d at least", n, len(want))
	}
}
