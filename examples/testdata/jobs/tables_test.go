package jobs

import (
	"math"
	"testing"

	"anneal/data"
	"anneal/graph"
	"anneal/metrics"
	"anneal/train"
)

// table makes n rows of four columns, with numbers to learn and rare positives, 3 % of them.
func table(t *testing.T, n int, seed uint64, target func(row []float32) float32) *data.Tensors {
	t.Helper()
	x, y := normal(4*n, seed), make([]float32, n)
	for i := range y {
		y[i] = target(x[4*i : 4*i+4])
	}
	d, err := data.NewTensors(data.Floats("x", x, 4), data.Floats("target", y))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func dense(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("out", b.ReLU(b.Linear("hidden", x, 32)), 1)
}

// Job: a table, with numbers and with rare positives.
func TestTables(t *testing.T) {
	price := func(row []float32) float32 { return float32(math.Sin(float64(row[0]))) + row[1]*row[2] }
	c := train.Config{
		Model: dense, Train: table(t, 2000, 1, price), Test: table(t, 500, 2, price), Loss: graph.MSE{},
		Metrics: []metrics.Metric{metrics.R2{}},
	}
	e := trained(t, c, 15).Epochs[14]
	if !(*e.Metrics[0].Test > 0.9) || !e.NoClasses {
		t.Errorf("R² is %v of %+v", *e.Metrics[0].Test, e)
	}
	rare := func(row []float32) float32 {
		if row[0]+row[1] > 2.7 {
			return 1
		}
		return 0
	}
	c = train.Config{
		Model: dense, Train: table(t, 2000, 1, rare), Test: table(t, 2000, 2, rare),
		Loss:    graph.BCEWithLogits{PosWeight: []float64{30}},
		Metrics: []metrics.Metric{metrics.ROCAUC{}, metrics.AveragePrecision{}},
	}
	e = trained(t, c, 10).Epochs[9]
	if !(*e.Metrics[0].Test > 0.99) || !(*e.Metrics[1].Test > 0.8) {
		t.Errorf("ROC-AUC %v, average precision %v", *e.Metrics[0].Test, *e.Metrics[1].Test)
	}
}
