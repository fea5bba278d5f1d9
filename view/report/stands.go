package report

import (
	"math"
	"slices"
	"strconv"

	"anneal/internal/comparison"
)

// stands says where one level of a factor stands a larger number of another factor, such as the rate, than another
// level: how many times as large, so only numbers above 0 count.
func (c compared) stands() []phrase {
	var list []phrase
	for number, n := range c.Factors {
		for factor, f := range c.Factors {
			if n.Numbers == nil || n.Numbers[0] <= 0 || f.Numbers != nil {
				continue
			}
			for a := range f.Levels {
				for b := range f.Levels {
					if p, ok := c.stand(number, factor, a, b); ok && len(list) < few {
						list = append(list, p)
					}
				}
			}
		}
	}
	return list
}

// stand says by how much level a of a factor stands a larger number than level b. ok is false unless it does somewhere,
// and b nowhere.
func (c compared) stand(number, factor, a, b int) (p phrase, ok bool) {
	all := c.Stands(number, factor, a, b)
	reverse := func(s comparison.Stand) bool { return comparison.Stand{A: s.B, B: s.A}.Larger() }
	if !slices.ContainsFunc(all, comparison.Stand.Larger) || slices.ContainsFunc(all, reverse) {
		return p, false
	}
	values := []any{
		"a", levelText(c.Factors[factor], a), "b", levelText(c.Factors[factor], b),
		"factor", say(factorName(c.Factors[number].Name)),
	}
	if len(all) > 1 {
		return c.standEverywhere(all, values)
	}
	s := all[0]
	times, low, high := s.Times()
	values = append(values, "v", c.value(comparison.Mean(s.A.Fine.Values(), confidence).Mean), "at", short(s.A.At),
		"from", short(s.B.Beyond), "fails", fails(s.B), "times", short(times), "low", short(low), "high", short(high),
		"seeds", count(min(s.A.Seeds, s.B.Seeds), "one seed, so that may be chance", "{n} seeds"))
	switch {
	case math.IsNaN(times):
		return say("{a} still reaches {v} at the {factor} {at}; {b} {fails} at all that were tried, from {from} on "+
			"({seeds}).", values...), true
	case math.IsInf(high, 1):
		return say("{a} stands at least {times} times the {factor} of {b}: it still reaches {v} at {at}, the largest that "+
			"was tried; {b} {fails} from {from} on ({seeds}).", values...), true
	}
	return say("{a} stands {times} times the {factor} of {b}: it still reaches {v} at {at}; {b} {fails} from {from} on "+
		"({seeds}; by the values that were tried, {low} to {high} times).", values...), true
}

// standEverywhere says it of several combinations of the other factors.
func (c compared) standEverywhere(all []comparison.Stand, values []any) (p phrase, ok bool) {
	var times []float64
	for _, s := range all {
		if t, _, _ := s.Times(); !math.IsNaN(t) {
			times = append(times, t)
		}
	}
	if times == nil {
		return p, false
	}
	slices.Sort(times)
	low, high, median := times[0], times[len(times)-1], times[(len(times)-1)/2]
	values = append(values, "n", len(all), "low", short(low), "high", short(high), "m", short(median))
	switch {
	case high <= 1: // b failed everywhere where a did better
		return p, false
	case low == high:
		return say("{a} stands {m} times the {factor} of {b} in each of {n} cases that are equal in the rest, by the values "+
			"that were tried.", values...), true
	}
	return say("{a} stands a larger {factor} than {b}, and in none of {n} cases that are equal in the rest a smaller "+
		"one: {low} to {high} times as large, with the median {m}, by the values that were tried.",
		values...), true
}

// fails says how runs fail beyond a limit.
func fails(l comparison.Limit) phrase {
	n, all := l.Collapsed+l.Diverged, l.Runs
	switch {
	case l.Diverged == 0:
		return say("collapses in {x} of {n} runs", "x", n, "n", all)
	case l.Collapsed == 0:
		return say("diverges in {x} of {n} runs", "x", n, "n", all)
	}
	return say("collapses or diverges in {x} of {n} runs", "x", n, "n", all)
}

// short writes a number with three digits.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
