package train_test

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"anneal/data"
	"anneal/graph"
	"anneal/metrics"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// labelledNoise is 12 numbers a sample, which depend on two, with a class.
func labelledNoise(t *testing.T, n int, seed uint64) *data.Tensors {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 3))
	x, labels := make([]float32, 12*n), make([]int32, n)
	for i := range n {
		u, v := r.NormFloat64(), r.NormFloat64()
		for c := range 12 {
			x[12*i+c] = float32(u*math.Cos(float64(c)) + v*math.Sin(float64(c)))
		}
		labels[i] = int32(i % 3)
	}
	d, err := data.NewTensors(data.Floats("x", x, 12), data.Ints("labels", labels))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// An autoencoder is no classifier: its result is wider than the labels' classes, and yet there is no accuracy, no
// confusion matrix and no guessing; what chooses goes by the loss.
func TestAutoencoderOnLabelledData(t *testing.T) {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("decode", b.Linear("code", x, 2), 12)
	}
	c := train.Config{
		Model: model, Train: labelledNoise(t, 300, 1), Test: labelledNoise(t, 70, 2), Solver: solvers.SGD{LR: 0.3},
		Loss:     graph.Term{Loss: graph.MSE{}, Target: "x"},
		Settings: train.Settings{Epochs: 12, Batch: 16, Patience: 5, EMA: 0.9},
		Metrics:  []metrics.Metric{metrics.RMSE{}, metrics.On{Metric: metrics.RMSE{}, Target: "x"}},
		Dir:      filepath.Join(t.TempDir(), "run"),
	}
	result, err := train.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	last := result.Epochs[len(result.Epochs)-1]
	if !(last.TestLoss < 0.02) || !last.NoClasses || last.Confusion != nil || last.ValidationAccuracy != nil {
		t.Errorf("the last epoch is %+v", last)
	}
	for _, m := range last.Metrics {
		for _, v := range []struct{ rmse, loss *float64 }{
			{m.Test, &last.TestLoss},
			{m.Validation, last.ValidationLoss},
			{m.AverageTest, last.EMATestLoss},
			{m.AverageValidation, last.EMAValidationLoss},
		} {
			if v.rmse == nil || v.loss == nil || !(math.Abs(*v.rmse**v.rmse-*v.loss) < 1e-6) {
				t.Errorf("%s is %v, of losses %v", m.Name, v.rmse, v.loss)
			}
		}
	}
	run, err := runs.Read(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if s := run.Record.Settings; s.Best != runs.ByLoss || s.Loss != "MSELoss() target x" {
		t.Errorf("the record has best %q and loss %q", s.Best, s.Loss)
	}
	c.Epochs = 14
	if _, err := train.Resume(t.Context(), c, c.Dir); err != nil {
		t.Error(err)
	}
}

// A metric of classes takes a field of numbers as the answers to questions of yes and no.
func TestMetricOfYesAndNo(t *testing.T) {
	set := func(seed uint64) *data.Tensors {
		r := rand.New(rand.NewPCG(seed, 4))
		x, yes := make([]float32, 200), make([]float32, 200)
		for i := range x {
			if x[i] = float32(r.NormFloat64()); x[i] > 0 {
				yes[i] = 1
			}
		}
		d, err := data.NewTensors(data.Floats("x", x, 1), data.Floats("target", yes))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	result, err := train.Run(t.Context(), train.Config{
		Model: line, Train: set(1), Test: set(2), Solver: solvers.SGD{LR: 0.3}, Loss: graph.BCEWithLogits{},
		Metrics:  []metrics.Metric{metrics.ROCAUC{}, metrics.Accuracy{}},
		Settings: train.Settings{Epochs: 2, Batch: 16},
	})
	if err != nil {
		t.Fatal(err)
	}
	if m := result.Epochs[1].Metrics; *m[0].Test != 1 || !(*m[1].Test > 0.9) {
		t.Errorf("ROC-AUC %v, want 1, and accuracy %v", *m[0].Test, *m[1].Test)
	}
}
