package train_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/stream"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// stripes is a data set of n noisy 4x4 images in 3 classes: class c is bright in row c.
func stripes(t testing.TB, n int) *data.Memory {
	t.Helper()
	r := stream.New(7, "stripes")
	pixels, labels := make([]float32, 16*n), make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % 3)
		for j := range 16 {
			pixels[16*i+j] = float32(0.3 * r.NormFloat64())
			if j/4 == i%3 {
				pixels[16*i+j]++
			}
		}
	}
	d, err := data.NewMemory([3]int{1, 4, 4}, 3, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func linear(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("fc", b.Flatten(x), 3)
}

func normed(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("bn", b.Linear("fc1", b.Flatten(x), 8)))
	return b.Linear("fc2", b.Dropout("drop", h, 0.2), 3)
}

// resume resumes the run in c.Dir, or from the checkpoint that it names.
func resume(ctx context.Context, c train.Config) (*train.Result, error) {
	return train.Resume(ctx, c, c.Dir)
}

// small is a run of 2 epochs of 3 batches, the last one of 2 samples.
func small(t testing.TB) train.Config {
	t.Helper()
	return train.Config{
		Model: normed, Train: stripes(t, 10), Test: stripes(t, 7), Solver: solvers.SGD{LR: 0.1, Momentum: 0.9},
		Settings: train.Settings{Epochs: 2, Batch: 4, EvalBatch: 5, LogEvery: 1}, Dir: filepath.Join(t.TempDir(), "run"),
	}
}

// lines reads metrics.jsonl without the seconds, which differ from run to run.
func lines(t *testing.T, dir string) []map[string]any {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, runs.MetricsFile))
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	for line := range bytes.Lines(content) {
		var m map[string]any
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		delete(m, "train_seconds")
		delete(m, "test_seconds")
		all = append(all, m)
	}
	return all
}

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// collect returns an observer that keeps the events of one type.
func collect[E runs.Event](list *[]E) runs.Observer {
	return func(e runs.Event) error {
		if e, ok := e.(E); ok {
			*list = append(*list, e)
		}
		return nil
	}
}

