package train

import (
	"math"
	"strings"

	"anneal/graph"
	"anneal/runs"
)

// statistics lists the BatchNorms that hold their running statistics, and those whose own parameters are all frozen and
// whose statistics move all the same.
func (r *run) statistics() (held, moving []string) {
	for _, p := range r.Params.All() {
		name, ok := strings.CutSuffix(p.Name(), ".running_mean")
		if !ok || p.Kind() != graph.Buffer {
			continue
		}
		frozen := 0
		for _, own := range []string{".weight", ".bias"} {
			if _, is := r.Tuning.GroupOf(name + own); is && r.Params.Lookup(name+own) != nil {
				frozen++
			}
		}
		switch {
		case graph.FreezesStats(r.Tuning.FreezeStats, name):
			held = append(held, name)
		case frozen == 2:
			moving = append(moving, name)
		}
	}
	return held, moving
}

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
