package train_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/train"
)

// blank is a data set of n images on which there is nothing, in 3 classes.
func blank(t *testing.T, n int) *data.Memory {
	t.Helper()
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % 3)
	}
	d, err := data.NewMemory([3]int{1, 4, 4}, 3, make([]float32, 16*n), labels)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A run that only guesses says so once, on the terminal and in metrics.jsonl, and what to try. Batch normalization is
// no advice for a model that has it.
func TestNoticeOfGuessing(t *testing.T) {
	for _, model := range []struct {
		draw  graph.Model
		norms bool
	}{{linear, false}, {normed, true}} {
		c := small(t)
		c.Model, c.Train, c.Test, c.Epochs = model.draw, blank(t, 30), blank(t, 300), 3
		var logged bytes.Buffer
		log := logrus.New()
		log.SetOutput(&logged)
		var notices []runs.Notice
		c.Observers = []runs.Observer{train.Log(log, 0), collect(&notices)}
		finished(t)(train.Run(context.Background(), c))
		if len(notices) != 1 || notices[0].Kind != runs.Guessing || notices[0].Epoch != 1 {
			t.Fatalf("got %+v", notices)
		}
		if got := strings.Contains(notices[0].Text, "batch normalization"); got == model.norms {
			t.Errorf("got %q", notices[0].Text)
		}
		for _, want := range []string{"no better than guessing", "lrfind"} {
			if !strings.Contains(notices[0].Text, want) || !strings.Contains(logged.String(), want) {
				t.Errorf("got %q and %s, want %s", notices[0].Text, &logged, want)
			}
		}
		run, err := runs.Read(c.Dir)
		if err != nil || len(run.Notices) != 1 || run.Notices[0] != notices[0] || !run.Guesses() {
			t.Errorf("metrics.jsonl has %+v, %v", run.Notices, err)
		}
	}
}
