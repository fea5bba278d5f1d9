package session_test

import (
	"testing"

	"anneal/view/play/session"
)

// A request changes, begins again and trains, in this order.
func TestDo(t *testing.T) {
	s := begin(t, session.Default())
	settings := session.Default()
	shallow := with(func(s *session.Settings) { s.Depth = 1 })
	for _, c := range []struct {
		name      string
		request   session.Request
		steps     int
		epoch     float64
		restarted bool
	}{
		{"a look", session.Request{}, 0, 0, false},
		{"steps", session.Request{Steps: 3}, 3, 3.0 / 7, false},
		{"a position", session.Request{Until: 2}, 14, 2, false},
		{"a position that is past", session.Request{Until: 1}, 14, 2, false},
		{"a reset", session.Request{Reset: true, Steps: 1}, 1, 1.0 / 7, true},
		{"the same settings", session.Request{Settings: &settings}, 1, 1.0 / 7, false},
		{"other settings", session.Request{Settings: &shallow, Steps: 2}, 2, 2.0 / 7, true},
	} {
		r := s.Do(t.Context(), c.request)
		if r.Error != "" || r.Restarted != c.restarted || r.Frame.Step != c.steps || r.Frame.Epoch != c.epoch {
			t.Errorf("%s: got %+v, step %d, epoch %v", c.name, r, r.Frame.Step, r.Frame.Epoch)
		}
	}
	wrong := session.Settings{}
	if r := s.Do(t.Context(), session.Request{Settings: &wrong}); r.Error == "" || r.Frame != nil {
		t.Errorf("got %+v", r)
	}
}
