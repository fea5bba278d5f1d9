package train_test

import (
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/train"
	"anneal/weights"
)

func TestMistakes(t *testing.T) {
	inf := float32(math.Inf(1))
	logits := []float32{
		3, 1, 0, // right
		2, 0, -2,
		0, 3, 0, // right
		4, -1, -1,
		2, 0, -2, // as sure as the second
		0, 0, 0, // the first class of three, as sure as a guess
	}
	set, err := data.NewMemory([3]int{1, 1, 3}, 3, logits, []int32{0, 1, 1, 2, 2, 1})
	if err != nil {
		t.Fatal(err)
	}
	two := 1 / (1 + math.Exp(-2) + math.Exp(-4))
	want := []runs.Mistake{
		{Index: 3, Label: 2, Probability: 1 / (1 + 2*math.Exp(-5)), Pixels: []byte{255, 0, 0}},
		{Index: 1, Label: 1, Probability: two, Pixels: []byte{255, 128, 0}},
		{Index: 4, Label: 2, Probability: two, Pixels: []byte{255, 128, 0}},
		{Index: 5, Label: 1, Probability: 1.0 / 3, Pixels: []byte{0, 0, 0}},
	}
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, n := range []int{0, 2, 3, 24} {
			evaluator, err := train.NewEvaluator(same, graph.NewParams(1, dtype), set, 4)
			if err != nil {
				t.Fatal(err)
			}
			got, err := evaluator.Mistakes(t.Context(), n)
			if err != nil || got.Shape != [3]int{1, 1, 3} {
				t.Fatalf("%v, %d: got %+v, %v", dtype, n, got, err)
			}
			near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-12 })
			if diff := cmp.Diff(want[:min(n, 4)], got.Mistakes, near); diff != "" {
				t.Errorf("%v, %d: (-want +got)\n%s", dtype, n, diff)
			}
		}
	}
	broken := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc", b.Flatten(x), 3)
	}
	evaluator, err := train.NewEvaluator(broken, nil, set, 4)
	if err != nil {
		t.Fatal(err)
	}
	evaluator.Params().Lookup("fc.bias").Value().Float32s()[0] = inf
	if got, err := evaluator.Mistakes(t.Context(), 24); err != nil || len(got.Mistakes) != 0 {
		t.Errorf("logits that are not finite: got %+v, %v", got, err)
	}
}

// A run leaves the mistakes of its last weights, also when it was stopped, and none when it diverged.
func TestMistakesOfARun(t *testing.T) {
	c := small(t)
	stopAt(t, c, train.Run, 4)
	for _, end := range []string{"stopped", "completed"} {
		evaluator, err := train.NewEvaluator(normed, nil, c.Test, 3)
		if err != nil {
			t.Fatal(err)
		}
		if err := weights.Load(filepath.Join(c.Dir, runs.FinalFile), evaluator.Params()); err != nil {
			t.Fatal(err)
		}
		want, err := evaluator.Mistakes(t.Context(), 24)
		if err != nil {
			t.Fatal(err)
		}
		got, err := runs.ReadMistakes(c.Dir)
		near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-6 })
		if diff := cmp.Diff(want, got, near); err != nil || diff != "" || len(got.Mistakes) == 0 {
			t.Errorf("%s: %v, %d mistakes (-want +got)\n%s", end, err, len(want.Mistakes), diff)
		}
		finished(t)(resume(t.Context(), c))
	}

	if _, err := runs.ReadMistakes(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder: got %v", err)
	}
}
