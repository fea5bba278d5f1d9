package train_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/train"
	"anneal/weights"
)

// TestSWA compares the average with the mean of the weights after the epochs from its first on.
func TestSWA(t *testing.T) {
	for first := 1; first <= 4; first++ {
		c := small(t)
		params := graph.NewParams(3, tensor.Float64)
		c.Params, c.SWA, c.Epochs, c.Dir = params, first, 4, ""
		sums, last := map[string][]float64{}, map[string][]float64{}
		c.Observers = []runs.Observer{func(e runs.Event) error {
			epoch, ok := e.(runs.Epoch)
			if !ok {
				return nil
			}
			if has := epoch.SWATestAccuracy != nil; has != (epoch.Epoch >= first) || epoch.EMATestAccuracy != nil {
				t.Errorf("swa %d: got %+v, want an average from its epoch on", first, epoch)
			}
			for _, p := range params.All() {
				last[p.Name()] = slices.Clone(bits(p.Value()))
				if epoch.Epoch < first {
					continue
				}
				if sums[p.Name()] == nil {
					sums[p.Name()] = make([]float64, len(last[p.Name()]))
				}
				for i, v := range last[p.Name()] {
					sums[p.Name()][i] += v / float64(5-first)
				}
			}
			return nil
		}}
		r := finished(t)(train.Run(t.Context(), c))
		for _, p := range params.All() {
			want := sums[p.Name()]
			if p.Kind() == graph.Counter {
				want = last[p.Name()]
			}
			close64(t, p.Name(), bits(r.SWA.Lookup(p.Name()).Value()), want)
		}
	}
}

