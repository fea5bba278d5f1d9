package data_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"anneal/data"
)

// Balanced weights draw every class equally often, other samples in every epoch, and the same ones again from the
// middle of an epoch.
func TestBalancedSampling(t *testing.T) {
	set := numbered(t, 4, slices.Concat(repeat(0, 900), repeat(1, 90), repeat(3, 10))...) // class 2 does not occur
	weights, err := data.BalancedWeights(set)
	if err != nil {
		t.Fatal(err)
	}
	o := data.Options{Batch: 32, Seed: 1, Weights: weights, Augment: data.Compose{data.GaussianNoise{Sigma: 0.3}}}
	l, err := data.NewLoader(set, o)
	if err != nil {
		t.Fatal(err)
	}
	epoch := func(number, from int) (labels []int32, x []float32) {
		for b, err := range l.Epoch(context.Background(), number, from) {
			if err != nil {
				t.Fatal(err)
			}
			labels, x = append(labels, b.Labels...), append(x, b.X...)
		}
		return labels, x
	}
	labels, x := epoch(0, 0)
	counts := make([]int, 4)
	for _, label := range labels {
		counts[label]++
	}
	for c, n := range counts {
		if c != 2 && !(math.Abs(float64(n)-333) < 60) || c == 2 && n > 0 { // four standard deviations
			t.Errorf("class %d: drawn %d times of %d", c, n, len(labels))
		}
	}
	values := map[float32]bool{}
	for _, v := range x {
		values[v] = true
	}
	if len(values) < 990 {
		t.Errorf("%d of %d samples differ: one that comes again must be augmented anew", len(values), len(x))
	}
	if other, _ := epoch(1, 0); slices.Equal(other, labels) {
		t.Error("two epochs draw the same samples")
	}
	if rest, y := epoch(0, 5); !slices.Equal(rest, labels[5*32:]) || !slices.Equal(y, x[5*32:]) {
		t.Error("an epoch from its sixth batch on is another")
	}
}

func TestClassWeights(t *testing.T) {
	got, err := data.ClassWeights(numbered(t, 4, 0, 0, 0, 0, 0, 0, 1, 1, 3))
	want := []float64{0.5, 1.5, 0, 3} // 9/(3·6), 9/(3·2), none, 9/(3·1)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestSamplerErrors(t *testing.T) {
	set := numbered(t, 1, 0, 0)
	for _, c := range []struct {
		weights []float64
		want    string
	}{
		{[]float64{1}, "data: weights: got 1, want one for each of 2 samples"},
		{[]float64{1, -1}, "data: weight of sample 1: got -1, want a finite number of at least 0"},
		{[]float64{math.NaN(), 1}, "data: weight of sample 0: got NaN"},
		{[]float64{0, 0}, "data: weights: got 0 as their sum, want a finite number above 0"},
	} {
		_, err := data.NewLoader(set, data.Options{Batch: 1, Weights: c.weights})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// labelled is a Labeller that cannot be read.
type labelled struct{ data.Dataset }

func (labelled) Read(int, []float32) (int32, error) { panic("read") }
func (labelled) Label(i int) (int32, error)         { return int32(i % 2), nil }

// A data set that knows its labels is split without reading it, and so are its parts.
func TestLabeller(t *testing.T) {
	parts, err := data.Partition(labelled{numbered(t, 2, make([]int32, 40)...)}, 1, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	labels, err := data.Labels(parts[0])
	ones := 0
	for _, label := range labels {
		ones += int(label)
	}
	if err != nil || len(labels) != 20 || ones != 10 {
		t.Errorf("got %v, %v", labels, err)
	}
	if _, err := data.Folds(parts[1], 4, 1); err != nil {
		t.Error(err)
	}
}
