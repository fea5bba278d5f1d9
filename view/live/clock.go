package live

import (
	"math"
	"time"
)

// The speed is that of about the last 5 s, measured every 250 ms.
const (
	window = 5 * time.Second
	tick   = 250 * time.Millisecond
)

// clock measures how long a run has trained and evaluated, and how fast it trains.
type clock struct {
	now    func() time.Time
	since  time.Time // when it began to run, zero while it is stopped
	passed time.Duration
	marks  []mark // of the last window, without a gap in the training

	perStep   float64 // seconds, 0 if not known
	perSample float64
	test      float64 // seconds of the last evaluation
}

// mark is how far the run was at a time.
type mark struct {
	time          time.Time
	step, samples int
}

func (c *clock) start() { c.since, c.marks = c.now(), nil }

func (c *clock) stop() {
	c.passed = c.total()
	c.since, c.marks = time.Time{}, nil
}

// before adds seconds of the time before the run was resumed.
func (c *clock) before(seconds float64) { c.passed += time.Duration(seconds * float64(time.Second)) }

// cut counts an evaluation, during which there were no steps.
func (c *clock) cut(seconds float64) { c.test, c.marks = seconds, nil }

// step counts a step. samples is how many the whole run has seen after it.
func (c *clock) step(step, samples int) {
	m := mark{c.now(), step, samples}
	if n := len(c.marks); n > 0 {
		if m.time.Sub(c.marks[n-1].time) < tick {
			return
		}
		first := c.marks[0]
		took := m.time.Sub(first.time).Seconds()
		c.perStep, c.perSample = took/float64(m.step-first.step), took/float64(m.samples-first.samples)
	}
	c.marks = append(c.marks, m)
	for m.time.Sub(c.marks[0].time) > window && len(c.marks) > 2 {
		c.marks = c.marks[1:]
	}
}

func (c *clock) total() time.Duration {
	if c.since.IsZero() {
		return c.passed
	}
	return c.passed + c.now().Sub(c.since)
}

// speed returns samples per second, NaN if unknown.
func (c *clock) speed() float64 {
	if c.perSample == 0 {
		return math.NaN()
	}
	return 1 / c.perSample
}

// left returns the seconds that this many steps and evaluations take at the present speed, NaN if unknown.
func (c *clock) left(steps, evaluations int) float64 {
	if c.perStep == 0 && steps > 0 {
		return math.NaN()
	}
	return c.perStep*float64(steps) + c.test*float64(evaluations)
}
