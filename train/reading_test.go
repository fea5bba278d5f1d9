package train

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
)

// A run tells how far it reads its samples for their hash, part by part, before Start. Stopped then, it ends with the
// context's error and leaves no folder.
func TestReading(t *testing.T) {
	defer func(every time.Duration) { readingEvery = every }(readingEvery)
	readingEvery = 0
	pixels, labels := make([]float32, 640*4), make([]int32, 640)
	for i := range labels {
		labels[i], pixels[4*i] = int32(i%2), float32(i%2)
	}
	set, err := data.NewMemory([3]int{1, 2, 2}, 2, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	test, err := data.Limit(set, 100)
	if err != nil {
		t.Fatal(err)
	}
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) }
	c := Config{
		Model: model, Train: set, Test: test, Solver: solvers.SGD{LR: 0.1},
		Dir: filepath.Join(t.TempDir(), "run"), Settings: Settings{Epochs: 1, Batch: 64},
	}
	var told []runs.Reading
	started := false
	c.Observers = []runs.Observer{func(e runs.Event) error {
		switch e := e.(type) {
		case runs.Reading:
			if told = append(told, e); started {
				t.Error("a Reading after Start")
			}
		case runs.Start:
			started = true
		}
		return nil
	}}
	stopping := c
	if _, err := Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	ends := []runs.Reading{
		{Part: "training", Done: 640, Samples: 640},
		{Part: "test", Done: 64, Samples: 100},
		{Part: "test", Done: 100, Samples: 100},
	}
	if n := len(told); n != 12 || !slices.Equal(told[9:], ends) {
		t.Errorf("got %v, want the ten batches of the training part and two of the test part", told)
	}

	ctx, cancel := context.WithCancel(t.Context())
	read := 0
	stopping.Dir = filepath.Join(t.TempDir(), "stopped")
	stopping.Observers = []runs.Observer{func(e runs.Event) error {
		if e, ok := e.(runs.Reading); ok {
			read = e.Done
			cancel()
		}
		return nil
	}}
	if _, err := Run(ctx, stopping); !errors.Is(err, context.Canceled) || read != 64 {
		t.Errorf("got %v after %d samples, want the context's error after the batch of 64", err, read)
	}
	if _, err := os.Stat(stopping.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want no folder", err)
	}
	record, err := recordData(t.Context(), set, nil)
	if err != nil || !IsData(t.Context(), record, set) || IsData(ctx, record, set) {
		t.Errorf("%v: want the data to be its own, and none when the context is done", err)
	}
}
