package train

import (
	"math"

	"anneal/runs"
)

// groups describes the groups, and lists the parameters that are frozen.
func (r *run) groups() (groups []runs.Group, frozen []string) {
	rates := r.solver.Rates()
	for i, lr := range rates {
		g := runs.Group{LR: lr, Lowest: math.Inf(1)}
		if i > 0 {
			g.Pattern = r.Tuning.Groups[i-1].Pattern
		}
		groups = append(groups, g)
	}
	for _, c := range r.scheduler.courses {
		for i, number := range c.groups {
			groups[number].Schedule, groups[number].Base = c.schedule, c.bases[i]
		}
	}
	for _, p := range r.Params.Trainable() {
		number, isFrozen := r.Tuning.GroupOf(p.Name())
		if isFrozen {
			frozen = append(frozen, p.Name())
			continue
		}
		g := &groups[number]
		g.Tensors++
		g.Lowest = min(g.Lowest, r.solver.RateOf(p.Name()))
	}
	return groups, frozen
}
