package report_test

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"anneal/internal/browsertest"
	"anneal/internal/longtest"
	"anneal/runs"
	"anneal/view/report"
)

// Pages about a run of 10,000 steps and about 500 runs answer readers at once: as 500 settings, and as 100 of five
// seeds.
func TestFluid(t *testing.T) {
	if !longtest.Full() {
		t.Skip("measures the tasks of a page for minutes: set ANNEAL_LONG")
	}
	browser := browsertest.New(t)
	long := run("lenet-bn", 1, 1000) // ten steps each
	look(&long)
	dir := t.TempDir()
	for name, p := range map[string]report.Page{
		"long": {Runs: []report.Run{long}}, "settings": {Runs: many(500, 1)}, "seeds": {Runs: many(100, 5)},
	} {
		if err := p.Save(filepath.Join(dir, name+".html")); err != nil {
			t.Fatal(err)
		}
	}
	browser.Fluid(dir)
}

// many returns runs of 20 epochs on ten classes.
func many(settings, seeds int) []report.Run {
	var all []report.Run
	for i := range settings {
		lr := math.Round(1e6*math.Pow(10, -4+4*float64(i)/float64(settings))) / 1e6
		for seed := range seeds {
			r := run("lenet", uint64(seed+1), 20)
			r.Record.Solver, r.Record.Train.SHA256 = fmt.Sprintf("SGD(lr=%v)", lr), "samples"
			r.Record.ChooseBy = runs.ByValidation
			r.Dir = fmt.Sprintf("runs/%d_%d", i, seed)
			for k := range r.Epochs {
				e := &r.Epochs[k]
				e.TestAccuracy -= 0.001 * float64((7*i+3*seed)%97)
				e.ValidationLoss, e.ValidationAccuracy = new(e.TestLoss), new(e.TestAccuracy)
				e.Confusion, e.Precision, e.Recall = make([][]int, 10), make([]float64, 10), make([]float64, 10)
				for c := range e.Confusion {
					e.Confusion[c] = make([]int, 10)
					e.Confusion[c][c] = 100
				}
			}
			all = append(all, r)
		}
	}
	report.Distinguish(all)
	return all
}
