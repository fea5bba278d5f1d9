package train_test

import (
	"bytes"
	"errors"
	"testing"

	"anneal/train"
)

func TestMetrics(t *testing.T) {
	var out bytes.Buffer
	observe := train.Metrics(&out, 2)
	for _, e := range []train.Event{
		train.Start{Steps: 3},
		train.Step{Epoch: 1, Step: 1, Batch: 1, Seen: 64, Loss: 2.5, LR: []float64{0.1}},
		train.Step{Epoch: 1, Step: 2, Batch: 2, Seen: 128, Loss: float64(float32(0.1)), LR: []float64{0.1, 1e-7}},
		train.Epoch{
			Epoch: 1, Step: 938, TrainLoss: 0.1503, TestLoss: 0.0512, TestAccuracy: 0.9851, Correct: 9851, Total: 10000,
			LR: []float64{0.1}, TrainSeconds: 1.9, TestSeconds: 0.1,
		},
		train.Control{Epoch: 2, Step: 938, Action: train.SetRate, LR: []float64{0.05}},
		train.Control{Epoch: 2, Step: 940, Action: train.Pause},
		train.Refused{Command: train.Command{Action: train.SetRate}, Err: errFull},
		train.Epoch{
			Epoch: 2, LR: []float64{0.1}, Confusion: [][]int{{980, 1}, {0, 12}}, Precision: []float64{1, 0.5}, Recall: []float64{0.5, 1},
			EMATestLoss: pointer(0), EMATestAccuracy: pointer(0.99),
		},
		train.End{Epochs: 10, BestAccuracy: 0.9931, BestEpoch: 9, Reason: train.Completed},
	} {
		if err := observe(e); err != nil {
			t.Fatal(err)
		}
	}
	want := `{"event":"step","epoch":1,"step":2,"seen":128,"loss":0.10000000149011612,"lr":[0.1,1e-7]}
{"event":"epoch","epoch":1,"step":938,"train_loss":0.1503,"test_loss":0.0512,"test_accuracy":0.9851,"lr":[0.1],"train_seconds":1.9,"test_seconds":0.1}
{"event":"control","epoch":2,"step":938,"action":"rate","lr":[0.05]}
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
	if err := train.Metrics(full{}, 1)(train.End{}); !errors.Is(err, errFull) {
		t.Errorf("got %v, want %v", err, errFull)
	}
}
