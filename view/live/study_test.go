package live

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"anneal/runs"
)

// matrix returns cells of settings from seeds 1 and 2.
func matrix(settings ...string) (list []Cell) {
	for _, s := range settings {
		for seed := range uint64(2) {
			list = append(list, Cell{fmt.Sprintf("%s_seed%d", s, seed+1), s, seed + 1})
		}
	}
	return list
}

func result(epoch int, loss, accuracy, validation float64) runs.Epoch {
	return runs.Epoch{
		Epoch: epoch, Step: 10 * epoch, TestLoss: loss, TestAccuracy: accuracy, ValidationAccuracy: &validation,
	}
}

// Viewers of a study get its runs, then only what has changed, each epoch once.
func TestStudyUpdates(t *testing.T) {
	s := NewStudy("grid", host)
	if u, _ := s.shelf.since(0); u.Study == nil || u.Study.Name != "grid" || u.State.State != waiting {
		t.Errorf("before it begins: got %+v", u)
	}
	cells := matrix("a", "b")
	s.Begin(Plan{Dir: "runs/grid", Epochs: 3, Cells: cells})
	u, last := s.shelf.since(1)
	if u.Study == nil || u.Study.Epochs != 3 || len(u.Cells) != 4 || u.Cells[3].Setting != "b" ||
		u.Cells[3].State != pending {
		t.Errorf("at the beginning: got %+v", u)
	}
	begin := runs.Start{Epochs: 3, Steps: 30, By: runs.ByValidation, Best: runs.ByAccuracy}
	s.Observe(cells[0], begin)
	s.Observe(cells[0], runs.Step{Step: 10})
	s.Observe(cells[0], result(1, 0.5, 0.8, 0.7))
	s.Observe(cells[2], begin)
	u, next := s.shelf.since(last)
	if u.Study != nil || len(u.Cells) != 2 || u.State.By != runs.ByValidation || u.State.State != training {
		t.Fatalf("got %+v", u)
	}
	got := u.Cells[0]
	if got.ID != 0 || got.State != training || got.Epoch != 1 || got.Share != 1./3 || !slices.Equal(got.Epochs, []int{1}) {
		t.Errorf("got %+v", got)
	}
	text, err := json.Marshal(got.Values)
	if want := "[[0.5,0.8,null,0.7,null,null]]"; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
	s.Observe(cells[0], result(2, 0.4, 0.9, 0.8))
	s.Observe(cells[0], runs.End{Reason: runs.Diverged})
	u, last = s.shelf.since(next)
	if len(u.Cells) != 1 || !slices.Equal(u.Cells[0].Epochs, []int{2}) || u.Cells[0].Reason != runs.Diverged ||
		u.Cells[0].Rested != 2 {
		t.Errorf("the end of a run: got %+v", u.Cells)
	}
	if u, number := s.shelf.since(last); u.Cells != nil || number != last {
		t.Errorf("nothing new: got %+v", u)
	}
	if u, _ := s.shelf.since(last + 1); u.Study == nil || len(u.Cells) != 4 || len(u.Cells[0].Epochs) != 2 {
		t.Errorf("a viewer of another program: got %+v", u)
	}
	s.Observe(cells[2], runs.End{Reason: runs.Interrupted})
	s.End(runs.Interrupted)
	s.End(runs.Completed) // too late
	if u, _ := s.shelf.since(last); u.State.State != over || u.State.Reason != runs.Interrupted ||
		u.Cells[0].State != pending {
		t.Errorf("the end: got %+v", u)
	}
}

