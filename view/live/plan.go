package live

import (
	"math"

	"anneal/runs"
	"anneal/schedules"
)

// maxMoments is how many moments of a run a forecast has at most.
const maxMoments = 400

// plan is what the schedules say about a run: a plateau as if it saw no metric, and as if nobody set the rate.
type plan struct {
	perStep bool
	steps   int
	updates int
	groups  []group
	ahead   *schedules.Forecast
	count   int // that the rates in force are for
}

// group is a parameter group with its schedule.
type group struct {
	Pattern  string `json:"pattern"` // "" for the parameters that are in no other
	Schedule string `json:"schedule"`
}

// forecast is the rates over time, one list a group, of which each has the rate up to each moment from the one before it.
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

// at says which update the rates in force are for, both counted from 0.
func (p *plan) at(epoch, step int) {
	p.count = epoch
	if p.perStep {
		p.count = step
	}
}

// factor is what lr is of the plan at its count. It stays as it was where the plan has 0.
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

// forecast asks for the whole run, or for moments spread over it.
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
