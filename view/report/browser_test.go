package report_test

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"anneal/internal/browsertest"
	"anneal/runs"
	"anneal/view/report"
)

// Chromium draws the curves of runs, in light and dark and in print, switches them, sorts the tables, and stays quick
// with 50 runs of 100 epochs. With SCREENSHOTS=folder it leaves pictures of the pages there.
func TestInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	wild := run("wild", 1, 8)
	wild.End.Reason = runs.Diverged
	few := report.Page{
		Title: "With & without", Command: "mnist compare --model lenet,lenet-bn --seed 1,2,3",
		Runs: []report.Run{
			run("lenet-bn", 1, 20), run("lenet-bn", 5, 20), run("lenet-bn", 3, 20), run("lenet", 30, 20), wild,
		},
		HeatMaps: []report.HeatMap{{
			Title: "Last accuracy", X: "batch", Y: "rate", Columns: []string{"16", "64", "256"},
			Rows:   []string{"0.01", "0.1", "1"},
			Values: [][]float64{{97.1, 98.2, 98.9}, {11.35, 60.2, 99.1}, {math.NaN(), 9.8, 45}}, Format: "%.1f",
		}},
	}
	few.Runs = append(few.Runs, report.Run{Name: "nothing", Seed: 1})
	few.Tables = []report.Table{study()}
	look(&few.Runs[0])
	var fifty report.Page
	for i := range 50 {
		fifty.Runs = append(fifty.Runs, run(fmt.Sprintf("setting %d", i+1), uint64(i), 100))
	}
	dir := t.TempDir()
	kinds := t.TempDir()
	for path, p := range map[string]report.Page{
		filepath.Join(dir, "few.html"): few, filepath.Join(dir, "many.html"): fifty,
		filepath.Join(dir, "compared.html"): {Runs: normalization()}, filepath.Join(dir, "long.html"): {Runs: many(60, 2)},
	} {
		if err := p.Save(path); err != nil {
			t.Fatal(err)
		}
	}
	for name, p := range kindsOfPages() {
		if err := p.Save(filepath.Join(kinds, name+".html")); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("50 runs of 100 epochs: %s", browser.Run(filepath.Join(dir, "few.html"), filepath.Join(dir, "many.html"),
		filepath.Join(dir, "compared.html"), filepath.Join(dir, "long.html"), kinds))
}

// kindsOfPages returns pages about all kinds of runs, with all that a page can show, for their words.
func kindsOfPages() map[string]report.Page {
	whole := run("lenet-bn", 1, 20)
	look(&whole)
	whole.Record.ChooseBy, whole.Record.Epochs, whole.Record.Patience = runs.ByValidation, 30, 5
	whole.End.Reason = runs.StoppedEarly
	for i := range whole.Epochs {
		e := &whole.Epochs[i]
		e.ValidationLoss, e.ValidationAccuracy = new(e.TestLoss), new(e.TestAccuracy)
		e.SetAverage(runs.Average{Name: "ema", TestLoss: new(e.TestLoss), TestAccuracy: new(e.TestAccuracy)})
	}
	wild, killed := run("lenet", 1, 3), run("lenet", 2, 3)
	wild.End.Reason, killed.End = runs.Diverged, nil
	guessing := result("lenet", 0.1, 1, 0.1)
	study := normalization()
	for i := range study {
		for k := range study[i].Epochs {
			e := &study[i].Epochs[k]
			e.ValidationLoss, e.ValidationAccuracy = new(e.TestLoss), new(e.TestAccuracy)
		}
		study[i].Record.ChooseBy = runs.ByValidation
	}
	return map[string]report.Page{
		"whole": {Runs: []report.Run{whole}}, "wild": {Runs: []report.Run{wild}}, "killed": {Runs: []report.Run{killed}},
		"guessing": {Runs: []report.Run{guessing}}, "study": {Runs: study}, "none": {},
		"regression": {Runs: []report.Run{regression("mlp", 1, runs.ByTest, "mae")}},
		"regressions": {Runs: []report.Run{
			regression("wide", 1, runs.ByValidation, runs.ByLoss), regression("deep", 1, runs.ByValidation, runs.ByLoss),
		}},
		"apart": {Runs: []report.Run{wild, killed, whole}},
	}
}

// study is a table as wide as those of studies.
func study() report.Table {
	t := report.Table{Title: "A study", Head: []string{
		"model", "setting", "lr", "final", "best", "best epoch", "to 97 %", "to 98 %", "to 99 %", "diverged", "collapsed",
	}}
	for i, setting := range []string{"fixed", "step", "exponential", "plateau"} {
		v := float64(i)
		number := func(text string) report.Cell { return report.Cell{Text: text, Value: &v} }
		t.Rows = append(t.Rows, []report.Cell{
			report.Text("lenet-bn"), report.Text(setting), number("0.001"), number("40.11 ± 50.74"), number("99.11 ± 10.74"),
			number("9"),
			number("469, 1.6 s"), number("1251, 4.2 s"), number("4690, 15.9 s (2 of 3)"), number("0 of 3"), number("0 of 3"),
		})
	}
	return t
}

// look adds what --diagnostics would tell.
func look(r *report.Run) {
	for _, e := range r.Epochs {
		d := runs.Diagnostics{Epoch: e.Epoch, Step: e.Step}
		for i, name := range []string{"conv1", "conv1_bn", "fc1"} {
			x := 1 + float64(i) + 1/float64(e.Epoch)
			d.Layers = append(d.Layers, runs.LayerDiagnostics{
				Layer: name, Kind: "Conv2D", PreActivation: []float64{-x, 0.1 * x, 1.2 * x},
				Gradient: []float64{-0.01 / x, 0, 0.01 / x},
				Dead:     new(0.1 * float64(i)), WeightNorm: new(x), UpdateRatio: new(0.001 / x),
			})
		}
		if e.Epoch == 5 || e.Epoch == 6 {
			d.RecalibratedTestLoss = new(e.TestLoss * 0.9)
		}
		r.Diagnostics = append(r.Diagnostics, d)
	}
}
