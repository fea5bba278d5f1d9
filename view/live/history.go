package live

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"anneal/runs"
)

// maxPoints is the largest number of points of the training loss's curve. When there are more, neighbours become one.
const maxPoints = 1024 // as page.js has

// history is everything that viewers can see of a run. Its items are numbered from 1, so that each viewer gets what
// is new to it.
type history struct {
	last   uint64 // the number of the newest
	run    run
	begun  uint64 // the number of run
	plan   plan
	points []point
	open   point // not yet among them
	stride int   // steps in a point
	events []event
	tested int // epochs
	state  state
	clock  clock
}

// run says what is about to run.
type run struct {
	Name    string   `json:"name"`
	Dir     string   `json:"dir"`
	Epochs  int      `json:"epochs"`
	Steps   int      `json:"steps"`   // in the whole run
	Updates int      `json:"updates"` // in an epoch
	Samples int      `json:"samples"` // in an epoch
	Weights int      `json:"weights"`
	Groups  []group  `json:"groups"`
	Plan    forecast `json:"plan"`

	By   runs.ChooseBy `json:"by"`                // the data that chooses
	Best runs.Best     `json:"chooses,omitempty"` // by which measure

	NoClasses bool `json:"no_classes,omitempty"` // there is no accuracy
}

// point is the mean of some steps.
type point struct {
	number  uint64
	step    int // the last of them
	steps   int
	samples int
	losses  float64   // the sum over the samples
	lr      []float64 // of the last
}

// event is an epoch, a control, a refused command or the end, as JSON.
type event struct {
	number uint64
	json   json.RawMessage
}

// What a run is doing.
const (
	waiting    = "waiting" // to start
	training   = "training"
	evaluating = "evaluating"
	paused     = "paused"
	stopping   = "stopping"
	over       = "over"
)

// failed is the reason of a run that ended without one.
const failed = "failed"

// state is the present state of the run.
type state struct {
	State  string    `json:"state"`
	Reason string    `json:"reason,omitempty"` // why the run is over, as in runs.End, or "failed"
	Epoch  int       `json:"epoch"`            // under way
	Step   int       `json:"step"`             // updates done
	Loss   number    `json:"loss"`             // in training: the mean of the epoch so far
	LR     []float64 `json:"lr"`               // in force
	Factor []float64 `json:"factor"`           // of LR on the plan's rates, one per group
	Speed  number    `json:"speed"`            // samples per second
	Passed float64   `json:"passed"`           // seconds of training and evaluation
	Left   number    `json:"left"`             // seconds
}

// number is null in JSON if it is not known.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if v := float64(n); !math.IsNaN(v) && !math.IsInf(v, 0) {
		return json.Marshal(v)
	}
	return []byte("null"), nil
}

func newHistory(name string, now func() time.Time) *history {
	return &history{
		last: 1, begun: 1, run: run{Name: name}, stride: 1,
		state: state{State: waiting, Loss: number(math.NaN())}, clock: clock{now: now},
	}
}

// add adds an event of the run.
func (h *history) add(e runs.Event) error {
	switch e := e.(type) {
	case runs.Start:
		return h.start(e)
	case runs.Step:
		h.clock.step(e.Step, (e.Epoch-1)*h.run.Samples+e.Seen)
		h.state.State = training
		if e.Seen == h.run.Samples || e.Step == h.run.Steps {
			h.state.State = evaluating
		}
	case runs.Epoch:
		h.clock.cut(e.TestSeconds)
		h.state.State = training
	case runs.Control:
		switch e.Action {
		case runs.Pause:
			h.clock.stop()
			h.state.State = paused
		case runs.Continue:
			h.clock.start()
			h.state.State = training
		case runs.Stop:
			h.state.State = stopping
		}
	case runs.End:
		h.clock.stop()
		h.state.State, h.state.Reason = over, e.Reason
	}
	return h.record(e)
}

