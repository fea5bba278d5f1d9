// Package session trains a small network that someone plays with: it runs a few steps, tells what the network looks
// like, takes other settings, and goes on. Two sessions with one seed begin with the same weights wherever the shapes
// agree, so that one can be compared with the other. A program may run them at the same time.
//
// A session trains with the packages data, graph, schedules and solvers. It does not call train.Run, which trains from
// the first epoch to the last with one schedule and one solver: here both can change after any step, and a look at the
// network does not wait for the end of an epoch.
//
// Epochs count from 0 as a position: 1.5 is the middle of the second epoch. Rates follow the schedule epoch by epoch.
// Losses are means over samples: cross-entropy in nats, or the squared error of the sine. Accuracies are fractions.
package session

import (
	"fmt"

	"anneal/data"
	"anneal/graph"
	"anneal/schedules"
	"anneal/solvers"
)

// Session is a network that trains. Its methods must not be called by two goroutines at once.
type Session struct {
	settings Settings
	digits   func() (*Digits, error)
	sets     *sets
	params   *graph.Params
	train    *graph.Runner // forward and backward
	look     *graph.Runner // evaluates
	inside   *graph.Runner // keeps what the layers compute
	loader   *data.Loader
	solver   solvers.Solver
	driver   *schedules.Driver
	named    []graph.Named
	watched  *part // the samples of a look inside

	step         int // updates so far
	epoch, batch int // where the next update is
	loss         mean
	diverged     bool
	newCourse    bool // the rates of a run have changed since the last frame
	newSamples   bool // no frame has told the samples yet
}

// New returns a session that has not trained yet. digits gives the images of the set "digits", which nothing else
// needs; nil stands for none.
func New(settings Settings, digits func() (*Digits, error)) (*Session, error) {
	s := &Session{digits: digits}
	if err := s.begin(settings); err != nil {
		return nil, err
	}
	return s, nil
}

// Change gives the session other settings. Rate, schedule, solver, penalties, batch, activation and length take
// effect from the next step on. The others make another network or another set: the session then begins again, as
// restarted says. After an error the session is as before.
func (s *Session) Change(settings Settings) (restarted bool, err error) {
	if err := settings.Validate(); err != nil {
		return false, err
	}
	if settings.network() != s.settings.network() {
		return true, s.begin(settings)
	}
	before := *s
	if err := s.adapt(settings); err != nil {
		*s = before
		return false, err
	}
	s.diverged = false
	return false, nil
}

// Reset sets the session back to before its first step.
func (s *Session) Reset() error { return s.begin(s.settings) }

// begin makes everything anew.
func (s *Session) begin(settings Settings) error {
	if err := settings.Validate(); err != nil {
		return err
	}
	next := &Session{digits: s.digits, sets: s.sets, newSamples: true}
	if next.sets == nil || settings.samples() != s.settings.samples() {
		var err error
		if next.sets, err = load(settings, s.digits); err != nil {
			return err
		}
	}
	next.params = newParams(settings.Seed)
	if err := next.adapt(settings); err != nil {
		return err
	}
	*s = *next
	return nil
}

// adapt makes what the settings ask for and the session does not have yet.
func (s *Session) adapt(settings Settings) error {
	was := s.settings
	s.settings = settings
	if s.train == nil || was.Activation != settings.Activation || was.Batch != settings.Batch {
		if err := s.compile(); err != nil {
			return err
		}
	}
	if s.loader == nil || was.Batch != settings.Batch {
		place := 0.0
		if s.loader != nil {
			place = float64(s.batch) / float64(s.loader.Batches())
		}
		var err error
		s.loader, err = data.NewLoader(s.sets.train.set, data.Options{
			Batch: settings.Batch, Shuffle: true, DropLast: true, Seed: settings.Seed, Workers: 1, Ahead: 1,
		})
		if err != nil {
			return fmt.Errorf("session: %w", err)
		}
		s.batch = min(int(place*float64(s.loader.Batches())), s.loader.Batches()-1)
	}
	// A schedule that cycles the momentum leaves it as it last was.
	if s.solver == nil || was.algorithm(0) != settings.algorithm(0) || was.Schedule != settings.Schedule {
		if err := s.newSolver(was); err != nil {
			return err
		}
	}
	return s.follow(was)
}

// newSolver makes the solver. It takes over the state of the one before, if that is of the same kind.
func (s *Session) newSolver(was Settings) error {
	algorithm, err := solvers.Parse(s.settings.algorithm(s.settings.Rate))
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	next, err := solvers.New(algorithm, s.params.Trainable(), solvers.Tuning{})
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if s.solver != nil && was.Solver == s.settings.Solver {
		state, err := s.solver.State()
		if err == nil {
			err = next.Restore(state)
		}
		if err != nil {
			return fmt.Errorf("session: %w", err)
		}
	}
	s.solver = next
	return nil
}

// follow makes the rates follow the schedule, and begins the schedule's memory anew if it or the rate is another.
func (s *Session) follow(was Settings) error {
	same := s.driver != nil && was.Schedule == s.settings.Schedule && was.Rate == s.settings.Rate
	if !same || was.Epochs != s.settings.Epochs {
		schedule, err := schedules.Parse(s.settings.Schedule)
		if err != nil {
			return fmt.Errorf("session: %w", err)
		}
		driver, err := schedules.NewDriver(schedules.Fit(schedule, s.settings.Epochs), []float64{s.settings.Rate})
		if err != nil {
			return fmt.Errorf("session: %w", err)
		}
		if same {
			err = driver.Restore(s.driver.State())
		}
		if err != nil {
			return fmt.Errorf("session: %w", err)
		}
		s.driver, s.newCourse = driver, true
	}
	return s.setRate()
}

// setRate sets the rate of the epoch, and the momentum if the schedule cycles it.
func (s *Session) setRate() error {
	if err := s.solver.SetRate(0, s.rate()); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if momentum, cycles := s.driver.Momentum(s.epoch); cycles {
		if err := s.solver.SetMomentum(0, momentum); err != nil {
			return fmt.Errorf("session: schedule %s: %w", s.settings.Schedule, err)
		}
	}
	return nil
}

// rate returns the rate of the epoch, and after the last one that of the last.
func (s *Session) rate() float64 { return s.driver.Rates(min(s.epoch, s.settings.Epochs-1))[0] }

// position returns how many epochs the session has trained.
func (s *Session) position() float64 {
	return float64(s.epoch) + float64(s.batch)/float64(s.loader.Batches())
}
