package finder

import (
	"math"
	"strings"
	"testing"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
)

// A guess is the entropy of the classes' shares, as weights and sampling count them. Equal ones make it log(classes).
func TestGuess(t *testing.T) {
	labels := make([]int32, 100)
	for i := range 10 {
		labels[i] = 1
	}
	set, err := data.NewMemory([3]int{1, 1, 1}, 2, make([]float32, 100), labels)
	if err != nil {
		t.Fatal(err)
	}
	weights, err := data.ClassWeights(set)
	if err != nil {
		t.Fatal(err)
	}
	one, err := data.Limit(set, 10)
	if err != nil {
		t.Fatal(err)
	}
	entropy := func(p float64) float64 { return -p*math.Log(p) - (1-p)*math.Log(1-p) }
	for _, c := range []struct {
		name      string
		set       data.Dataset
		balanced  bool
		weights   []float64
		smoothing float64
		want      float64
	}{
		{"as they are", set, false, nil, 0, entropy(0.1)},
		{"smoothed", set, false, nil, 0.2, runs.Counts{Labelled: []int{90, 10}}.ChanceLoss(0.2)},
		{"drawn equally", set, true, nil, 0, math.Log(2)},
		{"balanced weights", set, false, weights, 0, math.Log(2)},
		{"other weights", set, false, []float64{1, 3}, 0, entropy(0.25)},
		{"one class of weight", set, false, []float64{0, 1}, 0, math.Inf(1)},
		{"one class", one, false, nil, 0, math.Inf(1)},
	} {
		got, err := guess(c.set, c.balanced, c.weights, c.smoothing)
		if err != nil || !(got == c.want || math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("%s: got %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	// Of weights and smoothing together, no answer has a lower loss.
	loss := func(p float64) float64 { // PyTorch's, of 90 samples of weight 1 and 10 of weight 3
		const smoothing, total = 0.2, 90 + 3*10
		first, second := -math.Log(1-p), -3*math.Log(p)
		return ((1-smoothing)*(90*first+10*second) + smoothing/2*100*(first+second)) / total
	}
	got, err := guess(set, false, []float64{1, 3}, 0.2)
	lowest := math.Inf(1)
	for p := 0.0001; p < 1; p += 0.0001 {
		lowest = min(lowest, loss(p))
	}
	if err != nil || !(math.Abs(got-lowest) <= 1e-6) {
		t.Errorf("weights and smoothing: got %v, %v, want %v", got, err, lowest)
	}
}

// A search counts classes as training does, and says what it cannot read.
func TestSampling(t *testing.T) {
	labels := []int32{0, 0, 0, 0, 0, 0, 0, 1}
	set, err := data.NewMemory([3]int{1, 1, 1}, 2, make([]float32, len(labels)), labels)
	if err != nil {
		t.Fatal(err)
	}
	search := func(s Search) (float64, error) {
		s.Model = func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) }
		s.Train, s.Valid, s.Solver, s.Batch = set, set, solvers.SGD{}, 8
		s.Steps, s.TrySteps, s.Seeds, s.From, s.To = 2, 1, 1, 0.01, 0.02
		found, err := Find(t.Context(), s)
		if err != nil {
			return 0, err
		}
		return found.Guess, nil
	}
	for _, s := range []Search{{Sample: "balanced"}, {ClassWeights: "balanced"}, {ClassWeights: "1,7"}} {
		if got, err := search(s); err != nil || !(math.Abs(got-math.Log(2)) <= 1e-12) {
			t.Errorf("%q and %q: got a guess of %v, %v, want log 2", s.Sample, s.ClassWeights, got, err)
		}
	}
	for want, s := range map[string]Search{
		`sample: got "most", want "balanced"`:                {Sample: "most"},
		"class weights: got 1 number, want 2, one per class": {ClassWeights: "1"},
		`class weights: got "1,2" beside the loss MSE`:       {ClassWeights: "1,2", Loss: graph.MSE{}},
	} {
		if _, err := search(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
