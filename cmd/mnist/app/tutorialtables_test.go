package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"anneal/runs"
)

// findRates runs the tutorial's lrfind in dir, and returns a row for each network.
func findRates(t *testing.T, dir string) *table {
	t.Helper()
	line := regexp.MustCompile(`(?m)^go run ./cmd/mnist (lrfind .*)$`).FindStringSubmatch(tutorialPage(t))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	got := mnist(t, dir, append(words(line[1]), "--quiet", "--format=json")...)
	var found []struct {
		Model       string
		Suggestions map[string]float64
	}
	if err := json.Unmarshal([]byte(got.stdout), &found); got.code != exitOK || err != nil {
		t.Fatalf("%s: got %+v, %v", line[0], got, err)
	}
	list := head(0, "model", "recommended", "largest_usable")
	for _, f := range found {
		list.add(f.Model, number(f.Suggestions["recommended"], -1), number(f.Suggestions["largest_usable"], -1))
	}
	return list
}

// epochTable returns a row for each epoch of the runs in a folder.
func epochTable(t *testing.T, dir string) *table {
	t.Helper()
	columns := []string{"epoch", "step", "rate", "train_loss", "test_loss", "test_accuracy", "ema_test_accuracy"}
	return runTable(t, dir, columns, func(r *runs.Run) (rows [][]string) {
		for _, e := range r.Epochs {
			rows = append(rows, []string{
				strconv.Itoa(e.Epoch), strconv.Itoa(e.Step), number(e.LR[0], -1), number(e.TrainLoss, -1),
				number(e.TestLoss, -1), number(e.TestAccuracy, -1), optional(e.EMATestAccuracy),
			})
		}
		return rows
	})
}

// layerTable returns a row for each epoch and layer of the runs in a folder that have diagnostics: the share of dead
// channels, and percentiles of its results and of the gradients that come to it.
func layerTable(t *testing.T, dir string) *table {
	t.Helper()
	columns := []string{
		"epoch", "layer", "dead", "result_15", "result_50", "result_85", "gradient_15", "gradient_50", "gradient_85",
	}
	return runTable(t, dir, columns, func(r *runs.Run) (rows [][]string) {
		for _, d := range r.Diagnostics {
			for _, l := range d.Layers {
				row := []string{strconv.Itoa(d.Epoch), l.Layer, optional(l.Dead)}
				row = append(row, percentiles(l.PreActivation)...)
				rows = append(rows, append(row, percentiles(l.Gradient)...))
			}
		}
		return rows
	})
}

// runTable returns the rows that each of the runs in a folder gives, with what tells the runs.
func runTable(t *testing.T, dir string, columns []string, rows func(*runs.Run) [][]string) *table {
	t.Helper()
	list := head(0, append([]string{"run", "model", "solver", "seed"}, columns...)...)
	for _, f := range runs.Find(dir) {
		if f.IsStudy() {
			continue
		}
		r, err := runs.Read(f.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows(r) {
			name := []string{filepath.Base(f.Dir), r.Record.Model, r.Record.Solver, strconv.FormatUint(r.Record.Seed, 10)}
			list.add(append(name, row...)...)
		}
	}
	return list
}

// percentiles writes three numbers, or three empty cells for none.
func percentiles(list []float64) []string {
	cells := make([]string, 3)
	for i, v := range list {
		cells[i] = number(v, 4)
	}
	return cells
}

// optional writes a number that may be missing.
func optional(x *float64) string {
	if x == nil {
		return ""
	}
	return number(*x, 4)
}
