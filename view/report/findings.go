package report

import (
	"math"
	"slices"

	"anneal/internal/comparison"
)

// few is the largest number of names in a sentence, and of sentences about one kind of thing.
const few = 4

// findings returns sentences that say what the comparison shows, and no more than its intervals support.
func (c compared) findings() []phrase {
	list := append([]phrase{c.best()}, c.stands()...)
	if len(c.Factors) > 1 {
		for f := range c.Factors {
			list = append(list, c.effects(f)...)
		}
	}
	return list
}

// unit returns the phrase of a difference without its sign: in points, or in the unit of the measure.
func (c compared) unit(d comparison.Interval) phrase {
	switch {
	case d.Half == 0 && d.Mean != 0:
		return say("{d}, the same from each seed", "d", c.unit(comparison.Interval{N: 1, Mean: d.Mean, Half: math.NaN()}))
	case c.measure != byAccuracy && d.N < 2:
		return say("{d}", "d", c.number(d.Mean))
	case c.measure != byAccuracy:
		return say("{d} ± {h}", "d", c.number(d.Mean), "h", c.number(d.Half))
	case d.N < 2:
		return say("{d} points", "d", c.number(d.Mean))
	}
	return say("{d} ± {h} points", "d", c.number(d.Mean), "h", c.number(d.Half))
}

// better reports whether the difference of a setting minus another one shows that the setting is better.
func (c compared) better(d comparison.Interval) bool { return d.Excludes() && (d.Mean > 0) == c.Larger }

// best says which setting is the best, and which ones cannot be told apart from it. A mean over runs of which some
// trained and others did not says little, so a best setting that trained from every seed is compared with those that
// did.
func (c compared) best() phrase {
	ranked := c.ranked()
	first, others := &ranked[0], slices.Clone(ranked[1:])
	if first.Trained() {
		others = slices.DeleteFunc(others, func(s comparison.Setting) bool { return !s.Trained() })
	}
	values := []any{
		"a", first.Name, "result", say(c.title), "v", c.value(comparison.Mean(first.Values(), confidence).Mean),
		"k", len(ranked), "m", len(others),
	}
	switch len(others) {
	case 0:
		return say("{a} alone, of {k} settings, trained from every seed: {v}.", values...)
	case 1:
		return c.two(first, &others[0])
	}
	together := comparison.Together(len(others), confidence)
	var alike []phrase
	for i := range others {
		switch d := comparison.Paired(first, &others[i], together); {
		case c.better(d):
		case d.N > 1:
			alike = append(alike, say("{name} ({d})", "name", others[i].Name, "d", c.unit(d)))
		default:
			alike = append(alike, say("{name} (too few common seeds)", "name", others[i].Name))
		}
	}
	next := &others[0]
	values = append(values, "n", len(others)-len(alike), "list", shortened(alike),
		"b", next.Name, "d", c.unit(comparison.Paired(first, next, together)))
	switch len(alike) {
	case 0:
		return say("{a} is the best by the {result}, {v}: better than the next, {b}, by {d}, and than all others.",
			values...)
	case len(others):
		return say("No setting is shown to be the best. {a} has the best mean of the {result}, {v}; not to be told apart "+
			"from it: {list}.", values...)
	}
	return say("{a} has the best mean of the {result}, {v}, and is better than {n} of {m} others; not to be told apart "+
		"from it: {list}.", values...)
}

// two compares two settings, of which a has the better mean.
func (c compared) two(a, b *comparison.Setting) phrase {
	d := comparison.Paired(a, b, confidence)
	values := []any{"a", a.Name, "b", b.Name, "result", say(c.title), "d", c.unit(d), "n", d.N}
	switch {
	case d.N == 0:
		return say("{a} has the better mean of the {result}, but no seed in common with {b}: that may be chance.",
			values...)
	case d.N == 1:
		return say("{a} ended {d} better than {b} by the {result}, with one common seed: that may be chance.", values...)
	case c.better(d):
		return say("{a} is {d} better than {b} by the {result}, paired over {n} seeds.", values...)
	case d.Half == 0 && d.Mean == 0:
		return say("{a} and {b} have the same {result} from each of {n} seeds.", values...)
	case d.Half == 0:
		return say("{a} is better than {b} by the same number from each of {n} seeds: no interval follows from that.",
			values...)
	}
	return say("{a} and {b} cannot be told apart by the {result}: they differ by {d}, paired over {n} seeds.", values...)
}

// shortened returns the first of many phrases, and how many more there are.
func shortened(list []phrase) []phrase {
	if len(list) <= few+1 {
		return list
	}
	return append(slices.Clone(list[:few]), say("and {n} more", "n", len(list)-few))
}
