package study

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/view/report"
)

// result returns the Result of a run with these test accuracies. Its epochs have 10 steps and take 2 seconds. A run
// that diverges ends in the epoch after.
func result(model string, lr float64, batch int, seed uint64, diverges bool, accuracies ...float64) Result {
	r := Result{
		Cell: Cell{
			Model: model, Setting: "s", Solver: solvers.SGD{LR: lr}, Schedule: schedules.Constant{}, LR: lr,
			Batch: batch, Seed: seed,
		},
		End: runs.End{Epochs: len(accuracies), Reason: runs.Completed}, classes: 10,
	}
	if diverges {
		r.End.Reason = runs.Diverged
	}
	for i, a := range accuracies {
		r.Epochs = append(r.Epochs, runs.Epoch{
			Epoch: i + 1, Step: 10 * (i + 1), TrainLoss: 0.5, TestLoss: 0.25, TestAccuracy: a, TrainSeconds: 1.5,
			TestSeconds: 0.5,
		})
		if a > r.End.BestAccuracy {
			r.End.BestAccuracy, r.End.BestEpoch = a, i+1
		}
	}
	return r
}

// sample has a setting that trains, one that diverges, one that collapses, in part or in whole.
func sample() *Results {
	return &Results{Targets: []float64{0.97, 0.985}, Usable: 0.9, Cells: []Result{
		result("lenet", 0.1, 64, 1, false, 0.9, 0.98, 0.96),
		result("lenet", 0.1, 64, 2, false, 0.97, 0.99, 0.98),
		result("lenet", 0.1, 64, 3, false, 0.1, 0.1135, 0.1135),
		result("lenet", 0.5, 64, 1, true, 0.975),
		result("lenet", 0.5, 64, 2, true),
		result("lenet", 0.5, 64, 3, false, 0.9, 0.92, 0.94),
		result("lenet-bn", 0.1, 64, 1, false, 0.91, 0.98, 0.99),
		result("lenet-bn", 0.1, 64, 2, false, 0.91, 0.98, 0.97),
		result("lenet-bn", 0.5, 64, 1, false, 0.91, 0.98, 0.95),
		result("lenet-bn", 0.5, 64, 2, false, 0.91, 0.98, 0.91),
	}}
}

// near reports whether two numbers agree, or both are none.
func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-12*max(1, math.Abs(b))
}

// The numbers are worked out by hand, the deviations as Python's statistics.stdev gives them.
func TestSummaries(t *testing.T) {
	nan := math.NaN()
	list := sample().Summaries()
	if len(list) != 4 {
		t.Fatalf("got %d summaries, want 4", len(list))
	}
	for i, want := range []Summary{
		{
			Runs: 3, Collapsed: 1, Worst: 0.1135, Final: Moments{3, 2.0535 / 3, 0.4946016073568706},
			Best:      Moments{3, 2.0835 / 3, 0.5031856019402781},
			BestEpoch: Moments{3, 2, 0},
			Targets: []Target{
				{0.97, 2, Moments{2, 15, math.Sqrt(50)}, Moments{2, 3, math.Sqrt(2)}},
				{0.985, 1, Moments{1, 20, nan}, Moments{1, 4, nan}},
			},
		},
		{
			Runs: 3, Diverged: 2, Worst: 0, Final: Moments{1, 0.94, nan}, Best: Moments{1, 0.94, nan},
			BestEpoch: Moments{1, 3, nan},
			Targets: []Target{
				{0.97, 1, Moments{1, 10, nan}, Moments{1, 2, nan}},
				{0.985, 0, Moments{0, nan, nan}, Moments{0, nan, nan}},
			},
		},
	} {
		got := list[i]
		ok := got.Runs == want.Runs && got.Diverged == want.Diverged && got.Collapsed == want.Collapsed &&
			got.Worst == want.Worst
		pairs := [][2]Moments{{got.Final, want.Final}, {got.Best, want.Best}, {got.BestEpoch, want.BestEpoch}}
		for k, target := range want.Targets {
			ok = ok && got.Targets[k].Accuracy == target.Accuracy && got.Targets[k].Runs == target.Runs
			pairs = append(pairs, [2]Moments{got.Targets[k].Steps, target.Steps},
				[2]Moments{got.Targets[k].Seconds, target.Seconds})
		}
		for _, p := range pairs {
			ok = ok && p[0].N == p[1].N && near(p[0].Mean, p[1].Mean) && near(p[0].Std, p[1].Std)
		}
		if !ok {
			t.Errorf("summary %d: got\n%+v\nwant\n%+v", i, got, want)
		}
	}
}

func TestLimits(t *testing.T) {
	r := sample()
	limits := r.Limits()
	if len(limits) != 2 {
		t.Fatalf("got %+v, want one a model", limits)
	}
	// At 0.1 one seed collapses, and at 0.5 two diverge.
	if l := limits[0]; l.Model != "lenet" || !math.IsNaN(l.Largest) || l.BestLR != 0.1 || l.Best.N != 3 ||
		l.largest().Text != "none" {
		t.Errorf("got %+v", l)
	}
	if l := limits[1]; l.Model != "lenet-bn" || l.Largest != 0.5 || l.Tried != 0.5 || l.BestLR != 0.1 ||
		!near(l.Best.Mean, 0.98) || l.largest().Text != "≥ 0.5" {
		t.Errorf("got %+v", l)
	}
	r.Usable = 0.92 // one seed ends at 0.91
	if l := r.Limits()[1]; l.Largest != 0.1 || l.largest().Text != "0.1" {
		t.Errorf("got %+v", l)
	}
	r.Cells = r.Cells[:3]
	if l := r.Limits(); len(l) != 0 {
		t.Errorf("of one rate: got %+v, want none", l)
	}
}

