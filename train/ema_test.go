package train_test

import (
	"math"
	"path/filepath"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/runs"
	"anneal/train"
	"anneal/weights"
)

// TestEMA compares the average after n steps with its closed form, d^(n−1)·w₁ + (1−d)·Σ d^(n−i)·wᵢ over i = 2 to n.
func TestEMA(t *testing.T) {
	const decay = 0.7
	c := small(t)
	c.Params, c.EMA, c.Epochs, c.Dir = graph.NewParams(3, tensor.Float64), decay, 4, ""
	history := map[string][][]float64{}
	c.Observers = []runs.Observer{func(e runs.Event) error {
		if _, ok := e.(runs.Step); ok {
			for _, p := range c.Params.All() {
				history[p.Name()] = append(history[p.Name()], append([]float64(nil), bits(p.Value())...))
			}
		}
		return nil
	}}
	r := finished(t)(train.Run(t.Context(), c))
	for _, p := range c.Params.All() {
		all := history[p.Name()]
		n := len(all)
		want := make([]float64, len(all[0]))
		for i, w := range all {
			share := math.Pow(decay, float64(n-1))
			if i > 0 {
				share = (1 - decay) * math.Pow(decay, float64(n-1-i))
			}
			for j, v := range w {
				want[j] += share * v
			}
		}
		if p.Kind() == graph.Counter {
			want = all[n-1]
		}
		close64(t, p.Name(), bits(r.EMA.Lookup(p.Name()).Value()), want)
	}
	evaluator, err := train.NewEvaluator(normed, r.EMA, c.Test, 3)
	if err != nil {
		t.Fatal(err)
	}
	want, err := evaluator.Run(t.Context())
	if last := r.Epochs[3]; err != nil || *last.EMATestAccuracy != want.Accuracy() ||
		!(math.Abs(*last.EMATestLoss-want.Loss) <= 1e-12) {
		t.Errorf("got loss %v and accuracy %v, want %+v, %v", *last.EMATestLoss, *last.EMATestAccuracy, want, err)
	}
}

// A run leaves its average beside its weights, and metrics.jsonl has both.
func TestEMAFile(t *testing.T) {
	c := small(t)
	c.EMA = 0.5
	r := finished(t)(train.Run(t.Context(), c))
	params, err := weights.LoadModel(filepath.Join(c.Dir, runs.EMAFile), normed, [3]int{1, 4, 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.EMA.All() {
		close64(t, p.Name(), bits(params.Lookup(p.Name()).Value()), bits(p.Value()))
	}
	m := lines(t, c.Dir)
	if last := m[len(m)-2]; last["event"] != "epoch" || last["ema_test_loss"] != *r.Epochs[1].EMATestLoss ||
		last["ema_test_accuracy"] != *r.Epochs[1].EMATestAccuracy {
		t.Errorf("got %v", last)
	}
	i, err := weights.Inspect(filepath.Join(c.Dir, runs.LastFile))
	if err != nil || len(i.EMA) != 9 || len(i.Tensors) != 9 || len(i.State) != 2*6 {
		t.Errorf("got %+v, %v", i, err)
	}
}
