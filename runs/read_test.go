package runs_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"anneal/runs"
)

// A folder of an older version of the program has neither counts of correct samples nor places of commands.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	record := &runs.Record{
		Solver: "SGD(lr=0.1)", Schedule: "none", Settings: runs.Settings{Epochs: 10, Batch: 100, Accumulate: 4},
		Train: runs.DataRecord{Samples: 1950}, Test: runs.DataRecord{Samples: 200},
	}
	if err := record.Write(dir); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, runs.MetricsFile), `{"event":"step","epoch":1,"step":5,"seen":1950,"loss":0.5,"lr":[0.1]}
{"event":"epoch","epoch":1,"step":5,"train_loss":0.5,"test_loss":0.4,"test_accuracy":0.945,"lr":[0.1],"train_seconds":2,"test_seconds":1}
{"event":"control","epoch":4,"step":15,"action":"rate","lr":[0.01]}
{"event":"control","epoch":5,"step":22,"passed":4.375,"action":"pause"}
{"event":"epoch","epoch":2,"step":25,"train_loss":0.5,"test_loss":0.4,"test_accuracy":0.004975124378109453,"correct":1,"total":201,"lr":[0.1],"train_seconds":2,"test_seconds":1}
{"event":"end","epochs":2,"best_accuracy":0.945,"best_epoch":1,"reason":"interrupted"}
`)
	r, err := runs.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	lr := []float64{0.1}
	want := &runs.Run{
		Dir: dir, Record: record,
		Steps: []runs.Step{{Epoch: 1, Step: 5, Seen: 1950, Loss: 0.5, LR: lr}},
		Epochs: []runs.Epoch{
			{
				Epoch:        1,
				Step:         5,
				TrainLoss:    0.5,
				TestLoss:     0.4,
				TestAccuracy: 0.945,
				Correct:      189,
				Total:        200,
				LR:           lr,
				TrainSeconds: 2,
				TestSeconds:  1,
			},
			{
				Epoch:        2,
				Step:         25,
				TrainLoss:    0.5,
				TestLoss:     0.4,
				TestAccuracy: 1. / 201,
				Correct:      1,
				Total:        201,
				LR:           lr,
				TrainSeconds: 2,
				TestSeconds:  1,
			},
		},
		Controls: []runs.Control{
			{Epoch: 4, Step: 15, Passed: 3, Action: runs.SetRate, LR: []float64{0.01}},
			{Epoch: 5, Step: 22, Passed: 4.375, Action: runs.Pause},
		},
		End: &runs.End{Epochs: 2, BestAccuracy: 0.945, BestEpoch: 1, Reason: runs.Interrupted},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if r.Best().Epoch != 1 || r.Last().Epoch != 2 || r.Seconds() != 6 || r.Reason() != runs.Interrupted {
		t.Errorf("got best %+v, last %+v, %v seconds, %q", r.Best(), r.Last(), r.Seconds(), r.Reason())
	}

	part, content, err := runs.ReadUntil(dir, 2)
	if err != nil || len(part.Epochs) != 1 || len(part.Controls) != 0 || strings.Count(string(content), "\n") != 2 ||
		content[len(content)-1] != '\n' {
		t.Errorf("until line 2: got %+v, %q, %v", part, content, err)
	}
	if _, _, err := runs.ReadUntil(dir, 7); err == nil || !strings.Contains(err.Error(), "got 6 lines, want the 7") {
		t.Errorf("until line 7: got %v", err)
	}
	if _, err := runs.Read(t.TempDir()); err == nil {
		t.Error("an empty folder: got no error")
	}
}
