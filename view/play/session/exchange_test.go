package session_test

import (
	"strings"
	"testing"

	"anneal/view/play/session"
)

// A first request must have settings, and begins a session or says what is wrong.
func TestBegin(t *testing.T) {
	settings, wrong := session.Default(), session.Settings{}
	for _, c := range []struct {
		request session.Request
		want    string
	}{
		{session.Request{Steps: 1}, "a first request without settings"},
		{session.Request{Settings: &wrong}, `data "": want one of circles, `},
		{session.Request{Settings: &settings, Steps: 2}, ""},
	} {
		s, r := session.Begin(t.Context(), c.request, nil)
		if !strings.HasPrefix(r.Error, c.want) || (s == nil) != (c.want != "") || (r.Error == "") != (c.want == "") {
			t.Errorf("got %v, %q, want %q", s != nil, r.Error, c.want)
		}
		if s != nil && r.Frame.Step != 2 {
			t.Errorf("got step %d", r.Frame.Step)
		}
	}
}

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
