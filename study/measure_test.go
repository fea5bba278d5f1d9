package study_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anneal/data"
	"anneal/graph"
	"anneal/metrics"
	"anneal/runs"
	"anneal/solvers"
	"anneal/study"
	"anneal/train"
)

// plane returns samples of a plane.
func plane(t *testing.T) *data.Tensors {
	t.Helper()
	const n = 40
	r := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float32, 2*n), make([]float32, n)
	for i := range y {
		x[2*i], x[2*i+1] = float32(r.NormFloat64()), float32(r.NormFloat64())
		y[i] = 2*x[2*i] - x[2*i+1]
	}
	set, err := data.NewTensors(data.Floats("x", x, 2), data.Floats("target", y, 1))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// A study of samples without classes has losses and metrics, and no accuracy anywhere. Its best setting has the
// smallest error, or the largest R², which here are those of the largest rate.
func TestStudyOfRegression(t *testing.T) {
	set := plane(t)
	for _, best := range []runs.Best{"", "mae", "r2"} {
		c := study.Config{
			Matrix: study.Matrix{
				Models: []study.Model{{
					Name: "line", Draw: func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", x, 1) },
				}},
				Settings: []study.Setting{{Name: "fixed", Solver: solvers.SGD{LR: 0.1}}},
				Rates:    []float64{0.0001, 0.01}, Batches: []int{8, 16}, Seeds: []uint64{1, 2},
			},
			Common: train.Config{
				Loss: graph.MSE{}, Train: set, Test: set, Validation: set, Metrics: []metrics.Metric{metrics.MAE{}, metrics.R2{}},
				Settings: train.Settings{Epochs: 3, Best: best, ChooseBy: runs.ByValidation},
			},
			Dir: filepath.Join(t.TempDir(), "study"), Jobs: 1,
		}
		results, err := study.Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := results.Best(); !ok || s.LR != 0.01 || s.Batch != 8 || !(s.Loss.Mean > 0) || s.Final.N != 0 {
			t.Errorf("by %q: got %+v, %v, want the setting at 0.01 in batches of 8", best, s, ok)
		}
		tables := results.Tables()
		head := tables[0].Head
		for _, want := range []string{"validation loss", "test loss", "validation mae", "test mae", "test r2"} {
			if i := slices.Index(head, want); i < 0 || tables[0].Rows[0][i].Text == "–" {
				t.Errorf("by %q: got %v with %v, want a %s", best, head, tables[0].Rows[0], want)
			}
		}
		all := strings.Join(head, " ") + tables[0].Title + results.Grids()[0].HeatMap().Title
		if strings.Contains(all, "accurac") || len(tables) != 1 {
			t.Errorf("by %q: got %d tables, %s", best, len(tables), all)
		}
		page, err := results.Page()
		if err != nil {
			t.Fatal(err)
		}
		if err := page.Save(filepath.Join(c.Dir, "report.html")); err != nil {
			t.Error(err)
		}
		var csv, text bytes.Buffer
		if err := results.CSV(&csv); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(csv.String(), "\n")
		if !strings.HasSuffix(lines[0], ",final_mae,final_validation_mae,final_r2,final_validation_r2") {
			t.Errorf("got the head %s", lines[0])
		}
		fields, names := strings.Split(lines[1], ","), strings.Split(lines[0], ",")
		for i, name := range names {
			if empty := fields[i] == ""; strings.Contains(name, "accuracy") && !empty || strings.Contains(name, "mae") && empty {
				t.Errorf("%s: got %q", name, fields[i])
			}
		}
		if err := results.JSON(&text); err != nil || !json.Valid(text.Bytes()) ||
			!strings.Contains(text.String(), `"final_accuracy": null`) || !strings.Contains(text.String(), `"name": "mae"`) {
			t.Errorf("got %v: %s", err, &text)
		}
	}
}
