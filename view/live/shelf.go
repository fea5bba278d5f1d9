package live

import (
	"path/filepath"

	"anneal/runs"
)

// shelf is everything that viewers can see of a study. Its changes are numbered from 1.
type shelf struct {
	last   uint64 // the number of the newest change
	begun  uint64 // the number of Begin
	name   string
	plan   Plan
	cells  []*cell
	byName map[string]*cell
	state  studyState
}

// studyState is what a study is doing, and by what its settings are compared.
type studyState struct {
	State  string `json:"state"`            // waiting, training or over
	Reason string `json:"reason,omitempty"` // why it is over

	By        runs.ChooseBy `json:"by,omitempty"`         // the data by which settings are compared
	Best      runs.Best     `json:"chooses,omitempty"`    // and the measure
	Larger    bool          `json:"larger,omitempty"`     // of a metric, a larger value is better
	NoClasses bool          `json:"no_classes,omitempty"` // there is no accuracy
}

// pending is the state of a run that has not begun. The others are training, and over, with a reason.
const pending = "pending"

// The reasons of runs that a search has stopped, as package study names them.
const (
	resting = "paused" // it may go on
	pruned  = "pruned"
)

// cell is a run with what it has told.
type cell struct {
	Cell
	changed uint64 // its number
	state   string
	reason  string
	epoch   int // evaluated
	rested  int // epochs that it had when it last ended, for now or for good
	steps   int // in the whole run
	step    int
	guesses bool
	points  []evaluated
}

// evaluated is an epoch.
type evaluated struct {
	number uint64
	Epoch  int
	values [6]*float64 // test loss, test accuracy, the same on validation samples, the metric that chooses on both
}

func newShelf(name string) *shelf {
	return &shelf{last: 1, begun: 1, name: name, byName: map[string]*cell{}, state: studyState{State: waiting}}
}

// begin begins a study anew.
func (s *shelf) begin(p Plan) {
	s.last++
	s.begun, s.plan, s.state.State = s.last, p, training
	s.cells, s.byName = nil, map[string]*cell{}
	for _, c := range p.Cells {
		s.of(c)
	}
}

// of returns the run of a cell, which it adds if the shelf has none, and marks it as changed.
func (s *shelf) of(c Cell) *cell {
	s.last++
	run := s.byName[c.Name]
	if run == nil {
		run = &cell{Cell: c, state: pending}
		s.cells, s.byName[c.Name] = append(s.cells, run), run
	}
	run.changed = s.last
	return run
}

// ended adds the result of a run, unless the run is under way here or the shelf has the result already.
func (s *shelf) ended(c Cell, r Ended) {
	if run := s.byName[c.Name]; run != nil &&
		(run.state == training || run.state == over && run.rested == len(r.Epochs)) {
		return
	}
	run := s.of(c)
	s.judge(r.By, r.Best, len(r.Epochs) > 0 && r.Epochs[0].NoClasses)
	for _, e := range r.Epochs {
		s.evaluate(run, e)
		run.guesses = e.Guessing != nil && *e.Guessing
	}
	run.state, run.reason, run.rested, run.steps = over, r.End.Reason, run.epoch, run.step
	if run.reason == pruned { // so far
		run.reason = resting
	}
}

// add adds an event of a run.
func (s *shelf) add(c Cell, e runs.Event) {
	run := s.of(c)
	switch e := e.(type) {
	case runs.Start:
		s.move(e.Dir)
		s.judge(e.By, e.Best, e.NoClasses)
		run.state, run.reason, run.steps, run.step = training, "", e.Steps, e.Done
		if e.Done == 0 {
			run.points, run.epoch = nil, 0
		} else if e.Dir != "" && run.points == nil {
			s.recall(run, e.Dir)
		}
	case runs.Step:
		run.step = e.Step
	case runs.Epoch:
		s.evaluate(run, e)
		run.guesses = e.Guessing != nil && *e.Guessing
	case runs.End:
		run.state, run.reason, run.rested = over, e.Reason, run.epoch
		if e.Reason == runs.Interrupted {
			run.state, run.reason = pending, "" // the same command continues it
		}
	}
}

// recall adds the epochs of a run that an earlier program began. A file that cannot be read has ended the run, which
// says so.
func (s *shelf) recall(run *cell, dir string) {
	step := run.step
	before, _ := runs.ReadMetrics(dir)
	for _, e := range before {
		if e, ok := e.(runs.Epoch); ok {
			s.evaluate(run, e)
		}
	}
	run.step = step
}

// move sets the folder of the study if a run is in another one, since the one of the plan was taken.
func (s *shelf) move(dir string) {
	if dir = filepath.Dir(dir); s.plan.Dir != "" && dir != "." && dir != filepath.Clean(s.plan.Dir) {
		s.plan.Dir, s.begun = dir, s.last
	}
}

// judge sets by what settings are compared, as a run says.
func (s *shelf) judge(by runs.ChooseBy, best runs.Best, noClasses bool) {
	s.state.By, s.state.Best, s.state.NoClasses = by, best, noClasses
}

// evaluate adds an epoch, unless the run has told it already.
func (s *shelf) evaluate(run *cell, e runs.Epoch) {
	run.epoch, run.step = e.Epoch, e.Step
	if n := len(run.points); n > 0 && run.points[n-1].Epoch >= e.Epoch {
		return
	}
	p := evaluated{number: s.last, Epoch: e.Epoch, values: [6]*float64{
		&e.TestLoss, &e.TestAccuracy, e.ValidationLoss, e.ValidationAccuracy,
	}}
	if m := e.Metric(string(s.state.Best)); m != nil {
		p.values[4], p.values[5], s.state.Larger = m.Test, m.Validation, m.Larger
	}
	run.points = append(run.points, p)
}

// end ends the study, once. Runs under way are no longer.
func (s *shelf) end(reason string) {
	if s.state.State == over {
		return
	}
	s.last++
	s.state.State, s.state.Reason = over, reason
}
