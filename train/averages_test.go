package train_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// averages is what PyTorch made of a small network; see testdata/averages.py.
type averages struct {
	X      []float64
	Labels []int32
	Init   map[string][]float64
	Cases  []struct {
		BN               bool
		Accumulate       int
		Smoothing, Decay float64
		Losses           []float64
		Weights, EMA     map[string][]float64
		TestLoss         float64 `json:"test_loss"`
		EMATestLoss      float64 `json:"ema_test_loss"`
		SWA              map[string][]float64
		SWAFrom          int     `json:"swa_from"`
		SWATestLoss      float64 `json:"swa_test_loss"`
	}
}

// TestAverages accumulates gradients, smooths labels and averages weights as PyTorch does.
func TestAverages(t *testing.T) {
	var all averages
	if err := json.Unmarshal(read(t, "testdata", "averages.json"), &all); err != nil {
		t.Fatal(err)
	}
	x := make([]float32, len(all.X))
	for i, v := range all.X {
		x[i] = float32(v)
	}
	set, err := data.NewMemory([3]int{1, 1, 6}, 3, x, all.Labels)
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Cases) == 0 {
		t.Fatal("testdata/averages.json: got no cases")
	}
	for _, want := range all.Cases {
		if len(want.Losses) == 0 || len(want.Weights) == 0 || len(want.EMA) == 0 || len(want.SWA) == 0 {
			t.Fatalf("testdata/averages.json: got %+v, want losses, weights and averages", want)
		}
		model := func(b *graph.Builder, x *graph.Node) *graph.Node {
			h := b.Linear("fc1", b.Flatten(x), 5)
			if want.BN {
				h = b.BatchNorm("bn", h)
			}
			return b.Linear("fc2", b.ReLU(h), 3)
		}
		initial := func() *graph.Params {
			params := graph.NewParams(0, tensor.Float64)
			if _, err := graph.Compile(model, params,
				graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 1, 1, 6}}); err != nil {
				t.Fatal(err)
			}
			for _, p := range params.All() {
				if p.Kind() != graph.Counter {
					copy(p.Value().Float64s(), all.Init[p.Name()])
				}
			}
			return params
		}
		var steps []runs.Step
		params := initial()
		c := train.Config{
			Model: model, Params: params, Train: set, Test: set, Solver: solvers.SGD{
				LR:       0.1,
				Momentum: 0.9,
			}, Settings: train.Settings{
				Epochs: 3, Batch: 4, NoShuffle: true, Accumulate: want.Accumulate,
				LabelSmoothing: want.Smoothing, EMA: want.Decay,
			},
			Observers: []runs.Observer{collect(&steps)},
		}
		result, err := train.Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("bn %v, accumulate %d", want.BN, want.Accumulate)
		if len(steps) != len(want.Losses) {
			t.Fatalf("%s: got %d steps, want %d", name, len(steps), len(want.Losses))
		}
		for i, s := range steps {
			close64(t, fmt.Sprintf("%s: loss of step %d", name, i+1), []float64{s.Loss}, []float64{want.Losses[i]})
		}
		for key, values := range want.Weights {
			close64(t, name+": "+key, bits(params.Lookup(key).Value()), values)
		}
		for key, values := range want.EMA {
			close64(t, name+": average of "+key, bits(result.EMA.Lookup(key).Value()), values)
		}
		if want.BN {
			const key = "bn.num_batches_tracked"
			close64(t, name+": average of "+key, bits(result.EMA.Lookup(key).Value()), want.Weights[key])
		}
		last := result.Epochs[2]
		close64(
			t,
			name+": test losses",
			[]float64{last.TestLoss, *last.EMATestLoss},
			[]float64{want.TestLoss, want.EMATestLoss},
		)

		c.Params, c.EMA, c.SWA, c.Observers = initial(), 0, want.SWAFrom, nil
		if result, err = train.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		for key, values := range want.SWA {
			close64(t, name+": equal average of "+key, bits(result.SWA.Lookup(key).Value()), values)
		}
		close64(
			t,
			name+": test losses beside an equal average",
			[]float64{result.Epochs[2].TestLoss, *result.Epochs[2].SWATestLoss},
			[]float64{want.TestLoss, want.SWATestLoss},
		)
		if result.Epochs[0].SWATestLoss != nil || result.Epochs[1].SWATestLoss == nil || result.EMA != nil {
			t.Errorf("%s: got epochs %+v, want an average from epoch 2 on", name, result.Epochs)
		}
	}
}

// close64 compares numbers of float64 arithmetic that was done in another order.
func close64(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: got %d numbers, want %d", what, len(got), len(want))
		return
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= 1e-12*max(1, math.Abs(w))) {
			t.Errorf("%s: got %v, want %v", what, got[i], w)
			return
		}
	}
}
