package comparison

import (
	"cmp"
	"math"
	"slices"
)

// Limit is how large a number of a factor may be: the largest at which every run of a setting trained, and the next one
// that was tried, from which on some run of each setting collapsed or diverged.
type Limit struct {
	At, Beyond float64  // At is NaN if none was fine, Beyond +Inf if the largest that was tried was fine
	Fine       *Setting // at At, nil without one
	Runs       int      // at Beyond and further
	Collapsed  int      // of these
	Diverged   int
	Seeds      int // the least number of seeds of a setting
}

// Stand is the limits of a numeric factor at two levels of another one, with all other factors equal.
type Stand struct{ A, B Limit }

// Stands returns the limits of the numeric factor number at levels a and b of factor, one for each combination of the
// other factors that was tried at both levels and more than one number.
func (c *Comparison) Stands(number, factor, a, b int) []Stand {
	type side struct{ at [2][]*Setting }
	sides := map[string]*side{}
	var order []string
	for i := range c.Settings {
		s := &c.Settings[i]
		k := slices.Index([]int{a, b}, s.Levels[factor])
		if k < 0 {
			continue
		}
		key := s.others(number, factor)
		if sides[key] == nil {
			sides[key] = new(side)
			order = append(order, key)
		}
		sides[key].at[k] = append(sides[key].at[k], s)
	}
	var list []Stand
	for _, key := range order {
		x, y := c.limit(number, sides[key].at[0]), c.limit(number, sides[key].at[1])
		if x != nil && y != nil {
			list = append(list, Stand{*x, *y})
		}
	}
	return list
}

// limit returns the limit over settings that differ in one numeric factor, or nil if these are less than two, or if
// some have runs that are neither a success nor a failure.
func (c *Comparison) limit(number int, settings []*Setting) *Limit {
	at := func(s *Setting) float64 { return c.Factors[number].Numbers[s.Levels[number]] }
	slices.SortStableFunc(settings, func(a, b *Setting) int { return cmp.Compare(at(a), at(b)) })
	l := &Limit{At: math.NaN(), Beyond: math.Inf(1), Seeds: math.MaxInt}
	tried := 0
	for i, s := range settings {
		switch {
		case i > 0 && at(s) == at(settings[i-1]), !s.failed() && !s.Trained():
			return nil
		case s.failed():
			l.Collapsed, l.Diverged = l.Collapsed+s.Count(Collapsed), l.Diverged+s.Count(Diverged)
			l.Runs, l.Beyond = l.Runs+len(s.Runs), min(l.Beyond, at(s))
		default:
			l.At, l.Beyond, l.Fine, l.Runs, l.Collapsed, l.Diverged = at(s), math.Inf(1), s, 0, 0, 0
		}
		l.Seeds = min(l.Seeds, len(s.Runs))
		tried++
	}
	if tried < 2 {
		return nil
	}
	return l
}

// Times returns how many times as large the limit of A is as that of B, and between what the numbers that were tried
// leave it: low is less than that, and high is +Inf if A has no limit that was found. All are NaN if a limit is.
func (s Stand) Times() (times, low, high float64) {
	return s.A.At / s.B.At, s.A.At / s.B.Beyond, s.A.Beyond / s.B.At
}

// Larger reports whether A stands larger numbers than B: A was fine at a number at which B was not.
func (s Stand) Larger() bool {
	return s.A.At >= s.B.Beyond || math.IsNaN(s.B.At) && !math.IsNaN(s.A.At)
}
