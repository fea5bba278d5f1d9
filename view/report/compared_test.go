package report_test

import (
	"fmt"
	"html"
	"math"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"anneal/runs"
	"anneal/view/report"
)

// result is a run of a network at a rate that ends with a test accuracy: NaN for one that diverged, one of 0.1 or below
// for one that only guesses.
func result(model string, lr float64, seed uint64, accuracy float64) report.Run {
	r := run(model, seed, 4)
	r.Record.Model, r.Record.Solver, r.Record.Train.SHA256 = model, fmt.Sprintf("SGD(lr=%v, momentum=0.9)", lr), "samples"
	r.Record.ChooseBy, r.Mistakes = runs.ByNothing, nil
	r.Dir = fmt.Sprintf("runs/%s_%v_%d", model, lr, seed)
	for i := range r.Epochs {
		e := &r.Epochs[i]
		e.TestAccuracy, e.Guessing, e.Confusion = accuracy-0.01*float64(len(r.Epochs)-1-i), new(accuracy <= 0.1), nil
	}
	if math.IsNaN(accuracy) {
		r.End.Reason, r.Epochs = runs.Diverged, r.Epochs[:1]
		r.Epochs[0].TestAccuracy = 0.1
	}
	return r
}

// normalization is a study of two networks at four rates from three seeds. lenet collapses from 0.1 on, lenet-bn at 1.
func normalization() []report.Run {
	nan := math.NaN()
	var all []report.Run
	for _, c := range []struct {
		model    string
		lr       float64
		accuracy [3]float64
	}{
		{"lenet", 0.01, [3]float64{0.9801, 0.9788, 0.9795}},
		{"lenet", 0.03, [3]float64{0.9845, 0.9852, 0.9840}},
		{"lenet", 0.1, [3]float64{0.1, 0.9790, 0.0974}},
		{"lenet", 0.3, [3]float64{nan, 0.0982, 0.1}},
		{"lenet-bn", 0.01, [3]float64{0.9862, 0.9851, 0.9853}},
		{"lenet-bn", 0.03, [3]float64{0.9894, 0.9896, 0.9893}},
		{"lenet-bn", 0.1, [3]float64{0.9911, 0.9902, 0.9907}},
		{"lenet-bn", 0.3, [3]float64{0.9881, 0.9902, 0.9872}},
	} {
		for i, v := range c.accuracy {
			all = append(all, result(c.model, c.lr, uint64(i+1), v))
		}
	}
	report.Distinguish(all)
	return all
}

var findingPattern = regexp.MustCompile(`(?s)<li data-say="[^"]*">(.*?)</li>`)

// findings returns the sentences at the top of a page.
func findings(t *testing.T, p report.Page) []string {
	t.Helper()
	var list []string
	for _, m := range findingPattern.FindAllStringSubmatch(save(t, p), -1) {
		list = append(list, html.UnescapeString(m[1]))
	}
	return list
}

// The sentences say what the numbers show. The intervals are those of scipy.stats.ttest_rel(a, b).confidence_interval:
// of five differences, at the level 1 - 0.05/5.
func TestFindings(t *testing.T) {
	got := findings(t, report.Page{Runs: normalization()})
	want := []string{
		"24 runs of 8 settings: 4 ended no better than guessing, 1 diverged.",
		"lenet-bn, lr 0.1 has the best mean of the test accuracy at the end, 99.07 %, and is better than 3 of 5 others; " +
			"not to be told apart from it: lenet-bn, lr 0.03 (0.12 ± 0.33 points), lenet-bn, lr 0.3 (0.22 ± 1.08 points).",
		"lenet-bn stands at least 10 times the learning rate of lenet: it still reaches 98.85 % at 0.3, the largest that " +
			"was tried; lenet collapses or diverges in 5 of 6 runs from 0.1 on (3 seeds).",
		"By model, lenet-bn is better than lenet (0.55 ± 0.03 points) (3 seeds, 2 of 4 pairs of settings that are equal " +
			"in the rest, those that trained from every seed).",
		"By learning rate, 0.1 is better than 0.01 (0.51 ± 0.11 points); not to be told apart from it: 0.03 (0.12 ± 0.25 " +
			"points), 0.3 (0.22 ± 0.84 points) (3 seeds, 3 of 6 pairs of settings that are equal in the rest, those that " +
			"trained from every seed).",
	}
	for i, w := range want {
		if i >= len(got) || got[i] != w {
			t.Errorf("sentence %d: got %q, want %q", i+1, got, w)
		}
	}
}

