package report

import (
	"cmp"
	"math"

	"anneal/internal/comparison"
)

// effects compares the level of a factor that the best setting has with the other levels, where all runs trained.
func (c compared) effects(factor int) []phrase {
	f, of := c.Factors[factor], c.ranked()[0].Levels[factor]
	together := comparison.Together(len(f.Levels)-1, confidence)
	var better, worse, alike []phrase
	seeds, cases, trained := math.MaxInt, 0, 0
	for l := range f.Levels {
		e := c.Effect(factor, of, l, together)
		if l == of || e.N < 2 {
			continue
		}
		seeds, cases, trained = min(seeds, e.N), cases+e.Cases, trained+e.Trained
		one := say("{name} ({d})", "name", levelAlone(f, l), "d", c.unit(e.Interval))
		switch {
		case !e.Excludes():
			alike = append(alike, one)
		case c.better(e.Interval):
			better = append(better, one)
		default:
			worse = append(worse, one)
		}
	}
	pairs := count(cases, "{n} pair of settings that are equal in the rest",
		"{n} pairs of settings that are equal in the rest")
	if trained < cases {
		pairs = say("{trained} of {cases} pairs of settings that are equal in the rest, those that trained from every seed",
			"trained", trained, "cases", cases)
	}
	values := []any{
		"a", levelAlone(f, of), "factor", say(factorName(f.Name)), "n", seeds, "pairs", pairs,
		"better", shortened(better), "worse", shortened(worse), "alike", shortened(alike),
	}
	switch {
	case worse != nil:
		return []phrase{say("By {factor}, {a}, which the best setting has, is on average worse than {worse} ({n} seeds, "+
			"{pairs}).", values...)}
	case better != nil && alike != nil:
		return []phrase{say("By {factor}, {a} is better than {better}; not to be told apart from it: {alike} ({n} seeds, "+
			"{pairs}).", values...)}
	case better != nil:
		return []phrase{say("By {factor}, {a} is better than {better} ({n} seeds, {pairs}).", values...)}
	case alike != nil:
		return []phrase{say("By {factor}, {a} cannot be told apart from {alike} ({n} seeds, {pairs}).", values...)}
	}
	return nil
}

// levelAlone returns a level of a factor in a sentence that names the factor.
func levelAlone(f comparison.Factor, level int) string { return cmp.Or(f.Levels[level], "–") }
