package study

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"anneal/runs"
)

// TestShares does a study in three shares, at the same time and with one of them started twice, and collects the
// results of one program.
func TestShares(t *testing.T) {
	c := small(t)
	want := lines(t, run(t, c))
	c.Dir, c.silence = filepath.Join(t.TempDir(), "study"), 5*time.Second // which also says how often it looks
	var group sync.WaitGroup
	var mu sync.Mutex
	begun, written := map[string]int{}, 0
	for _, index := range []int{0, 1, 2, 1} {
		part := c
		part.Share = Share{index, 3}
		part.Observer = func(cell Cell, e runs.Event) error {
			mu.Lock()
			defer mu.Unlock()
			if _, ok := e.(runs.Start); ok {
				begun[cell.Name()]++
			}
			return nil
		}
		part.Written = func(r *Results) error {
			mu.Lock()
			defer mu.Unlock()
			written++
			if len(r.Cells)+r.Open != 12 {
				t.Errorf("the results have %d cells, and %d are open, want 12 in all", len(r.Cells), r.Open)
			}
			if written > 1 && r.Open > 0 {
				return nil
			}
			_, err := r.Page() // of some, and of all
			return err
		}
		group.Go(func() {
			if _, err := Run(t.Context(), part); err != nil {
				t.Errorf("share %d: %v", index+1, err)
			}
		})
	}
	group.Wait()
	if len(begun) != 12 || written < 4 {
		t.Errorf("%d cells were trained, and results written %d times", len(begun), written)
	}
	for name, n := range begun {
		if n != 1 {
			t.Errorf("%s was trained %d times", name, n)
		}
	}
	if got := read(t, c.Dir, ResultsCSV); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if err := os.Remove(filepath.Join(c.Dir, ResultsCSV)); err != nil {
		t.Fatal(err)
	}
	if _, err := Collect(t.Context(), c); err != nil {
		t.Error(err)
	}
	if got := read(t, c.Dir, ResultsCSV); got != want {
		t.Errorf("collected: got\n%s\nwant\n%s", got, want)
	}
	if got := lines(t, run(t, c)); got != want { // the whole study, in the same folder
		t.Errorf("without shares: got\n%s\nwant\n%s", got, want)
	}
}

// TestOpenStudy collects a study of which a share is missing.
func TestOpenStudy(t *testing.T) {
	c := small(t)
	whole := strings.SplitAfter(lines(t, run(t, c)), "\n")
	c.Dir = t.TempDir()
	if _, err := Collect(t.Context(), c); err == nil || !strings.Contains(err.Error(), "there is no study.json") {
		t.Errorf("an empty folder: got %v", err)
	}
	part := c
	part.Share = Share{1, 2}
	results, err := Run(t.Context(), part)
	if err != nil || results.Open != 6 || len(results.Cells) != 6 {
		t.Fatalf("got %+v, %v, want 6 cells of 12", results, err)
	}
	results, err = Collect(t.Context(), c)
	cells, _ := c.Matrix.Cells()
	if !errors.Is(err, ErrOpen) || results == nil || results.Open != 6 ||
		!strings.Contains(err.Error(), "6 of 12: not all runs have ended, such as "+cells[0].Name()) {
		t.Errorf("got %+v, %v, want an error that names %s", results, err, cells[0].Name())
	}
	want := whole[0]
	for i := range cells {
		if part.Share.Has(i) {
			want += whole[i+1]
		}
	}
	if got := read(t, c.Dir, ResultsCSV); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	other := c
	other.Common.LabelSmoothing, other.Share = 0.1, Share{0, 2}
	if _, err := Run(t.Context(), other); err == nil ||
		!strings.Contains(err.Error(), "holds another study: label_smoothing") {
		t.Errorf("another study: got %v", err)
	}
	if _, err := Collect(t.Context(), other); err == nil || !strings.Contains(err.Error(), "holds another study") {
		t.Errorf("another study, collected: got %v", err)
	}
	more := c
	more.Matrix.Seeds, more.Share = []uint64{1, 2, 3}, Share{17, 18}
	if results, err := Run(t.Context(), more); err != nil || len(results.Cells) != 7 || results.Open != 11 {
		t.Errorf("with more seeds: got %+v, %v, want 7 cells and 11 open", results, err)
	}
}

