package train_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
	// The third class is never got right: 0 of its one sample, and of the one that is taken for it.
	confusion := [][]int{{1, 0, 1}, {0, 2, 0}, {1, 0, 0}}
	precision, recall := []float64{0.5, 1, 0}, []float64{0.5, 1, 0}
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for batch := 1; batch <= 6; batch++ {
			evaluator, err := train.NewEvaluator(same, graph.NewParams(1, dtype), set, batch)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				got, err := evaluator.Run(t.Context())
				if diff := cmp.Diff(confusion, got.Confusion) + cmp.Diff(precision, got.Precision) +
					cmp.Diff(recall, got.Recall); diff != "" {
					t.Errorf("%v, batch %d: (-want +got)\n%s", dtype, batch, diff)
				}
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

// TestClasses has a model that tells more apart than the data has, and one with too many classes for a matrix.
func TestClasses(t *testing.T) {
	for _, classes := range []int{4, 100, 101} {
		logits := make([]float32, 3*classes) // class 0, for which classes-1 is taken, class 1 and class 1 again
		logits[classes-1], logits[classes+1], logits[2*classes+1] = 1, 1, 1
		set, err := data.NewMemory([3]int{1, 1, classes}, 2, logits, []int32{0, 1, 1})
		if err != nil {
			t.Fatal(err)
		}
		evaluator, err := train.NewEvaluator(same, nil, set, 2)
		if err != nil {
			t.Fatal(err)
		}
		got, err := evaluator.Run(t.Context())
		// Nothing is taken for class 0. All others but the last two neither occur nor are predicted.
		precision, recall := make([]float64, classes), make([]float64, classes)
		for i := range classes {
			precision[i], recall[i] = math.NaN(), math.NaN()
		}
		recall[0], precision[1], recall[1], precision[classes-1] = 0, 1, 1, 0
		same := func(a, b []float64) bool { return cmp.Equal(a, b, cmpopts.EquateNaNs()) }
		if err != nil || !same(got.Precision, precision) || !same(got.Recall, recall) {
			t.Errorf("%d classes: got %+v, %v", classes, got, err)
		}
		if classes > 100 {
			if got.Confusion != nil {
				t.Errorf("%d classes: there is a matrix", classes)
			}
			continue
		}
		if len(got.Confusion) != classes || got.Confusion[0][classes-1] != 1 || got.Confusion[1][1] != 2 {
			t.Errorf("%d classes: got %v", classes, got.Confusion)
		}
	}
}
