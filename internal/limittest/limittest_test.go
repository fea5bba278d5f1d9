package limittest

import (
	"testing"
	"time"
)

// recorder counts errors in place of a test's.
type recorder struct {
	testing.TB
	errors int
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.errors++ }

var kept []byte

func TestRun(t *testing.T) {
	for _, c := range []struct {
		limits Limits
		want   int
	}{
		{Limits{Bytes: 1 << 30, Time: time.Hour}, 0},
		{Limits{Bytes: 1 << 10, Time: time.Hour}, 1},
	} {
		r := &recorder{TB: t}
		c.limits.Run(r, "a slice", func() { kept = make([]byte, 1<<20) })
		if r.errors != c.want {
			t.Errorf("%+v: got %d errors, want %d", c.limits, r.errors, c.want)
		}
	}
}

func TestPeak(t *testing.T) {
	peak := Peak(t, func(*testing.T) {
		kept = make([]byte, 64<<20)
		for i := range kept {
			kept[i] = 1
		}
	})
	if peak < 64<<20 || peak > 200<<20 {
		t.Errorf("got %d bytes, want somewhat more than 64 MB", peak)
	}
}