func TestGrids(t *testing.T) {
	r := sample()
	if g := r.Grids(); len(g) != 0 {
		t.Errorf("of one batch size: got %+v, want none", g)
	}
	r.Cells = append(r.Cells,
		result("lenet", 0.1, 2, 1, true),
		result("lenet", 0.02, 2, 1, false, 0.5),
	)
	grids := r.Grids()
	if len(grids) != 1 {
		t.Fatalf("got %+v, want one of lenet", grids)
	}
	got := texts(grids[0].Table())
	want := []string{"batch|0.02|0.1|0.5", "2|50.00|diverged|–", "64|–|68.45|94.00, diverged 2 of 3"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	nan := math.NaN()
	heat := grids[0].HeatMap()
	for i, row := range [][]float64{{50, nan, nan}, {nan, 100 * 2.0535 / 3, 94}} {
		for k, v := range row {
			if !near(heat.Values[i][k], v) {
				t.Errorf("row %s, column %s: got %v, want %v", heat.Rows[i], heat.Columns[k], heat.Values[i][k], v)
			}
		}
	}
}

// texts returns a table's lines, the head first.
func texts(table report.Table) []string {
	lines := []string{strings.Join(table.Head, "|")}
	for _, row := range table.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.Text)
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	return lines
}

func TestCSV(t *testing.T) {
	r := sample()
	r.Cells = r.Cells[2:5]
	var b bytes.Buffer
	if err := r.CSV(&b); err != nil {
		t.Fatal(err)
	}
	want := `name,model,setting,solver,schedule,lr,batch,augment,seed,reason,collapsed,epochs,steps,` +
		`final_accuracy,final_test_loss,final_train_loss,best_accuracy,best_epoch,steps_to_97,steps_to_98.5
lenet_s_lr0.1_batch64_seed3,lenet,s,SGD(lr=0.1),Constant(),0.1,64,none,3,completed,true,3,30,0.1135,0.25,0.5,0.1135,2,,
lenet_s_lr0.5_batch64_seed1,lenet,s,SGD(lr=0.5),Constant(),0.5,64,none,1,diverged,false,1,10,,,,0.975,1,10,
lenet_s_lr0.5_batch64_seed2,lenet,s,SGD(lr=0.5),Constant(),0.5,64,none,2,diverged,false,0,0,,,,,,,
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := sample().JSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Cells []struct {
			Name    string
			Seconds float64
			Final   *float64 `json:"final_accuracy"`
			Reached []struct{ Step *int }
		}
		Settings []struct {
			Diverged int
			Final    struct{ Mean, Std *float64 } `json:"final_accuracy"`
		}
		Limits []struct {
			Largest *float64 `json:"largest_usable_lr"`
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Cells) != 10 || got.Cells[0].Seconds != 6 || *got.Cells[0].Reached[0].Step != 20 ||
		got.Cells[3].Final != nil {
		t.Errorf("got cells %+v", got.Cells)
	}
	if len(got.Settings) != 4 || got.Settings[1].Diverged != 2 || *got.Settings[1].Final.Mean != 0.94 ||
		got.Settings[1].Final.Std != nil {
		t.Errorf("got settings %+v", got.Settings)
	}
	if len(got.Limits) != 2 || got.Limits[0].Largest != nil || *got.Limits[1].Largest != 0.5 {
		t.Errorf("got limits %+v", got.Limits)
	}
}

func TestTables(t *testing.T) {
	tables := sample().Tables()
	if len(tables) != 2 {
		t.Fatalf("got %+v, want the settings and the limits", tables)
	}
	var text []string
	for _, table := range tables {
		text = append(text, texts(table)...)
	}
	want := []string{
		"model|setting|lr|final|best|best epoch|to 97 %|to 98.5 %|diverged|collapsed",
		"lenet|s|0.1|68.45 ± 49.46|69.45 ± 50.32|2|15, 3.0 s (2 of 3)|20, 4.0 s (1 of 3)|0 of 3|1 of 3",
		"lenet|s|0.5|94.00|94.00|3|10, 2.0 s (1 of 3)|–|2 of 3|0 of 3",
		"lenet-bn|s|0.1|98.00 ± 1.41|98.50 ± 0.71|2.5|20, 4.0 s|30, 6.0 s (1 of 2)|0 of 2|0 of 2",
		"lenet-bn|s|0.5|93.00 ± 2.83|98.00 ± 0.00|2|20, 4.0 s|–|0 of 2|0 of 2",
		"batch|lenet: largest lr|best|lenet-bn: largest lr|best",
		"64|none|68.45 ± 49.46 at 0.1|≥ 0.5|98.00 ± 1.41 at 0.1",
	}
	for i := range max(len(text), len(want)) {
		if i >= len(text) || i >= len(want) || text[i] != want[i] {
			t.Fatalf("line %d: got\n%s\nwant\n%s", i, strings.Join(text, "\n"), strings.Join(want, "\n"))
		}
	}
}
