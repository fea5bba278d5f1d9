package train_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/train"
)

// same is a model whose logits are its input.
func same(b *graph.Builder, x *graph.Node) *graph.Node { return b.Flatten(x) }

func TestEvaluator(t *testing.T) {
	// The logits of five samples. The second has two largest ones, of which the first counts.
	logits := []float32{
		2, 0, 0,
		1, 5, 5,
		0, 0, 3,
		0, 4, 0,
		9, 0, 0,
	}
	labels := []int32{0, 1, 0, 1, 2}
	set, err := data.NewMemory([3]int{1, 1, 3}, 3, logits, labels)
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for i, label := range labels {
		sum := 0.0
		for _, v := range logits[3*i : 3*i+3] {
			sum += math.Exp(float64(v))
		}
		want += (math.Log(sum) - float64(logits[3*i+int(label)])) / 5
	}
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for batch := 1; batch <= 6; batch++ {
			evaluator, err := train.NewEvaluator(same, graph.NewParams(1, dtype), set, batch)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				got, err := evaluator.Run(t.Context())
				if err != nil || got.Correct != 3 || got.Total != 5 || !(math.Abs(got.Loss-want) <= 1e-6) || got.Accuracy() != 0.6 {
					t.Errorf("%v, batch %d: got %+v, %v, want loss %v and 3 of 5", dtype, batch, got, err, want)
				}
			}
		}
	}
	evaluator, err := train.NewEvaluator(same, graph.NewParams(1, tensor.Float32), set, 2)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := evaluator.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	if _, err := train.NewEvaluator(same, graph.NewParams(1, tensor.Float32), set, -1); err == nil {
		t.Error("a batch of -1: got no error")
	}
}
