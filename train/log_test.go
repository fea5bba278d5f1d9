package train_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/sirupsen/logrus"

	"anneal/runs"
	"anneal/train"
)

func TestLog(t *testing.T) {
	var out bytes.Buffer
	l := logrus.New()
	l.SetOutput(&out)
	l.SetFormatter(&logrus.JSONFormatter{DisableTimestamp: true})
	observe := train.Log(l, 100)
	var got []map[string]any
	for _, e := range []runs.Event{
		runs.Start{Samples: 60000, Weights: 21840, Epochs: 1, Steps: 938, Dir: "runs/a"},
		runs.Step{Epoch: 1, Step: 99, Batch: 99, Seen: 6336, Loss: 0.3, LR: []float64{0.1}},
		runs.Step{Epoch: 1, Step: 100, Batch: 100, Seen: 6400, Loss: 0.2134, LR: []float64{0.1}},
		runs.Epoch{
			Epoch: 1, Step: 938, TrainLoss: 0.15031, TestLoss: 0.05123, TestAccuracy: 0.9851, Correct: 9851, Total: 10000,
			LR: []float64{0.1, 0.05}, TrainSeconds: 1.92, TestSeconds: 0.1,
		},
		runs.Control{Epoch: 1, Step: 938, Action: runs.SetRate, LR: []float64{0.01, 0.005}},
		runs.Control{Epoch: 1, Step: 938, Action: runs.Pause},
		runs.Epoch{
			Epoch: 2, Step: 1876, TrainLoss: 0.1, TestLoss: 0.05, TestAccuracy: 0.98, Correct: 9800, Total: 10000,
			LR:          []float64{0.1},
			EMATestLoss: pointer(0.0412), EMATestAccuracy: pointer(0.9876), Confusion: [][]int{{1}},
		},
		runs.Epoch{Epoch: 3, Total: 10, LR: []float64{0.1}, EMATestAccuracy: pointer(0.1)},
		runs.Epoch{
			Epoch: 4, Total: 10, LR: []float64{0.1}, SWATestLoss: pointer(0.5), SWATestAccuracy: pointer(0.2),
			SWAValidationLoss: pointer(0.25), SWAValidationAccuracy: pointer(0.3),
		},
		runs.End{
			Epochs: 1, BestAccuracy: 0.9851, BestEpoch: 1, Reason: runs.Completed, TestAccuracy: 0.9821,
			Choice: runs.Choose([]runs.Epoch{{Epoch: 1, TestAccuracy: 0.9851}}, runs.ByTest, runs.ByAccuracy),
		},
		runs.End{Reason: runs.Interrupted},
	} {
		out.Reset()
		if err := observe(e); err != nil {
			t.Fatal(err)
		}
		if out.Len() == 0 {
			continue
		}
		var entry map[string]any
		if err := json.Unmarshal(out.Bytes(), &entry); err != nil {
			t.Fatal(err)
		}
		delete(entry, "level")
		got = append(got, entry)
	}
	want := []map[string]any{
		{
			"msg":     "training 21840 weights on 60000 samples: 938 steps, 1 epoch",
			"samples": 60000.0,
			"weights": 21840.0,
			"epochs":  1.0,
			"steps":   938.0,
		},
		{
			"msg":   "Train Epoch: 1 [6400/60000 (11%)]\tLoss: 0.213400",
			"epoch": 1.0, "step": 100.0, "seen": 6400.0, "loss": 0.2134, "lr": []any{0.1},
		},
		{
			"msg": "Epoch 1: train loss 0.1503, test loss 0.0512, test accuracy 98.51% (9851/10000), " +
				"lr 0.1 0.05, 1.9s train, 0.1s test",
			"epoch": 1.0, "step": 938.0, "train_loss": 0.15031, "test_loss": 0.05123, "test_accuracy": 0.9851, "correct": 9851.0,
			"total": 10000.0, "lr": []any{0.1, 0.05}, "train_seconds": 1.92, "test_seconds": 0.1,
		},
		{
			"msg":    "Epoch 1, step 938: lr 0.01 0.005 from here on, as requested",
			"epoch":  1.0,
			"step":   938.0,
			"action": "rate",
			"lr":     []any{0.01, 0.005},
		},
		{"msg": "Epoch 1, step 938: paused, as requested", "epoch": 1.0, "step": 938.0, "action": "pause"},
		{
			"msg": "Epoch 2: train loss 0.1000, test loss 0.0500, test accuracy 98.00% (9800/10000), " +
				"ema test loss 0.0412, test accuracy 98.76%, lr 0.1, 0.0s train, 0.0s test",
			"epoch": 2.0, "step": 1876.0, "train_loss": 0.1, "test_loss": 0.05, "test_accuracy": 0.98, "correct": 9800.0,
			"total": 10000.0, "lr": []any{0.1}, "train_seconds": 0.0, "test_seconds": 0.0,
			"ema_test_loss": 0.0412, "ema_test_accuracy": 0.9876,
		},
		{
			"msg": "Epoch 3: train loss 0.0000, test loss 0.0000, test accuracy 0.00% (0/10), " +
				"ema test loss not finite, test accuracy 10.00%, lr 0.1, 0.0s train, 0.0s test",
			"epoch": 3.0, "step": 0.0, "train_loss": 0.0, "test_loss": 0.0, "test_accuracy": 0.0, "correct": 0.0, "total": 10.0,
			"lr": []any{0.1}, "train_seconds": 0.0, "test_seconds": 0.0, "ema_test_accuracy": 0.1,
		},
		{
			"msg": "Epoch 4: train loss 0.0000, test loss 0.0000, test accuracy 0.00% (0/10), " +
				"swa validation loss 0.2500, validation accuracy 30.00%, test loss 0.5000, test accuracy 20.00%, " +
				"lr 0.1, 0.0s train, 0.0s test",
			"epoch": 4.0, "step": 0.0, "train_loss": 0.0, "test_loss": 0.0, "test_accuracy": 0.0, "correct": 0.0, "total": 10.0,
			"lr": []any{0.1}, "train_seconds": 0.0, "test_seconds": 0.0, "swa_test_loss": 0.5, "swa_test_accuracy": 0.2,
			"swa_validation_loss": 0.25, "swa_validation_accuracy": 0.3,
		},
		{
			"msg": "completed after 1 epoch, test accuracy 98.21%; best test accuracy 98.51% in epoch 1, " +
				"chosen by the test samples; weights, settings and metrics are in runs/a",
			"epochs": 1.0, "best_accuracy": 0.9851, "best_epoch": 1.0, "reason": "completed", "test_accuracy": 0.9821,
			"choice": map[string]any{
				"by": "test", "best": "accuracy", "epoch": 1.0, "loss": 0.0, "accuracy": 0.9851,
				"test_loss": 0.0, "test_accuracy": 0.9851,
			},
		},
		{
			"msg":    "interrupted after 0 epochs; weights, settings and metrics are in runs/a",
			"epochs": 0.0, "best_accuracy": 0.0, "best_epoch": 0.0, "reason": "interrupted",
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

func pointer(x float64) *float64 { return &x }
