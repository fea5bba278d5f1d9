package comparison

import (
	"fmt"
	"slices"
)

// Effect is the mean difference between two levels of a factor.
type Effect struct {
	Interval     // of level a − level b
	Cases    int // pairs of settings that differ in the factor alone
	Trained  int // those of which no run collapsed, diverged, was pruned or is open: the interval is over them
}

// Effect compares levels a and b of a factor: over the pairs of settings that are equal in all other factors and whose
// runs all trained, paired by seed.
func (c *Comparison) Effect(factor, a, b int, level float64) Effect {
	var e Effect
	var list []match
	for _, m := range c.matches(factor, a, b) {
		e.Cases++
		if m.a.Trained() && m.b.Trained() {
			list = append(list, m)
		}
	}
	e.Trained = len(list)
	e.Interval = pairs(list, level)
	return e
}

// matches returns the pairs of settings at levels a and b of a factor that are equal in all others.
func (c *Comparison) matches(factor, a, b int) []match {
	at := map[string]*Setting{} // the settings at level b, by their other levels
	for i := range c.Settings {
		if s := &c.Settings[i]; s.Levels[factor] == b {
			if key := s.others(factor); at[key] == nil {
				at[key] = s
			}
		}
	}
	var list []match
	for i := range c.Settings {
		if s := &c.Settings[i]; s.Levels[factor] == a {
			if key := s.others(factor); at[key] != nil {
				list = append(list, match{s, at[key]})
				delete(at, key)
			}
		}
	}
	return list
}

// others returns the levels of the setting except for those of some factors.
func (s *Setting) others(but ...int) string {
	levels := slices.Clone(s.Levels)
	for _, f := range but {
		levels[f] = -1
	}
	return fmt.Sprint(levels)
}
