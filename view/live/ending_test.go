package live

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"anneal/runs"
	"anneal/schedules"
)

// A page that is over stays until it is closed by one who has the token, or its time is up.
func TestStay(t *testing.T) {
	s := New("lenet", host)
	observe(t, s, start(schedules.Constant{}, runs.PerEpoch, 0.1))
	key := []string{"Authorization", "Bearer " + s.Token()}
	for _, c := range []struct {
		header []string
		status int
		want   string
	}{
		{nil, http.StatusForbidden, "no token"},
		{[]string{"Authorization", "Bearer guess"}, http.StatusForbidden, "not the token"},
		{append(slices.Clone(key), "Origin", "http://example.com"), http.StatusForbidden, "origin"},
		{key, http.StatusConflict, "under way: close it when that is over"},
	} {
		w := ask(s, "POST", "/close", "{}", c.header...)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%v: got %d %s, want %d %s", c.header, w.Code, w.Body, c.status, c.want)
		}
	}
	if w := ask(s, "GET", "/close", "", key...); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: got %d", w.Code)
	}
	s.Stay(t.Context(), time.Millisecond)
	done, cancel := context.WithCancel(t.Context())
	cancel()
	s.Stay(done, 0)
	observe(t, s, runs.End{Reason: runs.Completed})
	stayed := make(chan bool)
	go func() {
		s.Stay(t.Context(), time.Hour)
		close(stayed)
	}()
	for range 2 { // who closes it again is not told off
		if w := ask(s, "POST", "/close", "{}", key...); w.Code != http.StatusAccepted {
			t.Errorf("at the end: got %d %s", w.Code, w.Body)
		}
	}
	<-stayed
	s.Stay(t.Context(), 0)
}

// A report is drawn when somebody asks for it, and again when there is more to report.
func TestReport(t *testing.T) {
	s := New("lenet", host)
	var drawn []string
	var wrong error
	s.Report = func(dir string) ([]byte, error) {
		drawn = append(drawn, dir)
		return []byte("<!doctype html>a report"), wrong
	}
	expect := func(what string, status, times int, text string) {
		t.Helper()
		w := ask(s, "GET", "/report", "")
		if w.Code != status || len(drawn) != times || !strings.Contains(w.Body.String(), text) {
			t.Errorf("%s: got %d %.80s, drawn %d times, want %d %s, drawn %d times",
				what, w.Code, w.Body, len(drawn), status, text, times)
		}
		if policy := w.Header().Get("Content-Security-Policy"); status == 200 && policy != "frame-ancestors 'none'" {
			t.Errorf("%s: got policy %s", what, policy)
		}
	}
	expect("before the start", 404, 0, "there is no report")
	e := start(schedules.Constant{}, runs.PerEpoch, 0.1)
	e.Dir = t.TempDir()
	observe(t, s, e, step(1, 1, 0.1))
	expect("before an epoch's end", 404, 0, "there is no report")
	observe(t, s, runs.Epoch{Epoch: 1, Step: 1000})
	expect("an epoch", 200, 1, "a report")
	observe(t, s, step(1001, 1, 0.1))
	expect("a step", 200, 1, "a report")
	observe(t, s, runs.Epoch{Epoch: 2, Step: 2000})
	wrong = errors.New("no room")
	expect("a report that cannot be drawn", 409, 2, "no room")
	wrong = nil
	expect("the next try", 200, 3, "a report")
	observe(t, s, runs.End{Reason: runs.Completed})
	expect("the end", 200, 4, "a report")
	expect("after the end", 200, 4, "a report")
	if drawn[0] != e.Dir {
		t.Errorf("drawn of %s, want %s", drawn[0], e.Dir)
	}
	for _, wrong := range [][]string{{"Host", "example.com"}, {"Origin", "http://example.com"}} {
		if w := ask(s, "GET", "/report", "", wrong...); w.Code != 403 {
			t.Errorf("with %v: got %d", wrong, w.Code)
		}
	}
}

// A run without a folder has no report, and one whose folder is damaged says so.
func TestReportOfFolder(t *testing.T) {
	s := New("lenet", host)
	observe(t, s, start(schedules.Constant{}, runs.PerEpoch, 0.1), runs.Epoch{Epoch: 1, Step: 1000})
	if w := ask(s, "GET", "/report", ""); w.Code != 404 {
		t.Errorf("no folder: got %d %s", w.Code, w.Body)
	}
	e := start(schedules.Constant{}, runs.PerEpoch, 0.1)
	e.Dir = t.TempDir()
	s = New("lenet", host)
	observe(t, s, e, runs.Epoch{Epoch: 1, Step: 1000})
	if w := ask(s, "GET", "/report", ""); w.Code != 404 || !strings.Contains(w.Body.String(), "config.json") {
		t.Errorf("a folder without a run: got %d %s", w.Code, w.Body)
	}
}

// Viewers get the settings of a run, what is odd about them, how far its data is read, and which files cannot be
// written.
func TestViewersGetSettings(t *testing.T) {
	h := newHistory("lenet", time.Now)
	add(t, h, runs.Reading{Part: "training", Done: 5, Samples: 10})
	if u, _ := h.since(0); u.State.State != waiting || *u.State.Reading != (reading{"training", 5, 10}) {
		t.Errorf("got %+v", u.State)
	}
	e := start(schedules.Constant{}, runs.PerEpoch, 0.1)
	e.Dir, e.Warnings, e.Changes = t.TempDir(), []string{"StepLR: never changes the rate"}, []string{"epochs is 20"}
	record := runs.Record{Model: "lenet", Solver: "SGD(lr=0.1)", Schedule: "none", Notes: map[string]any{"data": "digits"}}
	record.Epochs, record.Batch = 10, 10
	if err := record.Write(e.Dir); err != nil {
		t.Fatal(err)
	}
	add(t, h, e, runs.Retry{What: "metrics.jsonl", Err: errTest, Limit: time.Minute})
	u, _ := h.since(0)
	for _, want := range [][2]string{
		{"model", "lenet"}, {"solver", "SGD(lr=0.1)"}, {"notes: data", "digits"}, {"batch", "10"},
	} {
		if !slices.Contains(u.Run.Settings, want) {
			t.Errorf("got settings %v, want %v", u.Run.Settings, want)
		}
	}
	if u.State.Reading != nil || u.Run.Warnings[0] != e.Warnings[0] || u.Run.Changes[0] != e.Changes[0] {
		t.Errorf("got %+v, %+v", u.State, u.Run)
	}
	var retry map[string]string
	err := json.Unmarshal(u.Events[0], &retry)
	if err != nil || retry["what"] != "metrics.jsonl" || retry["error"] != "no" {
		t.Errorf("got %s, %v", u.Events, err)
	}
}