// A run that is resumed from any of its checkpoints has the same average again. Resume removes the file of the average
// when it continues from an earlier step.
func TestResumeSWA(t *testing.T) {
	straight, stopped := small(t), small(t)
	for _, c := range []*train.Config{&straight, &stopped} {
		c.Epochs, c.SWA, c.SaveEvery, c.Keep = 4, 2, 1, 20
	}
	finished(t)(train.Run(t.Context(), straight))
	finished(t)(train.Run(t.Context(), stopped))
	for _, step := range []int{11, 9, 8, 6, 3, 2} {
		ctx, cancel := context.WithCancel(t.Context())
		again := stopped
		again.Observers = []runs.Observer{func(e runs.Event) error {
			if _, ok := e.(runs.Start); !ok {
				return nil
			}
			if _, err := os.Stat(filepath.Join(again.Dir, runs.SWAFile)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("step %d: got %v, want no average before the end", step, err)
			}
			cancel()
			return nil
		}}
		if _, err := train.Resume(ctx, again, filepath.Join(again.Dir, runs.StepFile(step))); err != nil {
			t.Fatal(err)
		}
		again.Observers = nil
		r := finished(t)(train.Resume(t.Context(), again, again.Dir))
		if r.SWA == nil {
			t.Errorf("step %d: got no average", step)
		}
		sameRuns(t, stopped.Dir, straight.Dir, runs.SWAFile)
	}
	stopped.SWA = 3
	want := "swa is 3 and was 2"
	if _, err := train.Resume(t.Context(), stopped, stopped.Dir); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// stopping is a data set that calls stop in an evaluation of it.
type stopping struct {
	data.Dataset
	left int // evaluations until then; none if it is 0
	stop func()
}

func (s *stopping) Read(i int, x []float32) (int32, error) {
	if i == 0 && s.left > 0 {
		if s.left--; s.left == 0 {
			s.stop()
		}
	}
	return s.Dataset.Read(i, x)
}

// An epoch counts once in the average, even if one of its evaluations is interrupted: that of the weights, before the
// average has the epoch, or that of the average, after it.
func TestInterruptedSWA(t *testing.T) {
	settings := func() train.Config {
		c := small(t)
		c.Epochs, c.SWA = 4, 2
		return c
	}
	straight := settings()
	finished(t)(train.Run(t.Context(), straight))
	for evaluation, averaged := range []int{0, 0, 1, 1, 2, 2, 3} { // one in epoch 1, two in each of the others
		ctx, cancel := context.WithCancel(t.Context())
		c := settings()
		set := &stopping{Dataset: c.Test, stop: cancel}
		c.Test = set
		c.Observers = []runs.Observer{func(e runs.Event) error {
			if _, ok := e.(runs.Start); ok {
				set.left = evaluation + 1
			}
			return nil
		}}
		if r, err := train.Run(ctx, c); err != nil || r.End.Reason != runs.Interrupted {
			t.Fatalf("evaluation %d: got %+v, %v", evaluation, r, err)
		}
		i, err := weights.Inspect(filepath.Join(c.Dir, runs.LastFile))
		if err != nil || i.Progress.Averaged != averaged || (len(i.SWA) > 0) != (averaged > 0) || i.EMA != nil {
			t.Errorf("evaluation %d: got %+v, %v, want %d epochs in the average", evaluation, i, err, averaged)
		}
		c.Observers = nil
		finished(t)(train.Resume(t.Context(), c, c.Dir))
		sameRuns(t, c.Dir, straight.Dir, runs.SWAFile)
	}
}

// metrics.jsonl names the average, and a run that ends before its first epoch leaves none.
func TestSWAFile(t *testing.T) {
	c := small(t)
	c.Epochs, c.SWA, c.Validation = 3, 2, stripes(t, 9)
	r := finished(t)(train.Run(t.Context(), c))
	params, err := weights.LoadModel(filepath.Join(c.Dir, runs.SWAFile), normed, [3]int{1, 4, 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.SWA.All() {
		close64(t, p.Name(), bits(params.Lookup(p.Name()).Value()), bits(p.Value()))
	}
	m := lines(t, c.Dir)
	for key, want := range map[string]*float64{
		"swa_test_loss": r.Epochs[2].SWATestLoss, "swa_test_accuracy": r.Epochs[2].SWATestAccuracy,
		"swa_validation_loss":     r.Epochs[2].SWAValidationLoss,
		"swa_validation_accuracy": r.Epochs[2].SWAValidationAccuracy,
	} {
		if last := m[len(m)-2]; last["event"] != "epoch" || last[key] != *want || last["ema_test_loss"] != nil {
			t.Errorf("%s: got %v, want %v", key, last, *want)
		}
	}
	for _, s := range []struct {
		params *graph.Params
		set    data.Dataset
		loss   *float64
	}{{r.SWA, c.Test, r.Epochs[2].SWATestLoss}, {r.SWA, c.Validation, r.Epochs[2].SWAValidationLoss}} {
		evaluator, err := train.NewEvaluator(normed, s.params, s.set, 5)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := evaluator.Run(t.Context()); err != nil || got.Loss != *s.loss {
			t.Errorf("got loss %v, want %v: %v", *s.loss, got.Loss, err)
		}
	}

	c = small(t)
	c.Epochs, c.SWA, c.Patience, c.MinDelta, c.Validation = 9, 8, 1, 1, stripes(t, 9)
	r, err = train.Run(t.Context(), c)
	if err != nil || r.End.Reason != runs.StoppedEarly || r.SWA != nil {
		t.Errorf("got %+v, %v, want a run that stopped early without an average", r, err)
	}
	if _, err := os.Stat(filepath.Join(c.Dir, runs.SWAFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want no file of an average", err)
	}
}

// A run has one average, of epochs that it has.
func TestSWAErrors(t *testing.T) {
	for want, set := range map[string]func(*train.Config){
		"ema: got 0.9, and swa 1: want one average": func(c *train.Config) { c.EMA, c.SWA = 0.9, 1 },
		"swa: got epoch 3, want at most 2":          func(c *train.Config) { c.SWA = 3 },
		"swa: got -1":                               func(c *train.Config) { c.SWA = -1 },
		"swa: got epoch 2, but the run ends after 3 steps, in an earlier epoch": func(c *train.Config) {
			c.SWA, c.Steps = 2, 3
		},
	} {
		c := small(t)
		set(&c)
		if _, err := train.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	c := small(t)
	c.SWA, c.Steps = 2, 4
	if r := finished(t)(train.Run(t.Context(), c)); r.SWA == nil {
		t.Error("an epoch that Steps ends: got no average")
	}
}
