package app

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
	"anneal/weights"
)

// TestPowerLoss kills a run as TestKills does, and takes from its folder what a disk may lose that lost its power: what
// was written since the last checkpoint, the content of temporary files, or the last replacement of the checkpoint. The
// run goes on from what is left, and in the end has the bits of a run that was left alone.
func TestPowerLoss(t *testing.T) {
	longtest.SkipIfShort(t, "kills and resumes a run 10 times")
	longtest.SkipIfRace(t, "starts the program many times")
	kills := max(1, killCount(t)/2)
	dir := t.TempDir()
	k := newKillable(t, dir, 10*kills)
	losses, within := 0, window(t)
	for range kills {
		if killed(t, command(t, dir, k.next(t)...), within) && k.begun() {
			k.lose(t)
			losses++
		}
	}
	k.finish(t)
	if losses == 0 {
		t.Error("the run never lost anything")
	}
	t.Logf("%d of %d killed with a loss", losses, kills)
}

// lose takes from the folder what was not synchronised.
func (k killable) lose(t *testing.T) {
	t.Helper()
	dir := filepath.Join(k.dir, "run")
	temps, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
	if err != nil {
		t.Fatal(err)
	}
	for _, temp := range temps {
		write(t, temp, nil)
	}
	path := filepath.Join(dir, runs.MetricsFile)
	lines := content(t, path)
	synced := 0
	for range k.checkpoint(t).Lines {
		synced += bytes.IndexByte(lines[synced:], '\n') + 1
	}
	lost := synced + rand.IntN(len(lines)-synced+1)
	switch rand.IntN(4) {
	case 0:
		write(t, path, lines[:lost])
	case 1: // the file is as long as it was, and the disk has zeros
		clear(lines[lost:])
		write(t, path, lines)
	case 2: // a name that was replaced is the old file again
		steps, err := runs.OlderSteps(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(steps) > 0 {
			newest := filepath.Join(dir, runs.StepFile(steps[len(steps)-1]))
			if err := os.Rename(newest, filepath.Join(dir, runs.LastFile)); err != nil {
				t.Fatal(err)
			}
		}
	case 3: // the best checkpoint that was written last, before the last one
		best := filepath.Join(dir, runs.BestFile)
		i, err := weights.Inspect(best)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil || i.Progress == nil {
			t.Fatalf("got %+v, %v", i, err)
		}
		if i.Progress.Step > k.checkpoint(t).Step {
			if err := os.Remove(best); err != nil {
				t.Fatal(err)
			}
		}
	}
}