// A run that an earlier program has trained is there with its epochs. What is known of it from events stays.
func TestStudyKnowsEndedRuns(t *testing.T) {
	s := NewStudy("grid", host)
	cells := matrix("a")
	s.Begin(Plan{Epochs: 2, Cells: cells})
	r := Ended{
		By: runs.ByTest, Best: "mae", End: runs.End{Reason: runs.Completed},
		Epochs: []runs.Epoch{
			{Epoch: 1, Metrics: []runs.Metric{{Name: "mae", Test: new(0.5)}}},
			{Epoch: 2, Metrics: []runs.Metric{{Name: "mae", Test: new(0.25), Larger: true}}},
		},
	}
	s.Ended(cells[0], r)
	s.Observe(cells[1], runs.Start{Steps: 2})
	s.Ended(cells[1], r)
	u, last := s.shelf.since(0)
	if diff := cmp.Diff([]int{1, 2}, u.Cells[0].Epochs); diff != "" || u.Cells[0].Rested != 2 ||
		u.Cells[0].State != over || float64(*u.Cells[0].Values[1][4]) != 0.25 {
		t.Errorf("got %+v", u.Cells[0])
	}
	if u.Cells[1].State != training || u.Cells[1].Epochs != nil {
		t.Errorf("a run under way: got %+v", u.Cells[1])
	}
	if s.Ended(cells[0], r); s.shelf.last != last {
		t.Error("what is known already is news")
	}
	late := Cell{"late", "b", 1} // as in a search
	r.End.Reason = pruned
	s.Ended(late, r)
	s.Observe(late, runs.Start{Steps: 4, Done: 2})
	s.Observe(late, result(3, 1, 1, 1))
	s.Observe(late, runs.End{Reason: resting})
	u, _ = s.shelf.since(last)
	if got := u.Cells[0]; got.ID != 2 || !slices.Equal(got.Epochs, []int{1, 2, 3}) || got.Reason != resting ||
		got.Rested != 3 {
		t.Errorf("a run that went on: got %+v", got)
	}
	s.Observe(cells[1], runs.End{Reason: runs.Interrupted})
	s.Ended(cells[1], r) // by another program
	if u, _ = s.shelf.since(0); u.Cells[1].State != over || !slices.Equal(u.Cells[1].Epochs, []int{1, 2}) {
		t.Errorf("a run that went on elsewhere: got %+v", u.Cells[1])
	}
}

// A run that an earlier program began has its epochs from there, too.
func TestStudyRecallsResumedRuns(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, runs.MetricsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	write := runs.Metrics(f, 1)
	for e := 1; e <= 2; e++ {
		r := result(e, 0.5, 0.8, 0.7)
		r.LR, r.Total, r.Correct = []float64{0.1}, 10, 8
		if err := write(r); err != nil {
			t.Fatal(err)
		}
	}
	s, c := NewStudy("grid", host), matrix("a")[0]
	s.Begin(Plan{Epochs: 3, Cells: []Cell{c}})
	s.Observe(c, runs.Start{Dir: dir, Epochs: 3, Steps: 30, Done: 25})
	u, last := s.shelf.since(0)
	if got := u.Cells[0]; !slices.Equal(got.Epochs, []int{1, 2}) || got.Share != 25./30 || got.State != training {
		t.Errorf("got %+v", got)
	}
	s.Observe(c, result(3, 1, 1, 1))
	s.Observe(c, runs.Start{Dir: t.TempDir(), Epochs: 3, Steps: 30, Done: 25}) // which has nothing to read
	if u, _ = s.shelf.since(last); !slices.Equal(u.Cells[0].Epochs, []int{3}) {
		t.Errorf("later: got %+v", u.Cells[0])
	}
}

// The page of a study has what a run's has, except for what steers, and the report when it is written.
func TestStudyPages(t *testing.T) {
	dir := t.TempDir()
	s := NewStudy("grid", host)
	s.Begin(Plan{Dir: dir, Report: "report.html", Epochs: 1, Cells: matrix("a")})
	get := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	if w := get("/"); w.Code != 200 || !strings.Contains(w.Body.String(), "study.js") ||
		!strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
	for path, want := range map[string]int{
		"/study.js": 200, "/standing.js": 200, "/words.js": 200, "/language.js": 200, "/control": 404, "/study.html": 404,
		"/index.html": 404, "/report": 404,
	} {
		if w := get(path); w.Code != want {
			t.Errorf("%s: got %d %.80s, want %d", path, w.Code, w.Body, want)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "report.html"), []byte("all of it"), 0o666); err != nil {
		t.Fatal(err)
	}
	s.End(runs.Completed)
	if w := get("/report"); w.Code != 200 || w.Body.String() != "all of it" {
		t.Errorf("the report: got %d %s", w.Code, w.Body)
	}
	if w := get("/events"); w.Code != 200 || !strings.Contains(w.Body.String(), `"reason":"completed"`) {
		t.Errorf("events: got %d %s", w.Code, w.Body)
	}
	s.Close()
}
