package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"anneal/internal/plural"
	"anneal/runs"
	"anneal/search"
	"anneal/view/report"
)

// searchPage adds to a page what a search found: the ranking, its settings as parallel coordinates, their importance
// and what was pruned.
func (r *Results) searchPage(page *report.Page) {
	f := r.Found
	tables := r.Tables()
	page.Ranking, page.Tables = &tables[0], tables[1:]
	page.Title = fmt.Sprintf("Search: %s, %s", plural.Of(len(f.Trials), "setting"), plural.Of(len(r.Cells), "run"))
	page.Parallel = r.parallel()
	if _, ok := r.Best(); ok {
		page.Best = page.Runs[0].Name // they are by rank
	}
	list := f.Space.Importances(f.Trials, f.First)
	if list == nil {
		return
	}
	page.Bars = &report.Bars{
		Title: fmt.Sprintf("How much each setting matters, after %s", plural.Of(f.Rungs[0], "epoch")),
		Hint: fmt.Sprintf("The share of the variance of the %s, over all that was searched, that a setting accounts for "+
			"alone. What is left are combinations. The lines are the 5th to the 95th percentile of regression trees on "+
			"bootstrap samples: functional ANOVA (Hutter, Hoos and Leyton-Brown, 2014).", r.JudgedBy()),
	}
	slices.SortStableFunc(list, func(a, b search.Importance) int { return cmp.Compare(b.Share, a.Share) })
	for _, i := range list {
		page.Bars.Bars = append(page.Bars.Bars, report.Bar{Name: i.Name, Share: i.Share, Low: i.Low, High: i.High})
	}
}

// parallel returns a line for each trial through what was drawn for it, and its score.
func (r *Results) parallel() *report.Parallel {
	f := r.Found
	p := &report.Parallel{
		Title: "Settings and what they reached",
		Hint: "A line is a setting, from what was drawn for it to its score at the right. The thick line is the best one. " +
			"Grey ones were pruned or diverged: their scores are after fewer epochs. At – a setting has no value there.",
	}
	for _, v := range f.Space.Ranges {
		axis := report.ParallelAxis{Name: v.Name}
		for i := range v.Choices {
			axis.Ticks = append(axis.Ticks, report.ParallelTick{At: v.Middle(i), Text: v.Label(i)})
		}
		for i := 0; len(v.Choices) == 0 && i <= 4; i++ {
			u := float64(i) / 4
			axis.Ticks = append(axis.Ticks, report.ParallelTick{At: u, Text: v.At(u)})
		}
		p.Axes = append(p.Axes, axis)
	}
	score, at := r.scoreAxis()
	p.Axes = append(p.Axes, score)
	best := f.Ranked()[0]
	for i, trial := range f.Trials {
		line := report.ParallelLine{
			Name: fmt.Sprintf("setting %d: %s", i+1, r.ended(i)), Best: i == best, Pale: f.Reached[i] < f.Reached[best],
		}
		for k, u := range trial.Units {
			if v := f.Space.Ranges[k]; len(v.Choices) > 0 && !math.IsNaN(u) {
				u = v.Middle(v.Branch(u))
			}
			line.At = append(line.At, u)
		}
		line.At = append(line.At, at(f.Last[i]))
		line.Pale = line.Pale || math.IsNaN(f.Last[i])
		p.Lines = append(p.Lines, line)
	}
	return p
}

// scoreAxis returns the axis of scores, and the place of a score on it. Accuracies are in %, and have more room near
// 100 %: the axis is of the logarithm of the errors.
func (r *Results) scoreAxis() (report.ParallelAxis, func(score float64) float64) {
	axis := report.ParallelAxis{Name: "validation"}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range r.Found.Last {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	sign := -1.0 // a score is the measure, or its negative if smaller is better
	if slices.ContainsFunc(r.Summaries(), func(s Summary) bool { m, larger := s.judged(); return larger && m.N > 0 }) {
		sign = 1
	}
	format := func(v float64) string { return fmt.Sprintf("%.4g", sign*v) }
	scale, back := func(v float64) float64 { return v }, func(v float64) float64 { return v }
	if r.measure() == runs.ByAccuracy {
		least := 1e-4
		scale = func(v float64) float64 { return -math.Log(1 - v + least) }
		back = func(v float64) float64 { return 1 + least - math.Exp(-v) }
		format = func(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }
	}
	a, b := scale(low), scale(high)
	if low == high {
		axis.Ticks = []report.ParallelTick{{At: 0.5, Text: format(low)}}
		a, b = a-1, b+1
	}
	for i := 0; i <= 4 && low < high; i++ {
		u := float64(i) / 4
		axis.Ticks = append(axis.Ticks, report.ParallelTick{At: u, Text: format(back(a + u*(b-a)))})
	}
	return axis, func(score float64) float64 { return (scale(score) - a) / (b - a) }
}
