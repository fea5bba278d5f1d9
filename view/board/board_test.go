package board

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"anneal/internal/folderlock"
	"anneal/runs"
)

var record = runs.Record{
	Model: "lenet", Solver: "SGD(lr=0.1)", Schedule: "none",
	Settings: runs.Settings{Epochs: 2, Batch: 64, Seed: 1, Best: runs.ByAccuracy, ChooseBy: runs.ByValidation},
	Train:    runs.DataRecord{Samples: 128, Classes: 2}, Test: runs.DataRecord{Samples: 100, Classes: 2},
	About: runs.About{
		Note: "first", Tags: []string{"a"}, Date: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), Host: "gpu",
	},
}

// events are those of a run of record. The first epoch is the best.
var events = []runs.Event{
	runs.Step{Epoch: 1, Step: 1, Seen: 64, Loss: 2, LR: []float64{0.1}, MeanLoss: 2, MeanSamples: 64, Batch: 1},
	epoch(1, 0.9, 0.8),
	runs.Step{Epoch: 2, Step: 3, Seen: 64, Loss: 1, LR: []float64{0.1}, MeanLoss: 1, MeanSamples: 128, Batch: 1},
	epoch(2, 0.7, 0.85),
	runs.End{
		Epochs: 2, BestAccuracy: 0.85, BestEpoch: 2, TestAccuracy: 0.85, Reason: runs.Completed,
		Choice: runs.Choice{
			By: runs.ByValidation, Best: runs.ByAccuracy, Epoch: 1, Loss: 0.3, Accuracy: 0.9, TestLoss: 0.4, TestAccuracy: 0.8,
		},
	},
}

func epoch(n int, validation, test float64) runs.Epoch {
	loss := 0.3
	return runs.Epoch{
		Epoch: n, Step: 2 * n, TrainLoss: 1.5, TestLoss: 0.4, TestAccuracy: test, Correct: int(100 * test), Total: 100,
		LR: []float64{0.1}, ValidationLoss: &loss, ValidationAccuracy: &validation,
	}
}

