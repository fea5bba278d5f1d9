package live

import (
	"math"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	now := time.Unix(1e9, 0)
	c := clock{now: func() time.Time { return now }}
	near := func(what string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-9) {
			t.Errorf("%s: got %g, want %g", what, got, want)
		}
	}
	c.start()
	if !math.IsNaN(c.speed()) || !math.IsNaN(c.left(10, 1)) {
		t.Errorf("before any step: got %g images a second, %g s left", c.speed(), c.left(10, 1))
	}
	for i := 1; i <= 1000; i++ { // 10 s at 100 steps of 64 a second
		now = now.Add(10 * time.Millisecond)
		c.step(i, 64*i)
	}
	near("speed", c.speed(), 6400)
	near("left", c.left(50, 1), 0.5)
	for i := 1001; i <= 1300; i++ { // 6 s at half of that
		now = now.Add(20 * time.Millisecond)
		c.step(i, 64*i)
	}
	near("speed of the last seconds", c.speed(), 3200)
	near("passed", c.total().Seconds(), 16)

	// An evaluation and a pause are not slow training.
	now = now.Add(2 * time.Second)
	c.cut(2)
	c.stop()
	now = now.Add(time.Hour)
	near("passed in a pause", c.total().Seconds(), 18)
	c.start()
	for i := 1301; i <= 1400; i++ {
		now = now.Add(20 * time.Millisecond)
		c.step(i, 64*i)
	}
	near("speed after a pause", c.speed(), 3200)
	near("passed after a pause", c.total().Seconds(), 20)
	near("left with evaluations", c.left(100, 3), 2+3*2)
	c.before(5)
	near("passed with the time before", c.total().Seconds(), 25)
}