// Two settings are compared in one sentence, which claims no more than the interval.
func TestTwoSettings(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []float64 // by seed
		want string
	}{
		// scipy: ttest_rel([.9921, .9930, .9925], [.9902, .9905, .9906]): 0.0021 ± 0.0008605
		{
			"apart",
			[]float64{0.9921, 0.9930, 0.9925},
			[]float64{0.9902, 0.9905, 0.9906},
			"b is 0.21 ± 0.09 points better than a by the test accuracy at the end, paired over 3 seeds.",
		},
		{
			"alike",
			[]float64{0.9921, 0.9930, 0.9901},
			[]float64{0.9902, 0.9905, 0.9906},
			"b and a cannot be told apart by the test accuracy at the end: they differ by 0.13 ± 0.39 points, " +
				"paired over 3 seeds.",
		},
		{
			"one seed",
			[]float64{0.9921},
			[]float64{0.9902, 0.9905},
			"b ended 0.19 points better than a by the test accuracy at the end, with one common seed: that may be chance.",
		},
		{
			"equal differences",
			[]float64{0.99, 0.98},
			[]float64{0.98, 0.97},
			"b is better than a by the same number from each of 2 seeds: no interval follows from that.",
		},
		{
			"the same",
			[]float64{0.99, 0.98},
			[]float64{0.99, 0.98},
			"a and b have the same test accuracy at the end from each of 2 seeds.",
		},
	} {
		var all []report.Run
		for i, v := range c.b {
			all = append(all, result("a", 0.1, uint64(i+1), v))
		}
		for i, v := range c.a {
			all = append(all, result("b", 0.1, uint64(i+1), v))
		}
		report.Distinguish(all)
		if got := findings(t, report.Page{Runs: all}); len(got) != 2 || got[1] != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// The folder tells equal runs apart in their names; the date and the note are beside them.
func TestEqualRuns(t *testing.T) {
	a, b := result("lenet", 0.1, 1, 0.98), result("lenet", 0.1, 1, 0.98)
	a.Record.Note, b.Dir = "before the change", "elsewhere/"+filepath.Base(a.Dir)
	b.Record.Date = time.Date(2026, 11, 27, 8, 5, 0, 0, time.UTC)
	c := b
	c.Dir = "third/" + filepath.Base(a.Dir)
	all := []report.Run{a, b, c}
	report.Distinguish(all)
	if got := []string{all[1].Name, all[2].Name}; got[0] != "lenet, lenet_0.1_1" || got[1] != "lenet, third/lenet_0.1_1" {
		t.Errorf("got %q", got)
	}
	text := save(t, report.Page{Runs: all})
	for _, want := range []string{">before the change</small>", ">2026-11-27 08:05 UTC</small>"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
}

// Runs that did not come to an end are counted and not compared.
func TestOpenRuns(t *testing.T) {
	all := normalization()
	all[3].End, all[21].Pruned = nil, true
	all = append(all[:5], all[6:]...)
	got := findings(t, report.Page{Runs: all})
	want := "23 runs of 8 settings: 4 ended no better than guessing, 1 diverged, 1 pruned by the search, 1 not ended, " +
		"1 missing: seeds that other settings have."
	if len(got) == 0 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := findings(t, report.Page{Runs: all[:3], Open: 2})[0]; got != "5 runs of 1 setting: 2 not ended." {
		t.Errorf("got %q, want those that have not begun counted, too", got)
	}
	text := save(t, report.Page{Runs: all})
	for _, want := range []string{"1 of 3 pruned", "1 of 2 not ended", "2 of 3 collapsed", "1 of 3 diverged"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// Runs that were tested on different samples, or have no measure in common, are not compared.
func TestNothingCompared(t *testing.T) {
	a, b := result("a", 0.1, 1, 0.9), result("b", 0.1, 1, 0.8)
	b.Record.Test.SHA256 = "other"
	a.Record.Test.SHA256 = "samples"
	for name, all := range map[string][]report.Run{
		"different samples": {a, b}, "no measure": {a, regression("c", 1, "", runs.ByLoss)}, "one": {a},
	} {
		report.Distinguish(all)
		p := report.Page{Runs: all}
		if strings.Contains(save(t, p), `id="results"`) || len(findings(t, p)) > 1 {
			t.Errorf("%s: the page compares the runs", name)
		}
	}
}

// The rows are ranked and have the means with their intervals, also without a script.
func TestRankedRows(t *testing.T) {
	text := save(t, report.Page{Runs: normalization()})
	rows := regexp.MustCompile(`(?s)<td class="rank">(\S+)</td><th scope="row" translate="no">([^<]*)</th>.*?`+
		`<td class="number">([^<]*)</td><td class="number">(\d)</td>`).FindAllStringSubmatch(text, -1)
	// scipy: t.interval(0.95, 2, mean, sem)
	for i, want := range [][]string{
		{"1", "lenet-bn, lr 0.1", "99.07 ± 0.11 %", "3"},
		{"2", "lenet-bn, lr 0.03", "98.94 ± 0.04 %", "3"},
		{"3", "lenet-bn, lr 0.3", "98.85 ± 0.38 %", "3"},
		{"4", "lenet-bn, lr 0.01", "98.55 ± 0.15 %", "3"},
	} {
		if len(rows) != 8 || strings.Join(rows[i][1:], "|") != strings.Join(want, "|") {
			t.Errorf("row %d: got %q, want %q", i+1, rows, want)
		}
	}
}

// Nothing is a number of times as large as 0.
func TestNoTimesOfZero(t *testing.T) {
	var all []report.Run
	for _, c := range []struct {
		model    string
		momentum float64
		accuracy float64
	}{{"lenet", 0, 0.97}, {"lenet", 0.9, 0.1}, {"lenet-bn", 0, 0.98}, {"lenet-bn", 0.9, 0.99}} {
		for seed := range uint64(2) {
			r := result(c.model, 0.1, seed+1, c.accuracy)
			r.Record.Solver = fmt.Sprintf("SGD(lr=0.1, momentum=%v)", c.momentum)
			all = append(all, r)
		}
	}
	report.Distinguish(all)
	got := findings(t, report.Page{Runs: all})
	if len(got) < 2 || strings.Contains(strings.Join(got, " "), "stands") {
		t.Errorf("got %q", got)
	}
}
