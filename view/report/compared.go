package report

import (
	"fmt"
	"math"
	"slices"

	"anneal/internal/comparison"
	"anneal/runs"
)

// confidence is the level of the intervals.
const confidence = 0.95

// compared is the settings of a page's runs by one result.
type compared struct {
	result
	comparison.Comparison
}

// result is a number of a run by which settings are compared.
type result struct {
	title   string
	measure measure
	of      func(r *Run) float64
}

// results returns the numbers by which the runs are compared; the first ranks them. There are none if the runs have no
// measure in common, or were tested on different samples.
func results(all []Run) []result {
	m, by := commonMeasure(all), chosenBy(all)
	if m == "" || !sameTest(all) {
		return nil
	}
	final := func(by runs.ChooseBy) func(*Run) float64 {
		return func(r *Run) float64 {
			v, _ := r.Last().JudgedBy(by, runs.Best(m))
			return v
		}
	}
	test := result{fmt.Sprintf("test %s at the end", m), m, final(runs.ByTest)}
	switch by {
	case runs.ByValidation:
		return []result{{fmt.Sprintf("validation %s at the end", m), m, final(by)}, test}
	case runs.ByTest:
		best := func(r *Run) float64 {
			v, _, _ := r.judged(by, m)
			return v
		}
		return []result{{fmt.Sprintf("best test %s", m), m, best}, test}
	}
	return []result{test}
}

// compare returns the settings of the runs by each result, ranked. There is none if fewer than two settings have a
// result.
func compare(all []Run) []compared {
	factors, at := levels(factors(all), len(all))
	var list []compared
	for _, by := range results(all) {
		c := compared{by, comparison.Comparison{Factors: factors, Larger: larger(all, by.measure)}}
		known := map[string]int{}
		for i := range all {
			r := &all[i]
			k, ok := known[r.Name]
			if !ok {
				k = len(c.Settings)
				known[r.Name] = k
				c.Settings = append(c.Settings, comparison.Setting{Name: r.Name, Levels: at[i]})
			}
			c.Settings[k].Runs = append(c.Settings[k].Runs, r.compared(by))
		}
		c.Rank()
		if len(c.ranked()) > 1 {
			list = append(list, c)
		}
	}
	return list
}

// compared returns the run as it is compared.
func (r *Run) compared(by result) comparison.Run {
	c := comparison.Run{Seed: r.Seed, Value: math.NaN(), Outcome: r.outcomeOf()}
	if r.Last() != nil && c.Outcome != comparison.Diverged {
		c.Value = by.of(r)
	}
	return c
}

// outcomeOf returns what became of the run.
func (r *Run) outcomeOf() comparison.Outcome {
	switch {
	case r.Diverged():
		return comparison.Diverged
	case r.Pruned:
		return comparison.Pruned
	case r.Last() == nil, r.End == nil, r.End.Reason == runs.Interrupted:
		return comparison.Open
	case r.Guesses():
		return comparison.Collapsed
	}
	return comparison.Trained
}

// larger reports whether a larger value of the measure is better.
func larger(all []Run, m measure) bool {
	for i := range all {
		if last := all[i].Last(); last != nil {
			if _, larger := last.JudgedBy(runs.ByTest, runs.Best(m)); larger || m == byLoss {
				return larger
			}
			if last.Metric(string(m)) != nil {
				return false
			}
		}
	}
	return m == byAccuracy
}

// ranked returns the settings that have a result: they come first.
func (c compared) ranked() []comparison.Setting {
	n := slices.IndexFunc(c.Settings, func(s comparison.Setting) bool { return len(s.Values()) == 0 })
	if n < 0 {
		return c.Settings
	}
	return c.Settings[:n]
}

// value writes a result.
func (c compared) value(v float64) string { return c.measure.text(v) }

// scaled returns a difference in the unit that is shown: points for shares, and how many digits it has.
func (c compared) scaled(v float64) (float64, int) {
	if c.measure == byAccuracy {
		return 100 * v, 2
	}
	return v, 4
}

// number writes a difference without its sign.
func (c compared) number(v float64) string {
	v, digits := c.scaled(math.Abs(v))
	return fmt.Sprintf("%.*f", digits, v)
}

// interval writes a mean with the half of its interval.
func (c compared) interval(i comparison.Interval) string {
	if !(i.Half >= 0) {
		return c.value(i.Mean)
	}
	if c.measure == byAccuracy {
		return fmt.Sprintf("%.2f ± %s %%", 100*i.Mean, c.number(i.Half))
	}
	return fmt.Sprintf("%.4f ± %s", i.Mean, c.number(i.Half))
}

// notes says what became of those runs of a setting that are not in its mean, or collapsed.
func notes(s comparison.Setting) []phrase {
	var list []phrase
	for _, of := range []struct {
		outcome comparison.Outcome
		pattern string
	}{
		{comparison.Collapsed, "{n} of {m} collapsed"},
		{comparison.Diverged, "{n} of {m} diverged"},
		{comparison.Pruned, "{n} of {m} pruned"},
		{comparison.Open, "{n} of {m} not ended"},
	} {
		if n := s.Count(of.outcome); n > 0 {
			list = append(list, say(of.pattern, "n", n, "m", len(s.Runs)))
		}
	}
	return list
}
