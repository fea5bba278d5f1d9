package study

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
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
		cells: map[int][]Cell{}, reached: map[search.Job][]*train.Result{}, open: map[search.Job]int{},
		places: make(chan struct{}, c.jobs()), ended: make(chan struct{}, 1),
	}
	s.trials = search.Suggest(c.Search.Space, c.Search.Seed, c.trainable())
	s.plan.Trials = func(i int) bool {
		_, ok := s.trials.At(i)
		return ok
	}
	return s
}

// search trains what a search decides, as many runs at a time as Jobs says, and writes the results. Once a run has
// ended here it also writes, as others end, the results of the first decisions: those that a smaller budget would have.
func (c Config) search(ctx context.Context, results *Results, observe Observer) error {
	var trained atomic.Bool // runs of an earlier call are only read, and have no events
	s := newSearching(c, results, func(cell Cell, e runs.Event) error {
		if _, ok := e.(runs.End); ok {
			trained.Store(true)
		}
		return observe(cell, e)
	})
	var group sync.WaitGroup
	defer group.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for written := 0; ; {
		m := s.decide()
		for _, j := range m.next {
			if err := s.begin(ctx, j, &group); err != nil {
				return err
			}
		}
		switch {
		case len(m.next) > 0:
		case m.idle && m.failure != nil:
			return m.failure
		case m.idle:
			return s.write(m.jobs)
		}
		if m.ended > written && trained.Load() {
			if err := s.write(m.jobs[:m.ended]); err != nil {
				return err
			}
			if results.Open = len(m.jobs) - m.ended; c.Written != nil && results.Open > 0 {
				if err := c.Written(results); err != nil {
					return fmt.Errorf("study: %w", err)
				}
			}
			written, results.Open = m.ended, 0
		}
		<-s.ended
	}
}

// moment is how far a search has come.
type moment struct {
	jobs    []search.Job // that are decided
	next    []search.Job // those that have not begun
	ended   int          // how many of jobs have ended, up to the first that has not
	idle    bool         // no run is under way
	failure error        // of runs
}

// decide returns how far the search has come. What it returns is of the same moment: runs end at any time.
func (s *searching) decide() (m moment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.jobs, _ = s.plan.Jobs(s.outcome)
	for i, j := range m.jobs {
		if _, known := s.reached[j]; !known {
			m.next = append(m.next, j)
		}
		if _, done := s.outcome(j); done && m.ended == i {
			m.ended++
		}
	}
	m.idle, m.failure = len(s.open) == 0, first(s.failures)
	return m
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

// trainable returns a function that returns an error if the runs of a trial could not begin, or would be those of a
// trial before: its texts may differ in what is not used, such as the rate of a solver if there is another rate.
func (c Config) trainable() func(search.Trial) error {
	drawn := map[string]bool{}
	return func(t search.Trial) error {
		cells, err := c.trial(t)
		if err != nil {
			return err
		}
		name := cells[0].Name()
		if drawn[strings.ToLower(name)] {
			return fmt.Errorf("study: %s: the same setting was drawn before", name)
		}
		if err := cells[0].config(c.Common, "").Check(); err != nil {
			return fmt.Errorf("study: %s: %w", name, err)
		}
		drawn[strings.ToLower(name)] = true
		return nil
	}
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

// write writes the results of jobs that have ended: each trial as it was at its last rung. It returns an error if there
// are none.
func (s *searching) write(jobs []search.Job) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(jobs) == 0 {
		return fmt.Errorf("study: no setting of the search can be trained: %w", s.trials.Left[0])
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
	return s.results.save(s.Dir)
}
