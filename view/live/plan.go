package live

import (
	"math"

	"anneal/runs"
	"anneal/schedules"
)

// maxMoments is the largest number of moments in a forecast.
const maxMoments = 400

// plan is what the schedules say about a run. It assumes that no plateau triggers and nobody sets a rate.
type plan struct {
	perStep bool
	steps   int
	updates int
	groups  []group
	ahead   *schedules.Forecast
	count   int // the one that the current rates are for
}

// group is a parameter group with its schedule.
type group struct {
	Pattern  string `json:"pattern"` // "" for the parameters that are in no other
	Schedule string `json:"schedule"`
}

// forecast has the rates over time, one list per group: the rate up to each moment from the one before it.
type forecast struct {
	Epochs []float64  `json:"epochs"` // passed at the moment
	LR     [][]number `json:"lr"`
}

func newPlan(s runs.Start) plan {
	p := plan{perStep: s.Interval == runs.PerStep, steps: s.Steps, updates: s.Updates}
	var groups []schedules.Group
	for _, g := range s.Groups {
		p.groups = append(p.groups, group{g.Pattern, g.Schedule.String()})
		groups = append(groups, schedules.Group{Schedule: g.Schedule, Base: g.Base})
	}
	p.ahead = schedules.NewForecast(groups)
	return p
}

// at sets the update that the current rates are for, both counted from 0.
func (p *plan) at(epoch, step int) {
	p.count = epoch
	if p.perStep {
		p.count = step
	}
}

// factor returns lr divided by the planned rates, or what it was before where the plan has 0.
func (p *plan) factor(lr, before []float64) []float64 {
	factor := make([]float64, len(before))
	for i, planned := range p.ahead.Rates(p.count) {
		factor[i] = lr[i] / planned
		if !(math.Abs(factor[i]) <= math.MaxFloat64) {
			factor[i] = before[i]
		}
	}
	return factor
}

// forecast computes the rates of the whole run, or at moments spread over it.
func (p *plan) forecast() forecast {
	counts := (p.steps + p.updates - 1) / p.updates
	if p.perStep {
		counts = p.steps
	}
	n := min(counts, maxMoments)
	f := forecast{Epochs: make([]float64, n), LR: make([][]number, len(p.groups))}
	for i := range n {
		count := (i+1)*counts/n - 1
		f.Epochs[i] = float64(count + 1)
		if p.perStep {
			f.Epochs[i] /= float64(p.updates)
		}
		f.Epochs[i] = min(f.Epochs[i], float64(p.steps)/float64(p.updates))
		for g, r := range p.ahead.Rates(count) {
			f.LR[g] = append(f.LR[g], number(r))
		}
	}
	return f
}