// write makes the folder of a run.
func write(t *testing.T, r runs.Record, list []runs.Event, path ...string) string {
	t.Helper()
	dir := filepath.Join(path...)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, runs.MetricsFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	observe := runs.Metrics(f, 1)
	for _, e := range list {
		if err := observe(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Write(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// begun returns a Board of a folder.
func begun(t *testing.T, dir string) *Board {
	t.Helper()
	b, err := New(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.root.Close() })
	return b
}

// do sends a request with the token, and returns the status and the body.
func (b *Board) do(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "localhost:6007"
	r.Header.Set("Authorization", "Bearer "+b.Token())
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	content, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(content)
}

// news asks for all runs, and returns them by their names.
func (b *Board) news(t *testing.T, query string) (news, map[string]run) {
	t.Helper()
	b.shelf.looked = time.Time{} // whenever the last look was
	for _, e := range b.shelf.entries {
		e.read = time.Time{}
	}
	var n news
	code, body := b.do(t, "GET", "/runs"+query, "")
	if err := json.Unmarshal([]byte(body), &n); code != http.StatusOK || err != nil {
		t.Fatalf("got %d, %s, %v", code, body, err)
	}
	byName := map[string]run{}
	for _, r := range n.Runs {
		byName[r.Name] = r
	}
	return n, byName
}

// What the page shows of runs that ended, of one that was killed, and of damaged ones.
func TestRuns(t *testing.T) {
	dir := t.TempDir()
	write(t, record, events, dir, "done")
	other := record
	other.Solver, other.Seed, other.About = "Adam()", 7, runs.About{}
	old := write(t, other, events[:2], dir, "deep", "killed")
	past := time.Now().Add(-time.Hour).Truncate(time.Second)
	for _, name := range []string{runs.ConfigFile, runs.MetricsFile} {
		if err := os.Chtimes(filepath.Join(old, name), past, past); err != nil {
			t.Fatal(err)
		}
	}
	write(t, other, events[:2], dir, "live")
	cell := write(t, record, events, dir, "study", "cell")
	put(t, `{"cells":[{},{},{}]}`, dir, "study", runs.StudyFile)
	put(t, "nonsense\n", cell, runs.MetricsFile)
	put(t, "{", write(t, record, events, dir, "broken"), runs.ConfigFile)

	b := begun(t, dir)
	n, all := b.news(t, "")
	if n.Dir != dir || len(n.IDs) != 5 || len(all) != 5 || len(n.Studies) != 1 || n.Studies[0].Runs != 3 {
		t.Fatalf("got %+v", n)
	}
	done := all["done"]
	if r := done.Result; r == nil || r.Measure != "accuracy" || !r.Larger || !r.Best || r.Epoch != 1 ||
		*r.Validation != 0.9 || *r.Test != 0.8 {
		t.Errorf("got the result %+v, want that of the best epoch", r)
	}
	if done.State != runs.Completed || done.Epoch != 2 || done.Epochs != 2 || done.Note != "first" ||
		done.Tags[0] != "a" || done.Host != "gpu" || !done.Date.Equal(record.Date) ||
		!slices.Equal(done.Losses, []float64{2, 1}) {
		t.Errorf("got %+v", done)
	}
	if text := fmt.Sprint(done.Settings, all["live"].Settings); text != "[{model lenet} {solver SGD(lr=0.1)}] "+
		"[{model lenet} {solver Adam()}]" {
		t.Errorf("got settings %s, want the model and what differs", text)
	}
	if killed := all["deep/killed"]; killed.State != "killed" || !killed.Date.Equal(past) || killed.Epoch != 1 {
		t.Errorf("got %+v", killed)
	}
	if live := all["live"]; live.State != training || live.Seed != 7 || live.Study != "" {
		t.Errorf("got %+v", live)
	}
	for name, want := range map[string]string{
		"study/cell": "metrics.jsonl: line 1: got", "broken": `config.json: got "{"`,
	} {
		if r := all[name]; r.State != damaged || !strings.Contains(r.Error, want) || r.Result != nil {
			t.Errorf("%s: got %+v", name, r)
		}
	}
	if all["study/cell"].Study != n.Studies[0].ID {
		t.Errorf("got the study %q, want %q", all["study/cell"].Study, n.Studies[0].ID)
	}
}

func put(t *testing.T, content string, path ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(path...), []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// A page gets what is new to it: a run that goes on, one that came, and that one is gone.
func TestNews(t *testing.T) {
	dir := t.TempDir()
	write(t, record, events[:2], dir, "one")
	two := write(t, record, events, dir, "two")
	b := begun(t, dir)
	first, _ := b.news(t, "")
	since := fmt.Sprintf("?life=%s&since=%d", first.Life, first.Version)
	if n, all := b.news(t, since); len(all) != 0 || n.IDs != nil {
		t.Errorf("nothing new: got %+v", n)
	}
	write(t, record, events, dir, "one")
	if n, all := b.news(t, since); len(all) != 1 || all["one"].State != runs.Completed || n.IDs != nil {
		t.Errorf("one went on: got %+v", n)
	}
	if err := os.RemoveAll(two); err != nil {
		t.Fatal(err)
	}
	write(t, record, events, dir, "three")
	n, all := b.news(t, since)
	if len(all) != 2 || all["three"].State != runs.Completed ||
		!slices.Equal(n.IDs, []string{idOf("one"), idOf("three")}) {
		t.Errorf("one came and one went: got %+v", n)
	}
	if _, all := b.news(t, "?life=other&since=99"); len(all) != 2 {
		t.Errorf("another life: got %v", all)
	}
	if code, body := b.do(t, "GET", "/runs?since=x", ""); code != http.StatusBadRequest {
		t.Errorf("got %d, %s", code, body)
	}
}

// A run that another program works in is under way, however long it says nothing, and is killed afterwards.
func TestSilence(t *testing.T) {
	dir := t.TempDir()
	one := write(t, record, events[:2], dir, "one")
	b := begun(t, dir)
	b.now = func() time.Time { return time.Now().Add(time.Hour) }
	unlock, err := folderlock.Lock(one)
	if err != nil {
		t.Fatal(err)
	}
	n, all := b.news(t, "")
	if all["one"].State != training {
		t.Errorf("locked: got %+v", all)
	}
	unlock()
	if _, all := b.news(t, fmt.Sprintf("?life=%s&since=%d", n.Life, n.Version)); all["one"].State != killed {
		t.Errorf("unlocked: got %+v", all)
	}
}
