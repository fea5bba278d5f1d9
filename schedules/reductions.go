package schedules

import "slices"

// reductions says when a plateau beside other schedules lowers the rate of a group.
type reductions struct {
	counts []int   // the counts of the updates after which it does, rising; one may occur more than once
	low    float64 // the group's min_lr
}

// before returns the counts below count. A nil r has none.
func (r *reductions) before(count int) []int {
	if r == nil {
		return nil
	}
	n, _ := slices.BinarySearch(r.counts, count)
	return r.counts[:n]
}

// after returns r as a schedule sees it that begins at count wait.
func (r *reductions) after(wait int) *reductions {
	if r == nil || wait == 0 {
		return r
	}
	n := len(r.before(wait))
	later := &reductions{low: r.low}
	for _, count := range r.counts[n:] {
		later.counts = append(later.counts, count-wait)
	}
	return later
}

// apply lowers g's rate for each reduction from count from to before to.
func (r *reductions) apply(s ReduceLROnPlateau, g *group, from, to int) {
	for range len(r.before(to)) - len(r.before(from)) {
		g.rate = s.lower(g.rate, r.low)
	}
}

// lower returns what a reduction makes of rate, which is not below low or does not change.
func (s ReduceLROnPlateau) lower(rate, low float64) float64 {
	if lowered := max(rate*s.Factor, low); rate-lowered > s.Eps {
		return lowered
	}
	return rate
}
