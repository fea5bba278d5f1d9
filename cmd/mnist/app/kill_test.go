package app

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"anneal/internal/longtest"
	"anneal/runs"
	"anneal/weights"
)

// killCount returns how many times a test kills: ANNEAL_KILLS, or 20 if it is not set.
func killCount(t *testing.T) int {
	t.Helper()
	text := os.Getenv("ANNEAL_KILLS")
	if text == "" {
		return 20
	}
	kills, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return kills
}

// TestKills kills a run that saves every few steps at random moments and resumes it, again and again. There is always a
// checkpoint to go on from, and in the end the run has the bits of a run that was left alone.
func TestKills(t *testing.T) {
	longtest.SkipIfShort(t, "kills and resumes a run 20 times")
	kills := killCount(t)
	dir := t.TempDir()
	settings := []string{
		"--data", dataset(t, 150, 28), "--epochs", strconv.Itoa(10 * kills), "--batch", "32", "--solver", "Adam(lr=1e-3)",
		"--schedule", "ExponentialLR(0.99)", "--augment", "RandomErasing()", "--log-every", "1", "--quiet",
		"--accumulate", "2", "--ema", "0.9", "--label-smoothing", "0.1", "--best", "accuracy",
	}
	start := append([]string{"--out", "run", "--save-every", "2", "--keep", "2"}, settings...)
	resume := []string{"--resume", "run", "--quiet"}

	// next returns the command that goes on, or the one that starts if the run was killed before it had a record.
	next := func() []string {
		if _, err := runs.ReadRecord(filepath.Join(dir, "run")); err == nil {
			return resume
		}
		if err := os.RemoveAll(filepath.Join(dir, "run")); err != nil {
			t.Fatal(err)
		}
		return start
	}

	killed, begun := 0, 0
	for range kills {
		args := next()
		var stderr bytes.Buffer
		c := command(t, dir, args...)
		c.Stderr = &stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(rand.N(350*time.Millisecond), func() { _ = c.Process.Kill() }) // it may have ended already
		_ = c.Wait()                                                                          // the code tells
		kill.Stop()
		if code := c.ProcessState.ExitCode(); code == -1 {
			killed++
		} else if code != exitOK {
			t.Fatalf("%v: got code %d, %s", args, code, &stderr)
		}
		if _, err := runs.ReadRecord(filepath.Join(dir, "run")); err != nil {
			continue
		}
		i, err := weights.Inspect(filepath.Join(dir, "run", runs.LastFile))
		if err != nil || i.Progress == nil {
			t.Fatalf("got checkpoint %+v, %v", i, err)
		}
		if i.Progress.Step > 0 {
			begun++
		}
	}
	if got := mnist(t, dir, next()...); got.code != exitOK || got.stderr != "" {
		t.Fatalf("got %+v", got)
	}
	if got := mnist(t, dir, append([]string{"--out", "alone"}, settings...)...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	for _, name := range []string{
		runs.FinalFile, runs.EMAFile, runs.MistakesFile, runs.LastFile, runs.BestFile,
		runs.MetricsFile,
	} {
		a, b := content(t, dir, "run", name), content(t, dir, "alone", name)
		if name == runs.MetricsFile {
			a, b = seconds.ReplaceAll(a, nil), seconds.ReplaceAll(b, nil)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s is not that of a run that was left alone", name)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "run", "*.tmp")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v is left behind", left, err)
	}
	t.Logf("%d of %d killed, %d times after the first steps", killed, kills, begun)
}
