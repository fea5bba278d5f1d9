package runs_test

import (
	"bytes"
	"errors"
	"testing"

	"anneal/runs"
)

func TestMetrics(t *testing.T) {
	var out bytes.Buffer
	observe := runs.Metrics(&out, 2)
	for _, e := range []runs.Event{
		runs.Start{Steps: 3},
		runs.Step{Epoch: 1, Step: 1, Batch: 1, Seen: 64, Loss: 2.5, LR: []float64{0.1}},
		runs.Step{Epoch: 1, Step: 2, Batch: 2, Seen: 128, Loss: float64(float32(0.1)), LR: []float64{0.1, 1e-7}},
		runs.Epoch{
			Epoch: 1, Step: 938, TrainLoss: 0.1503, TestLoss: 0.0512, TestAccuracy: 0.9851, Correct: 9851, Total: 10000,
			LR: []float64{0.1}, TrainSeconds: 1.9, TestSeconds: 0.1,
		},
		runs.Control{Epoch: 2, Step: 938, Passed: 1, Action: runs.SetRate, LR: []float64{0.05}},
		runs.Control{Epoch: 2, Step: 940, Action: runs.Pause},
		runs.Refused{Command: runs.Command{Action: runs.SetRate}, Err: errFull},
		runs.Epoch{
			Epoch: 2, LR: []float64{0.1}, Confusion: [][]int{{980, 1}, {0, 12}}, Precision: []float64{
				1,
				0.5,
			}, Recall: []float64{0.5, 1},
			EMATestLoss: new(0.0), EMATestAccuracy: new(0.99),
		},
		runs.End{Epochs: 10, BestAccuracy: 0.9931, BestEpoch: 9, Reason: runs.Completed},
	} {
		if err := observe(e); err != nil {
			t.Fatal(err)
		}
	}
	want := `{"event":"step","epoch":1,"step":2,"seen":128,"loss":0.10000000149011612,"lr":[0.1,1e-7]}
{"event":"epoch","epoch":1,"step":938,"train_loss":0.1503,"test_loss":0.0512,"test_accuracy":0.9851,"correct":9851,"total":10000,"lr":[0.1],"train_seconds":1.9,"test_seconds":0.1}
{"event":"control","epoch":2,"step":938,"passed":1,"action":"rate","lr":[0.05]}
{"event":"control","epoch":2,"step":940,"action":"pause"}
{"event":"epoch","epoch":2,"step":0,"train_loss":0,"test_loss":0,"test_accuracy":0,"lr":[0.1],"train_seconds":0,"test_seconds":0,"confusion":[[980,1],[0,12]],"precision":[1,0.5],"recall":[0.5,1],"ema_test_loss":0,"ema_test_accuracy":0.99}
{"event":"end","epochs":10,"best_accuracy":0.9931,"best_epoch":9,"reason":"completed"}
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestMetricsReportsWriteErrors(t *testing.T) {
	if err := runs.Metrics(full{}, 1)(runs.End{}); !errors.Is(err, errFull) {
		t.Errorf("got %v, want %v", err, errFull)
	}
}
