package study

import (
	"math"
	"testing"
)

// The figure has a panel per network, a line per normalization, and at each batch size the best rate whose runs all
// ended.
func TestBatchFigure(t *testing.T) {
	r := &Results{}
	for _, c := range []struct {
		model string
		of    [3]float64 // accuracies at the batch sizes 2, 8 and 64
	}{
		{"mlp-bn", [3]float64{0.5, 0.8, 0.9}},
		{"mlp-bn(norm=group(groups=2))", [3]float64{0.85, 0.86, 0.87}},
		{"lenet", [3]float64{0.7, 0.75, 0.8}},
	} {
		for i, batch := range []int{2, 8, 64} {
			r.Cells = append(
				r.Cells,
				result(c.model, 0.1, batch, 1, false, c.of[i]-0.01),
				result(c.model, 0.1, batch, 2, false, c.of[i]+0.01),
				result(c.model, 0.01, batch, 1, false, c.of[i]-0.1),
				result(c.model, 0.01, batch, 2, false, c.of[i]-0.1),
				result(c.model, 1, batch, 1, false, 0.99),
				result(c.model, 1, batch, 2, true),
			)
		}
	}
	f, ok := r.BatchFigure()
	if !ok || len(f.Panels) != 2 || len(f.Panels[0].Lines) != 2 || len(f.Panels[1].Lines) != 1 {
		t.Fatalf("figure %+v, %v", f, ok)
	}
	for i, want := range []struct {
		name string
		y    []float64
	}{
		{"batch, or the network's own", []float64{0.5, 0.8, 0.9}},
		{"group(groups=2)", []float64{0.85, 0.86, 0.87}},
	} {
		l := f.Panels[0].Lines[i]
		if l.Name != want.name {
			t.Errorf("line %q, want %q", l.Name, want.name)
		}
		for k, y := range want.y {
			if !near(l.X[k], []float64{2, 8, 64}[k]) || !near(l.Y[k], y) || !near(l.High[k]-y, 0.01*math.Sqrt2) {
				t.Errorf("%s: point %d is (%v, %v) up to %v, want %v", l.Name, k, l.X[k], l.Y[k], l.High[k], y)
			}
		}
	}
	for i := range r.Cells {
		if r.Cells[i].Batch == 8 {
			r.Cells[i].Batch = 64
		}
	}
	if _, ok := r.BatchFigure(); ok {
		t.Error("a figure of two batch sizes")
	}
}
