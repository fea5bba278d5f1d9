package train_test

import (
	"context"
	"strings"
	"testing"

	"anneal/graph"
	"anneal/runs"
	"anneal/train"
)

// flatNormed needs more than one sample per batch to train.
func flatNormed(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.BatchNorm("bn", b.Linear("fc", b.Flatten(x), 3))
}

// A last batch of one sample is an error with BatchNorm, which names the way out. That trains, is recorded, and resumes
// to the same bits.
func TestDropLast(t *testing.T) {
	c := small(t)
	c.Model, c.Train = flatNormed, stripes(t, 9) // batches of 4, 4 and 1
	_, err := train.Run(context.Background(), c)
	if err == nil || !strings.Contains(err.Error(), "a last one of 1; drop-last leaves that one out") {
		t.Fatalf("got %v", err)
	}
	c.DropLast, c.SaveEvery, c.Keep = true, 1, 100
	var starts []runs.Start
	c.Observers = []runs.Observer{collect(&starts)}
	r := finished(t)(train.Run(context.Background(), c))
	if s := starts[0]; s.Samples != 8 || s.Batches != 2 || s.Updates != 2 || s.Steps != 4 {
		t.Errorf("got %+v", s)
	}
	if last := r.Epochs[1]; last.Step != 4 {
		t.Errorf("got %+v", last)
	}
	record, err := runs.ReadRecord(c.Dir)
	if err != nil || !record.DropLast || record.EpochSamples() != 8 || record.TotalSteps != 4 {
		t.Errorf("got %+v, %v", record, err)
	}
	whole := c
	whole.Dir = c.Dir + "-stopped"
	stopAt(t, whole, train.Run, 3)
	whole.DropLast = false
	if _, err := resume(context.Background(), whole); err == nil {
		t.Error("resumed without drop-last: got no error")
	}
	whole.DropLast = true
	finished(t)(resume(context.Background(), whole))
	sameRuns(t, whole.Dir, c.Dir)

	c.Dir, c.Batch = "", 10
	if _, err := train.Run(context.Background(), c); err == nil || !strings.Contains(err.Error(), "no batch of 10") {
		t.Errorf("a batch larger than the data: got %v", err)
	}
}