func TestRunRecordsEveryStep(t *testing.T) {
	c := small(t)
	var starts []runs.Start
	var steps []runs.Step
	c.Observers = []runs.Observer{collect(&starts), collect(&steps)}
	c.Seed, c.Name, c.Notes = 3, "normed", map[string]any{"data": "stripes"}
	result, err := train.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	want := []runs.Start{{
		Dir: c.Dir, Samples: 10, Batches: 3, Updates: 3, Epochs: 2, Steps: 6, Weights: 16*8 + 8 + 16 + 8*3 + 3,
		Update: 4, RateFactor: 1, Interval: runs.PerEpoch, By: runs.ByNothing,
		Groups: []runs.Group{{Tensors: 6, LR: 0.1, Lowest: 0.1, Schedule: schedules.Constant{}, Base: 0.1}},
	}}
	if diff := cmp.Diff(want, starts); diff != "" {
		t.Errorf("start: (-want +got)\n%s", diff)
	}
	for i, s := range steps {
		seen := []int{4, 8, 10}[i%3]
		if s.Epoch != 1+i/3 || s.Step != i+1 || s.Batch != 1+i%3 || s.Seen != seen || !slices.Equal(s.LR, []float64{0.1}) {
			t.Errorf("step %d: got %+v", i+1, s)
		}
	}
	if len(steps) != 6 || len(result.Epochs) != 2 {
		t.Fatalf("got %d steps and %d epochs, want 6 and 2", len(steps), len(result.Epochs))
	}
	for i, e := range result.Epochs {
		s := steps[3*i:]
		mean := (4*s[0].Loss + 4*s[1].Loss + 2*s[2].Loss) / 10
		if e.Step != 3*(i+1) || !(math.Abs(e.TrainLoss-mean) <= 1e-12) || e.Total != 7 ||
			e.TestAccuracy != float64(e.Correct)/7 {
			t.Errorf("epoch %d: got %+v, want train loss %v", i+1, e, mean)
		}
	}
	metrics := lines(t, c.Dir)
	if len(metrics) != 6+2+1 || metrics[3]["event"] != "epoch" || metrics[8]["reason"] != runs.Completed {
		t.Errorf("got metrics %v", metrics)
	}

	var record runs.Record
	if err := json.Unmarshal(read(t, c.Dir, runs.ConfigFile), &record); err != nil {
		t.Fatal(err)
	}
	if record.Solver != "SGD(lr=0.1, momentum=0.9)" || record.Schedule != "Constant()" ||
		record.Interval != runs.PerEpoch || record.Seed != 3 ||
		record.Batch != 4 || record.TotalSteps != 6 || record.Train.Samples != 10 ||
		record.Train.SHA256 == record.Test.SHA256 ||
		record.NoShuffle {
		t.Errorf("got record %+v", record)
	}

	evaluator, err := train.NewEvaluator(normed, nil, c.Test, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Load(filepath.Join(c.Dir, runs.FinalFile), evaluator.Params()); err != nil {
		t.Fatal(err)
	}
	again, err := evaluator.Run(t.Context())
	if last := result.Epochs[1]; err != nil || again.Correct != last.Correct ||
		!(math.Abs(again.Loss-last.TestLoss) <= 1e-6) {
		t.Errorf("the saved weights evaluate to %+v, %v, want %+v", again, err, last)
	}
}

func TestSameSeedSameBits(t *testing.T) {
	var metrics [3][]map[string]any
	var weights [3][]byte
	for i, seed := range []uint64{1, 1, 2} {
		c := small(t)
		c.Seed = seed
		if _, err := train.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		metrics[i], weights[i] = lines(t, c.Dir), read(t, c.Dir, runs.FinalFile)
	}
	if !bytes.Equal(weights[0], weights[1]) || !slices.EqualFunc(metrics[0], metrics[1], sameLine) {
		t.Errorf("two runs with one seed differ:\n%v\n%v", metrics[0], metrics[1])
	}
	if bytes.Equal(weights[0], weights[2]) {
		t.Error("another seed gives the same weights")
	}
}

func sameLine(a, b map[string]any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

func TestStepsEndARunWithinAnEpoch(t *testing.T) {
	c := small(t)
	c.Epochs, c.Steps = 5, 4
	result, err := train.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Epochs) != 2 || result.Epochs[1].Step != 4 || result.End.Reason != runs.Completed {
		t.Errorf("got %+v", result)
	}
}

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		schedule string
		interval runs.Interval
		want     []float64 // the rate of each step
	}{
		{"none", runs.PerStep, []float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5}},
		{"StepLR(1, 0.5)", runs.PerEpoch, []float64{0.5, 0.5, 0.5, 0.25, 0.25, 0.25}},
		{"StepLR(2, 0.5)", runs.PerStep, []float64{0.5, 0.5, 0.25, 0.25, 0.125, 0.125}},
		// A loss or an accuracy is never better by a factor of 1000, so the first epoch sets the mark and the second misses
		// it.
		{
			"ReduceLROnPlateau(factor=0.5, patience=0, threshold=0.999)", runs.PerEpoch,
			[]float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25},
		},
		{
			"ReduceLROnPlateau('max', factor=0.5, patience=0, threshold=999)", runs.PerStep,
			[]float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25},
		},
	} {
		schedule, err := schedules.Parse(c.schedule)
		if err != nil {
			t.Fatal(err)
		}
		var steps []runs.Step
		config := small(t)
		config.Solver, config.Schedule, config.ChooseBy = solvers.SGD{LR: 0.5}, schedule, runs.ByTest
		config.Interval, config.Epochs = c.interval, len(c.want)/3
		config.Observers = []runs.Observer{collect(&steps)}
		if _, err := train.Run(t.Context(), config); err != nil {
			t.Fatal(err)
		}
		var got []float64
		for _, s := range steps {
			got = append(got, s.LR[0])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s per %s: got %v, want %v", c.schedule, c.interval, got, c.want)
		}
	}
}