// start begins a run, with what a resumed one did before.
func (h *history) start(e runs.Start) error {
	h.last++
	h.begun = h.last
	h.plan = newPlan(e)
	h.run = run{
		h.run.Name, e.Dir, e.Epochs, e.Steps, e.Updates, e.Samples, e.Weights, h.plan.groups, h.plan.forecast(), e.By,
		e.Best, e.NoClasses,
	}
	h.state.State, h.state.Epoch, h.state.Step = training, min(e.Epochs, e.Done/e.Updates+1), e.Done
	for _, g := range e.Groups {
		h.state.LR = append(h.state.LR, g.LR)
		h.state.Factor = append(h.state.Factor, 1)
	}
	defer h.clock.start()
	if e.Done == 0 || e.Dir == "" {
		return nil
	}
	before, err := runs.ReadMetrics(e.Dir)
	if err != nil {
		return fmt.Errorf("live: %w", err)
	}
	for _, e := range before {
		if e, ok := e.(runs.Epoch); ok {
			h.clock.before(e.TrainSeconds + e.TestSeconds)
			h.clock.cut(e.TestSeconds)
		}
		if err := h.record(e); err != nil {
			return err
		}
	}
	return nil
}

// record keeps an event for the viewers.
func (h *history) record(e runs.Event) error {
	h.last++
	switch e := e.(type) {
	case runs.Step:
		h.state.Epoch, h.state.Step, h.state.Loss, h.state.LR = e.Epoch, e.Step, number(e.Loss), e.LR
		if e.EpochLoss > 0 {
			h.state.Loss = number(e.EpochLoss)
		}
		h.plan.at(e.Epoch-1, e.Step-1)
		h.point(e)
		return nil
	case runs.Epoch:
		h.close()
		h.tested++
		h.state.Epoch, h.state.Step = min(h.run.Epochs, e.Epoch+1), e.Step
		e.Confusion, e.Precision, e.Recall = nil, nil, nil
		return h.tell(e)
	case runs.Control:
		if e.Action == runs.SetRate {
			h.state.LR = e.LR
			h.plan.at(e.Epoch-1, e.Step)
		}
		return h.tell(e)
	case runs.Refused:
		text, err := json.Marshal(map[string]any{"event": "refused", "action": e.Command.Action, "error": e.Err.Error()})
		h.events = append(h.events, event{h.last, text})
		return err
	case runs.Notice:
		return h.tell(e)
	case runs.End:
		h.close()
		return h.tell(e)
	}
	return nil
}

// fail ends a run that had no End.
func (h *history) fail() {
	if h.state.State != over {
		h.last++
		h.clock.stop()
		h.state.State, h.state.Reason = over, failed
	}
}

// tell keeps an event in the form that it has in metrics.jsonl.
func (h *history) tell(e runs.Event) error {
	line, err := runs.Marshal(e)
	h.events = append(h.events, event{h.last, line})
	return err
}

// point adds a step to the open point, and closes it when it is full.
func (h *history) point(e runs.Step) {
	p := &h.open
	p.number, p.step, p.lr = h.last, e.Step, e.LR
	p.steps++
	loss, samples := e.Loss, max(e.Samples, 1)
	if e.Samples == 0 { // a line of metrics.jsonl
		loss, samples = e.Mean()
	}
	p.samples += samples
	p.losses += loss * float64(samples)
	if p.steps >= h.stride {
		h.close()
	}
}

// close adds the open point to the others, and halves their number when there are too many.
func (h *history) close() {
	if h.open.steps == 0 {
		return
	}
	h.points = append(h.points, h.open)
	h.open = point{}
	if len(h.points) < maxPoints {
		return
	}
	half := h.points[:0]
	for i := 0; i < len(h.points); i += 2 {
		a, b := h.points[i], h.points[min(i+1, len(h.points)-1)]
		if i+1 < len(h.points) {
			b.steps, b.samples, b.losses = a.steps+b.steps, a.samples+b.samples, a.losses+b.losses
		}
		half = append(half, b)
	}
	h.points, h.stride = half, 2*h.stride
}
