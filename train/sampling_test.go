package train_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

func sampled(t *testing.T, s train.Settings) train.Config {
	t.Helper()
	s.Epochs, s.Batch, s.Seed = 3, 8, 4
	return train.Config{
		Model: noisy, Train: stripes(t, 120), Test: stripes(t, 30), Solver: solvers.SGD{LR: 0.05, Momentum: 0.9},
		Dir: filepath.Join(t.TempDir(), "run"), Settings: s,
	}
}

// A run with a fraction, weights and balanced samples records them, and has the same bits after a stop.
func TestSampling(t *testing.T) {
	c := sampled(t, train.Settings{
		TrainFraction: 0.5, ValidSeed: 3, Valid: 20, Sample: runs.Balanced, ClassWeights: "balanced", LabelSmoothing: 0.1,
	})
	check, err := train.CheckResume(t.Context(), c)
	if err != nil || check.Differences != nil {
		t.Fatalf("got %+v, %v", check, err)
	}
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	record, err := runs.ReadRecord(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if record.TrainFraction != 0.5 || record.FractionOf != 100 || record.Train.Samples != 50 ||
		record.Validation.Samples != 20 || record.Sample != "balanced" || record.ClassWeights != "balanced" {
		t.Errorf("got %+v", record)
	}
	c.Sample = ""
	if _, err := train.Resume(t.Context(), c, c.Dir); err == nil || !strings.Contains(err.Error(), "sample") {
		t.Errorf("resumed without balanced samples: got %v", err)
	}
}

// Class weights train as the loss does that has them.
func TestClassWeights(t *testing.T) {
	final := func(c train.Config) (all []float64) {
		result, err := train.Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range result.Params.All() {
			all = append(all, graph.Float64s(p.Value())...)
		}
		return all
	}
	weighted := sampled(t, train.Settings{ClassWeights: "1,0.5,2"})
	loss := sampled(t, train.Settings{})
	loss.Loss = graph.CrossEntropy{Weights: []float64{1, 0.5, 2}}
	plain := sampled(t, train.Settings{})
	a, b, c := final(weighted), final(loss), final(plain)
	if !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Error("class weights must train as the loss with them, and not as the one without")
	}
}

func TestSamplingErrors(t *testing.T) {
	for want, s := range map[string]train.Settings{
		"train: class weights: got 2 numbers, want ":                              {ClassWeights: "1,2"},
		`train: class weights: got "-1" for class 1, want a number of at least 0`: {ClassWeights: "1,-1,1"},
		`train: class weights: got "0,0,0", want one above 0`:                     {ClassWeights: "0,0,0"},
		"train: train fraction: got 2, want a share above 0 and at most 1":        {TrainFraction: 2},
		`train: sample: got "even", want "balanced"`:                              {Sample: "even"},
	} {
		if err := sampled(t, s).Check(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	c := sampled(t, train.Settings{ClassWeights: runs.Balanced})
	c.Loss = graph.CrossEntropy{Ignore: []int32{1}}
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "want them in the loss") {
		t.Errorf("weights beside a loss: got %v", err)
	}
}
