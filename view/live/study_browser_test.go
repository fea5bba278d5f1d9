package live

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"anneal/internal/browsertest"
	"anneal/runs"
)

// feed shows a run of so many of its epochs, whose validation accuracy goes towards a value.
func feed(s *Study, c Cell, of, epochs int, to float64) {
	s.Observe(c, runs.Start{Epochs: of, Steps: 10 * of, By: runs.ByValidation, Best: runs.ByAccuracy})
	for e := 1; e <= epochs; e++ {
		v := to - 0.3*float64(epochs-e)/float64(epochs)
		s.Observe(c, runs.Step{Step: 10 * e})
		s.Observe(c, result(e, 1-v, v-0.01, v))
	}
}

// Chromium watches a study: what is done, under way and to come, the best so far, and the end. With SCREENSHOTS=folder
// it leaves pictures of the page there.
func TestStudyInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	dir := t.TempDir()
	s, err := StartStudy("localhost:0", "grid")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var cells []Cell
	for _, setting := range []string{"lenet, lr 0.01", "lenet, lr 0.1", "lenet-bn, lr 0.1"} {
		for seed := range uint64(3) {
			cells = append(cells, Cell{fmt.Sprint(setting, seed), setting, seed + 1})
		}
	}
	s.Begin(Plan{Dir: dir, Report: "report.html", Epochs: 10, Cells: cells})
	end := func(c Cell, reason string) { s.Observe(c, runs.End{Reason: reason}) }
	feed(s, cells[6], 10, 10, 0.99)
	end(cells[6], runs.Completed)
	feed(s, cells[7], 10, 10, 0.98)
	end(cells[7], runs.Completed)
	feed(s, cells[8], 10, 4, 0.97)
	feed(s, cells[3], 10, 2, 0.5)
	end(cells[3], runs.Diverged)
	s.Observe(cells[4], runs.Start{Epochs: 10, Steps: 100, By: runs.ByValidation})
	bad := result(10, 2.3, 0.11, 0.1)
	bad.Guessing = new(true)
	s.Observe(cells[4], bad)
	end(cells[4], runs.Completed)
	signal, stop := filepath.Join(dir, "go on"), make(chan struct{})
	ended := make(chan struct{})
	go func() { // what is left, when the browser has seen what there is
		defer close(ended)
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
			}
			if _, err := os.Stat(signal); err == nil {
				break
			}
		}
		for i, c := range cells[:3] {
			feed(s, c, 10, 10, 0.995+float64(i)/1000)
			end(c, runs.Completed)
		}
		report := []byte("<!doctype html><link rel=icon href=data:,>all of it")
		_ = os.WriteFile(filepath.Join(dir, "report.html"), report, 0o666)
		s.End(runs.Completed)
		s.Stay(t.Context(), 0)
	}()
	browser.Run(s.URL(), "study", signal)
	close(stop)
	s.asking.Do(func() { close(s.asked) })
	<-ended
}

// The page of a share tells that it is completed, and which others are not.
func TestShareInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	s, err := StartStudy("localhost:0", "grid")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cells := append(matrix("lenet", "lenet-bn"), Cell{"mlp", "mlp", 1})
	s.Begin(Plan{Dir: t.TempDir(), Epochs: 10, Cells: cells, Share: 1, Of: 4, Shares: []int{1, 2, 3, 4, 1}})
	for _, i := range []int{0, 2, 4} { // and one of another share
		feed(s, cells[i], 10, 10, 0.99)
		s.Observe(cells[i], runs.End{Reason: runs.Completed})
	}
	s.End(runs.Completed)
	browser.Run(s.URL(), "share")
}

// A search of 500 settings of 27 epochs is shown with its best ones, and with all when the reader wants that.
func TestSearchInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	s := searching(t)
	defer s.Close()
	browser.Run(s.URL(), "search")
}

// searching is a search of 500 settings, of which the last one trains.
func searching(t *testing.T) *Study {
	t.Helper()
	s, err := StartStudy("localhost:0", "search")
	if err != nil {
		t.Fatal(err)
	}
	s.Begin(Plan{Epochs: 27, Search: true, Rungs: []int{3, 9, 27}})
	for i := range 500 {
		lr := math.Pow(10, -4+float64(i)/125)
		c := Cell{fmt.Sprint("trial", i), fmt.Sprintf("lenet, SGD(momentum=0.9), lr %.4g, batch 64", lr), 1}
		epochs := []int{3, 3, 3, 9, 27}[i%5]
		if i == 499 {
			epochs--
		}
		feed(s, c, 27, epochs, 0.5+float64(i%97)/200)
		if reason := resting; i != 499 {
			if epochs == 27 {
				reason = runs.Completed
			}
			s.Observe(c, runs.End{Reason: reason})
		}
	}
	return s
}
