package search

import (
	"fmt"
	"slices"
	"time"

	"anneal/internal/plural"
)

// Plan decides what a search trains, and for how long.
type Plan struct {
	// Rungs are the epochs after which trials are compared, in order; the last are those of a whole run. One rung is
	// random search. See Rungs for those of ASHA.
	Rungs []int
	// Reduction is η of ASHA: one of so many trials goes on from each rung. At least 2.
	Reduction int
	// Lag is what makes the decisions the same for any number of workers: decision n sees the results of decisions 0 to
	// n − Lag, and waits for those, even if others are known already. So up to Lag jobs run at the same time. ASHA with
	// one worker has a Lag of 1.
	Lag    int
	Seeds  int // runs of each trial: the budget counts each
	Budget Budget
	Trials func(trial int) bool // tells whether there is such a trial; nil: there always is
}

// Job is to train a trial as far as a rung, from where it stopped at the rung before.
type Job struct{ Trial, Rung int }

// Outcome is the result of a job.
type Outcome struct {
	Score float64       // after the rung's epochs, on validation samples; NaN: the run diverged
	Time  time.Duration // that the job took
}

// Rungs returns the rungs of ASHA: least, least·reduction and so on, and most. Plan.Check refuses a least below 1 and a
// reduction below 2.
func Rungs(least, most, reduction int) []int {
	var list []int
	for r := least; r < most; r *= reduction {
		list = append(list, r)
		if r < 1 || reduction < 2 || r > most/reduction {
			break // it would not grow, or overflow
		}
	}
	return append(list, most)
}

// Check returns an error if p is not valid, or if the budget is not enough for one trial.
func (p Plan) Check() error {
	switch {
	case len(p.Rungs) == 0 || p.Rungs[0] < 1 || !increasing(p.Rungs):
		return fmt.Errorf("search: rungs %v: want epochs of at least 1, in order", p.Rungs)
	case p.Reduction < 2:
		return fmt.Errorf("search: reduction %d: want at least 2", p.Reduction)
	case p.Lag < 1:
		return fmt.Errorf("search: lag %d: want at least 1", p.Lag)
	case p.Seeds < 1:
		return fmt.Errorf("search: %d seeds: want at least 1", p.Seeds)
	case !p.Budget.valid():
		return fmt.Errorf("search: budget %v: want some runs, epochs or time, and one of these only", p.Budget)
	case p.Budget.Runs > 0 && p.Budget.Runs < p.Seeds:
		return fmt.Errorf("search: budget %v: want at least %d, those of one setting from %s",
			p.Budget, p.Seeds, plural.Of(p.Seeds, "seed"))
	case p.Budget.Epochs > 0 && p.Budget.Epochs < p.Rungs[0]*p.Seeds:
		return fmt.Errorf("search: budget %v: want at least %d, those of one setting: %d from %s",
			p.Budget, p.Rungs[0]*p.Seeds, p.Rungs[0], plural.Of(p.Seeds, "seed"))
	}
	return nil
}

func increasing(list []int) bool {
	for i := 1; i < len(list); i++ {
		if list[i] <= list[i-1] {
			return false
		}
	}
	return true
}

// Epochs returns how many epochs a job trains.
func (p Plan) Epochs(j Job) int {
	if j.Rung == 0 {
		return p.Rungs[0]
	}
	return p.Rungs[j.Rung] - p.Rungs[j.Rung-1]
}

// Jobs returns the jobs that are decided, given the outcomes of those that have ended, in the order of the decisions.
// all reports whether no more will follow. Otherwise more are decided when some of these have ended.
//
// The decisions are made anew from the first one, so nothing has to be remembered between calls or between programs.
// Those with more outcomes begin with those with fewer.
func (p Plan) Jobs(outcome func(Job) (Outcome, bool)) (jobs []Job, all bool) {
	ladder := newLadder(len(p.Rungs), p.Reduction)
	spent := spending{plan: p}
	var slots []*Job // the decisions; nil: to wait
	trials := 0
	for n := 0; ; n++ {
		if seen := n - p.Lag; seen >= 0 && slots[seen] != nil {
			o, done := outcome(*slots[seen])
			if !done {
				return jobs, false
			}
			ladder.add(*slots[seen], o.Score)
			spent.time += o.Time
		}
		job, ok := ladder.promotion()
		if !ok {
			job = Job{Trial: trials}
			ok = spent.begins() && (p.Trials == nil || p.Trials(trials))
		}
		switch {
		case ok && !spent.allows(job):
			return jobs, true
		case ok:
			if job.Rung == 0 {
				trials++
			} else {
				ladder.promote(job)
			}
			spent.add(job)
			jobs = append(jobs, job)
			slots = append(slots, &job)
		default:
			slots = append(slots, nil)
			if !slices.ContainsFunc(slots[max(0, n+1-p.Lag):], func(j *Job) bool { return j != nil }) {
				return jobs, true
			}
		}
	}
}

// spending counts what the decisions take of a budget.
type spending struct {
	plan         Plan
	runs, epochs int
	time         time.Duration
}

// begins reports whether another trial may begin, as far as the number of runs says.
func (s *spending) begins() bool {
	return s.plan.Budget.Runs == 0 || s.runs+s.plan.Seeds <= s.plan.Budget.Runs
}

// allows reports whether there is enough for a job.
func (s *spending) allows(j Job) bool {
	b := s.plan.Budget
	return (b.Epochs == 0 || s.epochs+s.plan.Seeds*s.plan.Epochs(j) <= b.Epochs) && (b.Time == 0 || s.time < b.Time)
}

func (s *spending) add(j Job) {
	s.epochs += s.plan.Seeds * s.plan.Epochs(j)
	if j.Rung == 0 {
		s.runs += s.plan.Seeds
	}
}