// TestPlateauWatches lets a plateau halve the rate after each epoch without an improvement: of the test loss, or with
// mode max of the test accuracy.
func TestPlateauWatches(t *testing.T) {
	for _, c := range []struct {
		mode             string
		watched, ignored func(runs.Epoch) float64 // less is better
	}{
		{"min", func(e runs.Epoch) float64 { return e.TestLoss }, func(e runs.Epoch) float64 { return e.TestAccuracy }},
		{"max", func(e runs.Epoch) float64 { return -e.TestAccuracy }, func(e runs.Epoch) float64 { return -e.TestLoss }},
	} {
		config := small(t)
		config.Epochs, config.ChooseBy = 8, runs.ByTest
		var err error
		config.Schedule, err = schedules.Parse("ReduceLROnPlateau('" + c.mode + "', factor=0.5, patience=0, threshold=0)")
		if err != nil {
			t.Fatal(err)
		}
		var steps []runs.Step
		config.Observers = []runs.Observer{collect(&steps)}
		result := finished(t)(train.Run(t.Context(), config))
		rates := func(metric func(runs.Epoch) float64) (all []float64) {
			rate, best := 0.1, math.Inf(1)
			for _, e := range result.Epochs {
				all = append(all, rate, rate, rate)
				if m := metric(e); m < best {
					best = m
				} else {
					rate /= 2
				}
			}
			return all
		}
		var got []float64
		for _, s := range steps {
			got = append(got, s.LR[0])
		}
		if want := rates(c.watched); !slices.Equal(got, want) {
			t.Errorf("%s: got rates %v, want %v", c.mode, got, want)
		}
		if slices.Equal(got, rates(c.ignored)) {
			t.Errorf("%s: the two metrics give the same rates, so that nothing is compared", c.mode)
		}
	}
}

func TestDivergence(t *testing.T) {
	for _, c := range []struct {
		name, want string
		steps      int
	}{
		{"training loss", "train: epoch 1, step 2, lr 1e+30: loss ", 0},
		{"test loss", "train: epoch 1, step 1, lr 1e+30: test loss ", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := small(t)
			var steps []runs.Step
			config.Solver, config.Steps = solvers.SGD{LR: 1e30}, c.steps
			config.Model = func(b *graph.Builder, x *graph.Node) *graph.Node {
				return b.Linear("fc2", b.Linear("fc1", b.Flatten(x), 8), 3)
			}
			config.Observers = []runs.Observer{collect(&steps)}
			result, err := train.Run(t.Context(), config)
			if !errors.Is(err, train.ErrDiverged) || !strings.HasPrefix(err.Error(), c.want) ||
				!strings.Contains(err.Error(), "last finite loss 1.") {
				t.Fatalf("got error %v, want %s...", err, c.want)
			}
			if len(steps) != 1 || result.End.Reason != runs.Diverged {
				t.Errorf("got steps %v and end %+v, want one step", steps, result.End)
			}
			for _, name := range []string{runs.FinalFile, runs.MistakesFile} {
				if _, err := os.Stat(filepath.Join(config.Dir, name)); err == nil {
					t.Errorf("a run that diverged left %s", name)
				}
			}
			if m := lines(t, config.Dir); m[len(m)-1]["reason"] != runs.Diverged {
				t.Errorf("got metrics %v", m)
			}
		})
	}
}

func TestInterruption(t *testing.T) {
	c := small(t)
	ctx, cancel := context.WithCancel(t.Context())
	c.Observers = []runs.Observer{func(e runs.Event) error {
		if s, ok := e.(runs.Step); ok && s.Step == 5 {
			cancel()
		}
		return nil
	}}
	result, err := train.Run(ctx, c)
	if err != nil || result.End.Reason != runs.Interrupted || result.End.Epochs != 1 {
		t.Fatalf("got %+v, %v", result, err)
	}
	if m := lines(t, c.Dir); len(m) != 5+1+1 || m[6]["reason"] != runs.Interrupted {
		t.Errorf("got metrics %v", m)
	}
	if err := weights.Load(filepath.Join(c.Dir, runs.FinalFile), result.Params); err != nil {
		t.Error(err)
	}

	c = small(t)
	if _, err := train.Run(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before the start: got %v", err)
	}
	if _, err := os.Stat(c.Dir); err == nil {
		t.Error("cancelled before the start: there is a folder")
	}
}

func TestObserverEndsTheRun(t *testing.T) {
	c, full := small(t), errors.New("disk full")
	c.Observers = []runs.Observer{func(runs.Event) error { return full }}
	if _, err := train.Run(t.Context(), c); !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
}
