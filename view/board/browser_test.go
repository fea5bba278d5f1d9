package board

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"anneal/internal/browsertest"
	"anneal/internal/longtest"
	"anneal/runs"
)

// Chromium sorts, filters, compares, names and deletes some of 500 runs, and sees one that comes. With
// SCREENSHOTS=folder it leaves pictures of the page there.
func TestPageInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	dir := t.TempDir()
	writeMany(t, dir)
	if err := os.Mkdir(filepath.Join(dir, "trials"), 0o777); err != nil {
		t.Fatal(err)
	}
	put(t, `{"cells":[]}`, dir, "trials", runs.StudyFile) // of a search
	unnamed := record
	unnamed.About = runs.About{}
	later := write(t, unnamed, events[:2], t.TempDir(), "run-new")
	served(t, dir, func(url string) { browser.Run(url, dir, filepath.Clean(later)) })
}

// The page of 500 runs answers readers at once.
func TestFluid(t *testing.T) {
	if !longtest.Full() {
		t.Skip("measures the tasks of a page for minutes: set ANNEAL_LONG")
	}
	browser := browsertest.New(t)
	dir := t.TempDir()
	writeMany(t, dir)
	served(t, dir, func(url string) { browser.Fluid(url) })
}

// writeMany writes 500 runs.
func writeMany(t *testing.T, dir string) {
	t.Helper()
	for i := range 500 {
		r := record
		r.About = runs.About{Date: record.Date.Add(time.Duration(i) * time.Hour), Host: "gpu"}
		if i == 5 {
			r.Note, r.Tags = "a note on this one", []string{"paper"}
		}
		if i%2 == 1 {
			r.Solver, r.Batch, r.Interval, r.Diagnostics = "Adam()", 32, runs.PerStep, true
		}
		list := append([]runs.Event(nil), events...)
		if i == 499 {
			list = []runs.Event{epoch(1, 0.95, 0.9)} // under way
		}
		name := fmt.Sprintf("run-%03d", i)
		write(t, r, list, dir, name)
		if i == 42 {
			put(t, "{", dir, name, runs.ConfigFile)
		}
	}
}

// served calls use with the address of a board of a folder, which is served meanwhile.
func served(t *testing.T, dir string, use func(url string)) {
	t.Helper()
	b, err := Start("localhost:0", Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Serve(ctx) }()
	use(b.URL())
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
