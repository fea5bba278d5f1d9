package train_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anneal/runs"
	"anneal/train"
	"anneal/weights"
)

// TestSaveEveryAndKeep goes back to a checkpoint of before.
func TestSaveEveryAndKeep(t *testing.T) {
	c := settings[2].of(t)
	c.SaveEvery, c.Keep = 2, 3
	finished(t)(train.Run(t.Context(), c))
	list := func() (names []string) {
		entries, err := os.ReadDir(c.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), "step-") {
				names = append(names, e.Name())
			}
		}
		return names
	}
	want := []string{"step-00000008.safetensors", "step-00000009.safetensors", "step-00000010.safetensors"}
	if got := list(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	metrics, final := read(t, c.Dir, runs.MetricsFile), read(t, c.Dir, runs.FinalFile)
	again := c
	again.Dir = filepath.Join(c.Dir, want[0])
	stopAt(t, again, resume, 9)
	if got := list(); !slices.Equal(got, want[:1]) {
		t.Errorf("gone back: got %v, want %v", got, want[:1])
	}
	finished(t)(resume(t.Context(), c))
	if got := read(t, c.Dir, runs.MetricsFile); !bytes.Equal(times.ReplaceAll(got, nil), times.ReplaceAll(metrics, nil)) {
		t.Errorf("got metrics\n%s\nwant\n%s", got, metrics)
	}
	if !bytes.Equal(read(t, c.Dir, runs.FinalFile), final) {
		t.Error("the run that went back has other weights")
	}

	// A run that is stopped before it went back is as it was. One that is stopped right after that can go on all the same.
	again.Dir = filepath.Join(c.Dir, "step-00000010.safetensors")
	at := func() int {
		i, err := weights.Inspect(filepath.Join(c.Dir, runs.LastFile))
		if err != nil {
			t.Fatal(err)
		}
		return i.Progress.Step
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := resume(cancelled, again); !errors.Is(err, context.Canceled) || at() != 12 {
		t.Errorf("got %v at step %d, want %v at step 12", err, at(), context.Canceled)
	}
	ctx, cancel := context.WithCancel(t.Context())
	again.Observers = []runs.Observer{func(e runs.Event) error {
		if _, ok := e.(runs.Start); ok {
			cancel()
		}
		return nil
	}}
	if r, err := resume(ctx, again); err != nil || r.End.Reason != runs.Interrupted || at() != 10 {
		t.Errorf("got %+v, %v at step %d, want it interrupted at step 10", r, err, at())
	}
	finished(t)(resume(t.Context(), c))
	if !bytes.Equal(read(t, c.Dir, runs.FinalFile), final) {
		t.Error("the run that went back and stopped has other weights")
	}
}

func TestBest(t *testing.T) {
	for _, best := range []runs.Best{runs.ByAccuracy, runs.ByLoss} {
		c := small(t)
		c.Epochs, c.Best, c.ChooseBy, c.Keep = 8, best, runs.ByTest, 8
		r := finished(t)(train.Run(t.Context(), c))
		want := slices.MaxFunc(r.Epochs, func(a, b runs.Epoch) int {
			if best == runs.ByLoss {
				return -cmp.Compare(a.TestLoss, b.TestLoss)
			}
			return cmp.Compare(a.TestAccuracy, b.TestAccuracy)
		})
		i, err := weights.Inspect(filepath.Join(c.Dir, runs.BestFile))
		if err != nil || i.Progress == nil || i.Progress.Step != want.Step {
			t.Errorf("%s: got %+v, %v, want the checkpoint of epoch %d", best, i, err, want.Epoch)
		}
	}
}
