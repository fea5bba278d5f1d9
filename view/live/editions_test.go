package live

import (
	"bytes"
	"fmt"
	"testing"

	"anneal/runs"
	"anneal/schedules"
)

// Viewers that have seen the same get the same text until the next pulse, and the rest after it.
func TestEditions(t *testing.T) {
	s := New("lenet", host)
	s.join()
	s.due = true // when the test says so
	observe(t, s, start(schedules.Constant{}, runs.PerEpoch, 0.1), step(1, 1, 0.1))
	first, _ := s.edition(0)
	observe(t, s, step(2, 1, 0.1))
	again, pulse := s.edition(0)
	if first != again {
		t.Errorf("before the pulse: got %d, want the same as %d", again.number, first.number)
	}
	s.publish()
	<-pulse
	rest, _ := s.edition(first.number)
	text, err := rest.event()
	if want := fmt.Appendf(nil, "id: %s.%d\n", s.life, first.number+1); err != nil || !bytes.HasPrefix(text, want) ||
		!bytes.Contains(text, []byte(`"step":[2]`)) {
		t.Errorf("after it: got %s, %v, want %s and step 2", text, err, want)
	}
	if all, _ := s.edition(0); all.number != rest.number {
		t.Errorf("someone new: got up to %d, want up to %d", all.number, rest.number)
	}

	// Where nobody waits for a pulse, the next viewer gets all.
	s.leave()
	observe(t, s, step(3, 1, 0.1))
	if all, _ := s.edition(0); all.number != rest.number+1 {
		t.Errorf("after the others have gone: got up to %d, want up to %d", all.number, rest.number+1)
	}
	for n := range uint64(1000) {
		s.edition(n)
	}
	if len(s.editions) > kept {
		t.Errorf("%d editions are kept, want at most %d", len(s.editions), kept)
	}
}
