package train_test

import (
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
	"github.com/sirupsen/logrus/hooks/test"

	"anneal/runs"
	"anneal/train"
)

// The loss falls from 0.5 to 0.25; with recomputed statistics it would have fallen from 0.375 to 0.25.
func TestShift(t *testing.T) {
	loss := func(v float64) *float64 { return &v }
	before, after := runs.Epoch{
		Epoch:    5,
		TestLoss: 0.5,
		LR:       []float64{0.1},
	}, runs.Epoch{
		Epoch:    6,
		TestLoss: 0.25,
		LR:       []float64{0.01},
	}
	d := runs.Diagnostics{Epoch: 5, RecalibratedTestLoss: loss(0.375), RecalibratedTestAccuracy: loss(0.5)}
	e := runs.Diagnostics{Epoch: 6, RecalibratedTestLoss: loss(0.25), RecalibratedTestAccuracy: loss(0.75)}
	want := runs.Shift{Loss: -0.25, Weights: -0.125, Statistics: -0.125}
	if got, ok := runs.NewShift(before, after, d, e); !ok || got != want {
		t.Errorf("got %+v, %v, want %+v", got, ok, want)
	}
	if got, ok := runs.NewShift(before, after, runs.Diagnostics{}, e); ok {
		t.Errorf("without a loss before: got %+v", got)
	}

	log, hook := test.NewNullLogger()
	log.SetLevel(logrus.InfoLevel)
	observe := train.Log(log, 100)
	for _, event := range []runs.Event{before, d, after, e} {
		if err := observe(event); err != nil {
			t.Fatal(err)
		}
	}
	var text strings.Builder
	for _, entry := range hook.AllEntries() {
		if !strings.Contains(entry.Message, "train loss") {
			text.WriteString(entry.Message + "\n")
		}
	}
	const lines = `Epoch 5: with recomputed statistics test loss 0.3750 (running 0.5000), test accuracy 50.00%
Epoch 6: with recomputed statistics test loss 0.2500 (running 0.2500), test accuracy 75.00%
Epoch 6: lr 0.01 after 0.1 moved the test loss by -0.2500: weights -0.1250, statistics -0.1250
`
	if got := text.String(); got != lines {
		t.Errorf("got\n%swant\n%s", got, lines)
	}
}