// TestShareErrors names what is wrong with a share or its folder.
func TestShareErrors(t *testing.T) {
	for _, tt := range []struct {
		share Share
		dir   string
		want  string
	}{
		{Share{3, 3}, "x", "share 4/3: want the number of a share from 1"},
		{Share{-1, 3}, "x", "share 0/3"},
		{Share{1, 0}, "x", "share 2/0"},
		{Share{0, 3}, "", "share 1/3: want a Dir"},
	} {
		c := small(t)
		c.Share = tt.share
		if tt.dir != "" {
			c.Dir = filepath.Join(t.TempDir(), tt.dir)
		}
		if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %s", tt.share, err, tt.want)
		}
	}
	c := small(t)
	c.Dir, c.Share = t.TempDir(), Share{0, 3}
	if err := os.WriteFile(filepath.Join(c.Dir, "thesis.tex"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), c); err == nil ||
		!strings.Contains(err.Error(), "holds files already, such as thesis.tex") {
		t.Errorf("a folder with other files: got %v", err)
	}
}

// TestSilentShare takes over a cell whose program, on another machine, was killed in the middle of its run.
func TestSilentShare(t *testing.T) {
	c := small(t)
	want := lines(t, run(t, c))
	c.Dir, c.Share, c.silence = t.TempDir(), Share{0, 1}, 400*time.Millisecond
	cells, err := c.Matrix.Cells()
	if err != nil {
		t.Fatal(err)
	}
	cell := cells[3]
	killed := c
	errKilled := errors.New("killed")
	killed.Jobs = 1
	killed.Observer = func(at Cell, e runs.Event) error {
		if epoch, ok := e.(runs.Epoch); ok && at.Name() == cell.Name() && epoch.Epoch == 2 {
			return errKilled
		}
		return nil
	}
	if _, err := Run(t.Context(), killed); !errors.Is(err, errKilled) {
		t.Fatalf("got %v", err)
	}
	held := filepath.Join(c.Dir, ClaimsFolder, cell.Name()+".2")
	if err := os.WriteFile(held, []byte("held 7 machine= process=1 started= host=elsewhere\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if got := lines(t, run(t, c)); got != want || time.Since(begun) < c.silence {
		t.Errorf("after %v got\n%s\nwant\n%s", time.Since(begun), got, want)
	}
	if _, err := os.Stat(filepath.Join(c.Dir, ClaimsFolder, cell.Name()+".3")); err != nil {
		t.Error(err)
	}
}

// TestLostLease trains a cell whose lease another program takes over and releases meanwhile. The run then continues
// from what is in its folder.
func TestLostLease(t *testing.T) {
	c := small(t)
	want := lines(t, run(t, c))
	c.Dir, c.Share, c.silence = t.TempDir(), Share{0, 1}, 400*time.Millisecond
	cells, err := c.Matrix.Cells()
	if err != nil {
		t.Fatal(err)
	}
	name := cells[3].Name()
	starts := 0
	c.Observer = func(cell Cell, e runs.Event) error {
		if cell.Name() != name {
			return nil
		}
		switch e := e.(type) {
		case runs.Start:
			starts++
		case runs.Epoch:
			if e.Epoch == 1 && starts == 1 {
				defer time.Sleep(c.silence) // in which the lease beats, or is silent for too long
				return os.WriteFile(filepath.Join(c.Dir, ClaimsFolder, name+".2"),
					[]byte("released 7 machine= process=1 started= host=elsewhere\n"), 0o666)
			}
		}
		return nil
	}
	if got := lines(t, run(t, c)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if starts != 2 {
		t.Errorf("the run began or continued %d times, want 2", starts)
	}
	if _, err := os.Stat(filepath.Join(c.Dir, ClaimsFolder, name+".3")); err != nil {
		t.Error(err)
	}
}

// TestBegunMeanwhile wants a share to join a study that another one began after it looked for study.json.
func TestBegunMeanwhile(t *testing.T) {
	c := Config{Dir: t.TempDir()}
	if err := os.Mkdir(filepath.Join(c.Dir, "cell"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := c.new(); err == nil || !strings.Contains(err.Error(), "holds files already, such as cell") {
		t.Errorf("without a study: got %v", err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, StudyFile), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := c.new(); err != nil {
		t.Errorf("with a study: got %v", err)
	}
}
