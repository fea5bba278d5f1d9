package study

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/runs"
	"anneal/solvers"
)

var errStop = errors.New("stop")

// TestGoesOn stops a study again and again, by its context and by an observer's error; in the end it has the results of
// one that was left alone, and no run that was over was touched.
func TestGoesOn(t *testing.T) {
	c := small(t)
	c.Jobs = 2
	want := lines(t, run(t, c))
	c.Dir = t.TempDir()
	stops := 0
	for stopped := true; stopped; {
		ctx, cancel := context.WithCancel(t.Context())
		steps, over, byError := 0, make(map[string]bool), stops%2 == 1
		c.Observer = func(cell Cell, e runs.Event) error {
			switch e := e.(type) {
			case runs.Step:
				if over[cell.Name()] {
					t.Errorf("%s was over and goes on", cell.Name())
				}
				if steps++; steps == 13+stops {
					if byError {
						return errStop
					}
					cancel()
				}
			case runs.End:
				if e.Reason != runs.Interrupted {
					over[cell.Name()] = true
				}
			}
			return nil
		}
		_, err := Run(ctx, c)
		cancel()
		stopped = err != nil
		if stopped {
			stops++
		}
		if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, errStop) {
			t.Fatal(err)
		}
	}
	if got := read(t, c.Dir, ResultsCSV); got != want || stops < 5 {
		t.Errorf("after %d stops: got\n%s\nwant\n%s", stops, got, want)
	}

	// Once more: nothing is trained, and the results are the same.
	c.Observer = func(cell Cell, e runs.Event) error {
		if _, ok := e.(runs.End); !ok {
			t.Errorf("%s: got %T", cell.Name(), e)
		}
		return nil
	}
	if got := lines(t, run(t, c)); got != want {
		t.Errorf("again: got\n%s\nwant\n%s", got, want)
	}
}

// TestTwoAtOnce refuses a study that another program is at work on, which goes on undisturbed.
func TestTwoAtOnce(t *testing.T) {
	c := small(t)
	want := lines(t, run(t, c))
	c.Dir = t.TempDir()
	other, tried := c, 0
	another := c
	another.Common.LabelSmoothing = 0.1
	c.Observer = func(_ Cell, e runs.Event) error {
		if _, ok := e.(runs.Epoch); !ok {
			return nil
		}
		if _, err := Run(t.Context(), other); err == nil ||
			!strings.Contains(err.Error(), c.Dir+": another program is at work in it") {
			t.Errorf("got %v", err)
		}
		if _, err := Run(t.Context(), another); !errors.Is(err, ErrTaken) {
			t.Errorf("another study: got %v", err)
		}
		tried++
		return nil
	}
	if got := lines(t, run(t, c)); got != want || tried == 0 {
		t.Errorf("after %d tries: got\n%s\nwant\n%s", tried, got, want)
	}
}

// TestOneFails damages the settings of one cell of a study that has begun. The others end all the same, and the study
// can continue once that cell's folder is gone.
func TestOneFails(t *testing.T) {
	c := small(t)
	want := lines(t, run(t, c))
	c.Dir = t.TempDir()
	cells, err := c.Matrix.Cells()
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(c.Dir, cells[0].Name())
	if err := os.Mkdir(bad, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bad, runs.ConfigFile), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, StudyFile), study(t, c), 0o666); err != nil {
		t.Fatal(err)
	}
	ended := 0
	c.Observer = func(_ Cell, e runs.Event) error {
		if _, ok := e.(runs.End); ok {
			ended++
		}
		return nil
	}
	if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), cells[0].Name()) {
		t.Errorf("got %v, want an error that names %s", err, cells[0].Name())
	}
	if ended != len(cells)-1 {
		t.Errorf("%d cells have ended, want %d", ended, len(cells)-1)
	}
	if err := os.RemoveAll(bad); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, run(t, c)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLeftovers goes on from what a program leaves that is killed while it makes folders.
func TestLeftovers(t *testing.T) {
	c := small(t)
	want := lines(t, run(t, c))
	c.Dir = t.TempDir()
	write := func(content string, path ...string) {
		t.Helper()
		file := filepath.Join(append([]string{c.Dir}, path...)...)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("{", StudyFile+".0123abcd.tmp")
	run(t, c)
	cells, err := c.Matrix.Cells()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(c.Dir, cells[0].Name())); err != nil {
		t.Fatal(err)
	}
	write("", cells[0].Name(), runs.MetricsFile)
	write("x", cells[0].Name(), runs.ConfigFile+".0123abcd.tmp")
	if got := lines(t, run(t, c)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMore adds seeds, settings and epochs to a study: it has the results of one that had them from the start.
func TestMore(t *testing.T) {
	c := small(t)
	c.Dir = t.TempDir()
	run(t, c)
	more := small(t)
	more.Matrix.Seeds = []uint64{3, 1, 2}
	more.Matrix.Settings = append(more.Matrix.Settings, Setting{"more", solvers.SGD{LR: 0.01}, nil})
	more.Common.Epochs = 5
	want := lines(t, run(t, more))
	more.Dir = c.Dir
	if got := lines(t, run(t, more)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
