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
	told   uint64 // the number of the last event that metrics.jsonl has
	tested int    // epochs
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

	Settings [][2]string `json:"settings,omitempty"` // the keys and values of config.json
	Warnings []string    `json:"warnings,omitempty"` // what is odd about the settings
	Changes  []string    `json:"changes,omitempty"`  // of the settings of a resumed run
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

func newHistory(name string, now func() time.Time) *history {
	return &history{
		last: 1, begun: 1, run: run{Name: name}, stride: 1,
		state: state{State: waiting, Loss: number(math.NaN())}, clock: clock{now: now},
	}
}

// add adds an event of the run.
func (h *history) add(e runs.Event) error {
	switch e := e.(type) {
	case runs.Reading:
		h.last++
		h.state.Reading = &reading{e.Part, e.Done, e.Samples}
		return nil
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
		Name: h.run.Name, Dir: e.Dir, Epochs: e.Epochs, Steps: e.Steps, Updates: e.Updates, Samples: e.Samples,
		Weights: e.Weights, Groups: h.plan.groups, Plan: h.plan.forecast(), By: e.By, Best: e.Best, NoClasses: e.NoClasses,
		Settings: settings(e.Dir), Warnings: e.Warnings, Changes: e.Changes,
	}
	h.state.Reading = nil
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
		return h.keep(map[string]any{"event": "refused", "action": e.Command.Action, "error": e.Err.Error()})
	case runs.Retry:
		return h.keep(map[string]any{"event": "retry", "what": e.What, "error": e.Err.Error()})
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
	h.events, h.told = append(h.events, event{h.last, line}), h.last
	return err
}

// keep keeps an event that metrics.jsonl does not have.
func (h *history) keep(e map[string]any) error {
	text, err := json.Marshal(e)
	h.events = append(h.events, event{h.last, text})
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
