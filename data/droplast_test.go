package data_test

import (
	"context"
	"strings"
	"testing"

	"anneal/data"
)

// With DropLast an epoch has whole batches alone, and shuffling leaves out other samples in every epoch.
func TestDropLast(t *testing.T) {
	const n, batch = 10, 4
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(i)
	}
	set, err := data.NewMemory([3]int{1, 1, 1}, n, make([]float32, n), labels)
	if err != nil {
		t.Fatal(err)
	}
	l, err := data.NewLoader(set, data.Options{Batch: batch, Shuffle: true, Seed: 1, DropLast: true})
	if err != nil {
		t.Fatal(err)
	}
	if l.Batches() != 2 || l.Samples() != 8 {
		t.Errorf("got %d batches of %d samples, want 2 of 8", l.Batches(), l.Samples())
	}
	all := map[int32]bool{}
	for epoch := range 20 {
		seen := map[int32]bool{}
		for b, err := range l.Epoch(context.Background(), epoch, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if len(b.Labels) != batch {
				t.Fatalf("epoch %d: a batch of %d", epoch, len(b.Labels))
			}
			for _, label := range b.Labels {
				seen[label], all[label] = true, true
			}
		}
		if len(seen) != 8 {
			t.Fatalf("epoch %d: got %d samples, want 8", epoch, len(seen))
		}
	}
	if len(all) != n {
		t.Errorf("in 20 epochs: got %d of %d samples", len(all), n)
	}
	for _, c := range []struct{ batch, batches int }{{10, 1}, {5, 2}, {1, 10}} {
		l, err := data.NewLoader(set, data.Options{Batch: c.batch, DropLast: true})
		if err != nil || l.Batches() != c.batches || l.Samples() != n {
			t.Errorf("batch %d: got %v, %v", c.batch, l, err)
		}
	}
	_, err = data.NewLoader(set, data.Options{Batch: 11, DropLast: true})
	if err == nil || !strings.Contains(err.Error(), "drop last: got 10 samples, which make no batch of 11") {
		t.Errorf("batch 11: got %v", err)
	}
}
