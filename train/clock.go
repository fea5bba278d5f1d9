package train

import (
	"math"
	"time"
)

// clock measures how long an epoch has trained, without pauses. Between epochs it stands still.
type clock struct{ started time.Time }

// start starts an epoch that has trained for so many seconds before, perhaps in an earlier part of a resumed run.
func (c *clock) start(before float64) {
	c.started = time.Now().Add(-time.Duration(before * float64(time.Second)))
}

// pause takes out the time since began.
func (c *clock) pause(began time.Time) { c.started = c.started.Add(time.Since(began)) }

// running reports whether an epoch trains.
func (c *clock) running() bool { return !c.started.IsZero() }

// stop ends the epoch and returns how many seconds it has trained.
func (c *clock) stop() float64 {
	s := seconds(c.started)
	c.started = time.Time{}
	return s
}

// seconds returns the wall time since started, to the millisecond.
func seconds(started time.Time) float64 {
	return math.Round(time.Since(started).Seconds()*1e3) / 1e3
}
