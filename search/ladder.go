package search

import (
	"cmp"
	"math"
	"slices"
)

// ladder has the results at each rung of successive halving.
type ladder struct {
	reduction int
	rungs     [][]standing
	promoted  map[Job]bool // those that have gone on to this rung
}

// standing is the result of a trial at a rung.
type standing struct {
	trial int
	score float64
}

func newLadder(rungs, reduction int) *ladder {
	return &ladder{reduction, make([][]standing, rungs), map[Job]bool{}}
}

// add adds the result of a job. A trial that diverged is the last of its rung, and never goes on.
func (l *ladder) add(j Job, score float64) {
	if math.IsNaN(score) {
		score = math.Inf(-1)
	}
	rung := append(l.rungs[j.Rung], standing{j.Trial, score})
	slices.SortFunc(rung, func(a, b standing) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.trial, b.trial))
	})
	l.rungs[j.Rung] = rung
}

// promotion returns the job of a trial that goes on: the best of those that are among the best 1/reduction of their
// rung and have not gone on yet, from the highest rung that has one (Li et al. 2020, Algorithm 2, get_job).
func (l *ladder) promotion() (Job, bool) {
	for k := len(l.rungs) - 2; k >= 0; k-- {
		rung := l.rungs[k]
		for _, s := range rung[:len(rung)/l.reduction] {
			if j := (Job{s.trial, k + 1}); !l.promoted[j] && !math.IsInf(s.score, -1) {
				return j, true
			}
		}
	}
	return Job{}, false
}

// promote notes that a trial has gone on.
func (l *ladder) promote(j Job) { l.promoted[j] = true }
