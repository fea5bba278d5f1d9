package live

import "encoding/json"

// update is what is new to a viewer.
type update struct {
	Run   *run     `json:"run,omitempty"` // it replaces everything before
	Steps *columns `json:"steps,omitempty"`
	// Events are epochs, controls and the end as in metrics.jsonl, and commands that were refused.
	Events []json.RawMessage `json:"events,omitempty"`
	State  state             `json:"state"`
}

// columns are points of the training loss.
type columns struct {
	Step    []int       `json:"step"`
	Loss    []float32   `json:"loss"`    // the mean since the step before
	Samples []int       `json:"samples"` // that it is over
	LR      [][]float64 `json:"lr"`      // one list per group
}

// since returns what came after a number, and the number of the newest item.
func (h *history) since(number uint64) (update, uint64) {
	if number > h.last {
		number = 0 // of another program at this address
	}
	u := update{State: h.now()}
	if number < h.begun {
		number, u.Run = 0, new(h.run)
	}
	first := len(h.points)
	for first > 0 && h.points[first-1].number > number {
		first--
	}
	if first < len(h.points) {
		u.Steps = newColumns(h.points[first:], len(h.run.Groups))
	}
	first = len(h.events)
	for first > 0 && h.events[first-1].number > number {
		first--
	}
	for _, e := range h.events[first:] {
		u.Events = append(u.Events, e.json)
	}
	return u, h.last
}

func newColumns(points []point, groups int) *columns {
	c := &columns{LR: make([][]float64, groups)}
	for _, p := range points {
		c.Step = append(c.Step, p.step)
		c.Loss = append(c.Loss, float32(p.losses/float64(p.samples)))
		c.Samples = append(c.Samples, p.samples)
		for g := range c.LR {
			c.LR[g] = append(c.LR[g], p.lr[g])
		}
	}
	return c
}

// now returns the state at this moment.
func (h *history) now() state {
	if len(h.state.Factor) > 0 {
		h.state.Factor = h.plan.factor(h.state.LR, h.state.Factor)
	}
	s := h.state
	s.Passed = h.clock.total().Seconds()
	s.Speed = number(h.clock.speed())
	s.Left = number(h.clock.left(h.run.Steps-s.Step, h.run.Epochs-h.tested))
	return s
}
