package study

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"anneal/runs"
	"anneal/search"
	"anneal/train"
)

// searching is a search that is under way.
type searching struct {
	Config
	plan    search.Plan
	trials  *search.Suggestions
	observe Observer
	results *Results

	mu       sync.Mutex
	cells    map[int][]Cell // of each trial
	reached  map[search.Job][]*train.Result
	open     map[search.Job]int // runs that have not ended
	failures []error

	places chan struct{} // has room for one of each run that may train
	ended  chan struct{} // tells that a run has ended
}

// newSearching returns a search that begins.
func newSearching(c Config, results *Results, observe Observer) *searching {
	s := &searching{
		Config: c, plan: c.plan(c.Common.Epochs), observe: observe, results: results,
		trials: search.Suggest(c.Search.Space, c.Search.Seed, c.trainable),
		cells:  map[int][]Cell{}, reached: map[search.Job][]*train.Result{}, open: map[search.Job]int{},
		places: make(chan struct{}, c.jobs()), ended: make(chan struct{}, 1),
	}
	s.plan.Trials = func(i int) bool {
		_, ok := s.trials.At(i)
		return ok
	}
	return s
}

// search trains what a search decides, as many runs at a time as Jobs says, and puts the results into results.
func (c Config) search(ctx context.Context, results *Results, observe Observer) error {
	s := newSearching(c, results, observe)
	var group sync.WaitGroup
	defer group.Wait()
	for {
		jobs, next := s.decide()
		for _, j := range next {
			if err := s.begin(ctx, j, &group); err != nil {
				return err
			}
		}
		if s.idle() {
			if err := first(s.failures); err != nil {
				return err
			}
			return s.finish(jobs)
		}
		<-s.ended
	}
}

// decide returns the jobs that are decided, and those of them that have not begun.
func (s *searching) decide() (jobs, next []search.Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	jobs, _ = s.plan.Jobs(s.outcome)
	for _, j := range jobs {
		if _, known := s.reached[j]; !known {
			next = append(next, j)
		}
	}
	return jobs, next
}

// idle reports whether no run is under way.
func (s *searching) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open) == 0
}

// begin trains the runs of a job, each when there is a place for it.
func (s *searching) begin(ctx context.Context, j search.Job, group *sync.WaitGroup) error {
	cells, err := s.know(j)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.open[j] = len(cells)
	s.mu.Unlock()
	for i, cell := range cells {
		group.Go(func() {
			r, err := s.train(ctx, cell, s.plan.Rungs[j.Rung])
			s.mu.Lock()
			if s.reached[j][i] = r; err != nil {
				s.failures = append(s.failures, fmt.Errorf("study: %s: %w", cell.Name(), err))
			}
			if s.open[j]--; s.open[j] == 0 {
				delete(s.open, j)
			}
			s.mu.Unlock()
			select {
			case s.ended <- struct{}{}:
			default: // the search will look anyway
			}
		})
	}
	return nil
}

// know makes room for the results of a job, and returns its cells.
func (s *searching) know(j search.Job) ([]Cell, error) {
	trial, _ := s.trials.At(j.Trial)
	cells, err := s.trial(trial)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cells[j.Trial], s.reached[j] = cells, make([]*train.Result, len(cells))
	return cells, nil
}

// trainable returns an error if the runs of a trial could not begin.
func (c Config) trainable(t search.Trial) error {
	cells, err := c.trial(t)
	if err == nil {
		if err = cells[0].config(c.Common, "").Check(); err != nil {
			err = fmt.Errorf("study: %s: %w", cells[0].Name(), err)
		}
	}
	return err
}

// outcome returns the outcome of a job if all of its runs have ended without a failure.
func (s *searching) outcome(j search.Job) (o search.Outcome, done bool) {
	runs := s.reached[j]
	if len(runs) == 0 {
		return o, false
	}
	from := 0
	if j.Rung > 0 {
		from = s.plan.Rungs[j.Rung-1]
	}
	for _, r := range runs {
		if r == nil {
			return o, false
		}
		o.Score += s.score(r) / float64(len(runs))
		for _, e := range r.Epochs {
			if e.Epoch > from {
				o.Time += time.Duration((e.TrainSeconds + e.TestSeconds) * float64(time.Second))
			}
		}
	}
	return o, true
}

// score returns how good a run is on the validation samples after its last epoch, larger being better; NaN if it
// diverged.
func (s *searching) score(r *train.Result) float64 {
	if r.End.Reason == runs.Diverged || len(r.Epochs) == 0 {
		return math.NaN()
	}
	last := r.Epochs[len(r.Epochs)-1]
	measure := s.results.Measure
	if last.NoClasses && (measure == "" || measure == runs.ByAccuracy) {
		measure = runs.ByLoss
	}
	value, larger := last.JudgedBy(s.results.By, measure)
	if !larger {
		value = -value
	}
	return value
}

// finish puts the results of all jobs into those of the study: each trial as it was at its last rung. It returns an
// error if there are none.
func (s *searching) finish(jobs []search.Job) error {
	if len(jobs) == 0 {
		return fmt.Errorf("study: no setting of the search can be trained: %w", first(s.trials.Left))
	}
	found := &Found{Space: s.Search.Space, Rungs: s.plan.Rungs, Left: s.trials.Left}
	last := map[int]search.Job{}
	for _, j := range jobs {
		if j.Rung == 0 {
			trial, _ := s.trials.At(j.Trial)
			o, _ := s.outcome(j)
			found.Trials, found.First = append(found.Trials, trial), append(found.First, o.Score)
			found.Last, found.Reached = append(found.Last, o.Score), append(found.Reached, 0)
		}
		last[j.Trial] = j
	}
	s.results.Cells = nil
	for i := range found.Trials {
		o, _ := s.outcome(last[i])
		found.Last[i], found.Reached[i] = o.Score, last[i].Rung
		for k, r := range s.reached[last[i]] {
			choice := runs.Choose(r.Epochs, s.results.By, s.results.Measure)
			s.results.Cells = append(s.results.Cells, Result{s.cells[i][k], r.Epochs, r.End, choice, s.Common.Train.Classes()})
		}
	}
	s.results.Found = found
	return nil
}
