package train

import (
	"errors"
	"fmt"
	"math"

	"anneal/internal/plural"
	"anneal/runs"
	"anneal/schedules"
)

// patience ends a run that gets no better: an epoch is an improvement if it is better than the last one by more than
// delta, and after limit epochs without one the run is over. It is Keras's EarlyStopping with min_delta and patience,
// and Lightning's.
type patience struct {
	limit int // at least 1
	delta float64
	best  runs.Best
	rises bool // a larger value is better
	by    runs.ChooseBy
	at    runs.PatienceState
}

// newPatience returns nil without c.Patience.
func newPatience(c Config) *patience {
	if c.Patience == 0 {
		return nil
	}
	p := &patience{limit: c.Patience, delta: c.MinDelta, best: c.Best, by: c.ChooseBy}
	p.at.Best = schedules.Metric(math.Inf(1))
	m := c.bestMetric()
	if p.rises = p.best == runs.ByAccuracy || m != nil && m.Larger(); p.rises {
		p.at.Best = schedules.Metric(math.Inf(-1))
	}
	return p
}

// watch counts an evaluated epoch.
func (p *patience) watch(e runs.Epoch) {
	if p == nil {
		return
	}
	best := float64(p.at.Best)
	metric, _ := e.JudgedBy(p.by, p.best)
	better := metric+p.delta < best
	if p.rises {
		better = metric-p.delta > best
	}
	if better {
		p.at = runs.PatienceState{Best: schedules.Metric(metric)}
		return
	}
	p.at.Waited++
}

// over reports whether the run should end.
func (p *patience) over() bool { return p != nil && p.at.Waited >= p.limit }

// stoppedEarly reports whether the run is over before its last epoch.
func (r *run) stoppedEarly() bool { return r.patience.over() && r.at.Step < r.TotalSteps }

// state returns what a checkpoint has to remember, nil without patience.
func (p *patience) state() *runs.PatienceState {
	if p == nil {
		return nil
	}
	at := p.at
	return &at
}

// restore puts back what state returned.
func (p *patience) restore(at *runs.PatienceState) error {
	switch {
	case at == nil && p == nil:
		return nil
	case at == nil:
		return fmt.Errorf("early stopping: got no state for a patience of %d", p.limit)
	case p == nil:
		return errors.New("early stopping: got a state and no patience")
	}
	if at.Waited < 0 || at.Waited > p.limit {
		return fmt.Errorf("early stopping: waited for %s, want 0 to %d", plural.Of(at.Waited, "epoch"), p.limit)
	}
	p.at = *at
	return nil
}
