package train_test

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// mixed is a run whose batches are mixed; the last batch of an epoch has 2 samples.
func mixed(t *testing.T, text string) train.Config {
	t.Helper()
	augment, err := data.ParseAugment(text)
	if err != nil {
		t.Fatal(err)
	}
	return train.Config{
		Model: normed, Train: stripes(t, 10), Test: stripes(t, 10), Solver: solvers.SGD{LR: 0.1}, Augment: augment,
		Dir: t.TempDir(), Settings: train.Settings{Epochs: 3, Batch: 4},
	}
}

// A run whose batches are mixed learns, stopped after any step and resumed to the same bits.
func TestMixing(t *testing.T) {
	const text = "Compose([RandomRotation(5), RandomChoice([MixUp(alpha=0.4), CutMix()])])"
	c := mixed(t, text)
	c.Diagnostics, c.LabelSmoothing = true, 0.1
	whole, err := train.Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range whole.Epochs {
		if !(e.TrainLoss > 0 && !math.IsInf(e.TrainLoss, 0)) || len(e.Confusion) == 0 && e.Total != 10 {
			t.Errorf("epoch %d: %+v", e.Epoch, e)
		}
	}
	want, err := os.ReadFile(filepath.Join(c.Dir, runs.FinalFile))
	if err != nil {
		t.Fatal(err)
	}
	for stop := 1; stop < 9; stop += 3 {
		part := mixed(t, text)
		part.Diagnostics, part.LabelSmoothing = true, 0.1
		ctx, cancel := context.WithCancel(context.Background())
		stopping := part
		stopping.Observers = []runs.Observer{func(e runs.Event) error {
			if s, ok := e.(runs.Step); ok && s.Step == stop {
				cancel()
			}
			return nil
		}}
		if _, err := train.Run(ctx, stopping); err != nil {
			t.Fatal(err)
		}
		if _, err := train.Resume(context.Background(), part, part.Dir); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(part.Dir, runs.FinalFile))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("stopped after step %d: other bits, %v", stop, err)
		}
	}
}

func TestMixingErrors(t *testing.T) {
	for _, c := range []struct {
		want, text string
		change     func(c *train.Config)
	}{
		{"num_classes is 4, and the samples have 3", "MixUp(num_classes=4)", func(*train.Config) {}},
		{"ignores none", "MixUp()", func(c *train.Config) { c.Loss = graph.CrossEntropy{Ignore: []int32{-1}} }},
		{"want a cross-entropy", "CutMix()", func(c *train.Config) { c.Loss = graph.NLL{} }},
		{"has 5 logits and the data 3", "CutMix()", func(c *train.Config) {
			c.Model = func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 5) }
		}},
		{"RandomCrop: size is [5]", "RandomCrop(5)", func(*train.Config) {}},
	} {
		config := mixed(t, c.text)
		c.change(&config)
		if _, err := train.Run(context.Background(), config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.text, err, c.want)
		}
	}
}
