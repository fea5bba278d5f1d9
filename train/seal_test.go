package train_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
	"anneal/train"
)

// seconds matches the numbers in metrics.jsonl that differ from run to run, which nothing can know.
var seconds = regexp.MustCompile(`"(?:train|test)_seconds":([0-9.]+)`)

// TestEveryFlippedBitOfMetricsIsFound changes each bit of a finished run's metrics.jsonl in turn, except in the digits
// of times; without ANNEAL_LONG, one bit per byte. Whoever reads the run gets an error, or just what the run wrote.
func TestEveryFlippedBitOfMetricsIsFound(t *testing.T) {
	c := small(t)
	c.Best, c.ChooseBy, c.Valid = runs.ByLoss, runs.ByValidation, 3
	finished(t)(train.Run(t.Context(), c))
	want, err := runs.Read(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(c.Dir, runs.MetricsFile)
	good := read(t, c.Dir, runs.MetricsFile)
	unknown := map[int]bool{}
	for _, at := range seconds.FindAllSubmatchIndex(good, -1) {
		for i := at[2]; i < at[3]; i++ {
			unknown[i] = true
		}
	}
	found, tries := 0, 0
	for i := range good {
		if unknown[i] {
			continue
		}
		for bit := range 8 {
			if bit != i%8 && !longtest.Full() {
				continue
			}
			damaged := bytes.Clone(good)
			damaged[i] ^= 1 << bit
			if err := os.WriteFile(path, damaged, 0o666); err != nil {
				t.Fatal(err)
			}
			tries++
			got, err := runs.Read(c.Dir)
			if err != nil {
				found++
				if !strings.Contains(err.Error(), path) {
					t.Fatalf("bit %d of byte %d: got %v, want an error that names the file", bit, i, err)
				}
				continue
			}
			if i == len(good)-1 && got.End == nil { // the last line is cut off: a run that has not ended
				continue
			}
			if !sameEvents(t, got, want) {
				t.Fatalf("bit %d of byte %d, %q for %q: it is read as another run", bit, i, damaged[i], good[i])
			}
		}
	}
	if 100*found < 99*tries {
		t.Errorf("found %d of %d changed bits", found, tries)
	}
	if err := os.WriteFile(path, good, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, lines := range []int{0, 1, bytes.Count(good, []byte("\n")) - 2} { // cut off
		short := slices.Concat(slices.Collect(bytes.Lines(good))[:lines]...)
		if err := os.WriteFile(path, short, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := runs.Read(c.Dir); err == nil {
			t.Errorf("%d lines: got no error", lines)
		}
	}
}

// sameEvents compares what two folders tell, as lines.
func sameEvents(t *testing.T, a, b *runs.Run) bool {
	t.Helper()
	text := func(r *runs.Run) (all []byte) {
		add := func(e runs.Event) {
			line, err := runs.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, line...)
		}
		for _, e := range r.Steps {
			add(e)
		}
		for _, e := range r.Epochs {
			add(e)
		}
		for _, e := range r.Notices {
			add(e)
		}
		if r.End != nil {
			add(*r.End)
		}
		return all
	}
	return bytes.Equal(text(a), text(b))
}

// A run does not continue on lines that are not its own, which its epochs alone would not show.
func TestResumeFindsChangedMetrics(t *testing.T) {
	c := small(t)
	stopAt(t, c, train.Run, 4)
	path := filepath.Join(c.Dir, runs.MetricsFile)
	good := read(t, c.Dir, runs.MetricsFile)
	changed := regexp.MustCompile(`"train_loss":0\.\d`).ReplaceAll(good, []byte(`"train_loss":7.5`))
	if bytes.Equal(changed, good) {
		changed = regexp.MustCompile(`"train_loss":\d`).ReplaceAll(good, []byte(`"train_loss":7`))
	}
	if err := os.WriteFile(path, changed, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := resume(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "are not those that the run wrote") {
		t.Fatalf("got %v, want an error about the lines", err)
	}
	if now := read(t, c.Dir, runs.MetricsFile); !bytes.Equal(now, changed) {
		t.Error("metrics.jsonl was written to")
	}
	if err := os.WriteFile(path, good, 0o666); err != nil {
		t.Fatal(err)
	}
	finished(t)(resume(t.Context(), c))
	if _, err := runs.Read(c.Dir); err != nil {
		t.Error(err)
	}
}

// The folders of older versions of the program have no seals, and those that were copied in part have no weights.
func TestNoSeal(t *testing.T) {
	c := small(t)
	finished(t)(train.Run(t.Context(), c))
	for _, name := range []string{runs.FinalFile, runs.LastFile} {
		if err := os.Remove(filepath.Join(c.Dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if r, err := runs.Read(c.Dir); err != nil || r.End == nil || len(r.Epochs) != 2 {
			t.Errorf("without %s: got %+v, %v", name, r, err)
		}
	}
}
