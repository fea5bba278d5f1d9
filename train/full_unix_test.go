//go:build unix

package train_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"anneal/runs"
	"anneal/train"
	"anneal/weights"
)

// limitFiles makes files of more than size bytes impossible, as a full disk does, until restore.
func limitFiles(t *testing.T, size uint64) (restore func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	return func() {
		signal.Reset(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Fatal(err)
		}
	}
}

// alone reports whether the test runs in a program of its own. If not, it runs it in one: go test, too, has files that
// it writes meanwhile.
func alone(t *testing.T) bool {
	t.Helper()
	const child = "ANNEAL_FULL_DISK"
	if os.Getenv(child) != "" {
		return true
	}
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), child+"=1")
	if output, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	return false
}

// TestFullDisk fills the disk in the middle of a run, which then goes on from its last good checkpoint.
func TestFullDisk(t *testing.T) {
	if !alone(t) {
		return
	}
	c := settings[0].of(t)
	straight := settings[0].of(t)
	finished(t)(train.Run(t.Context(), straight))

	c.SaveEvery = 2
	restore := func() {}
	c.Observers = []runs.Observer{func(e runs.Event) error {
		if s, ok := e.(runs.Step); ok && s.Step == 7 {
			restore = limitFiles(t, 3000)
		}
		return nil
	}}
	_, err := train.Run(t.Context(), c)
	restore()
	if !errors.Is(err, syscall.EFBIG) {
		t.Fatalf("got %v, want %v", err, syscall.EFBIG)
	}
	i, err := weights.Inspect(filepath.Join(c.Dir, runs.LastFile))
	if err != nil || i.Progress.Step != 6 {
		t.Fatalf("got %+v, %v, want the checkpoint of step 6", i, err)
	}
	c.Observers = nil
	finished(t)(resume(t.Context(), c))
	sameRuns(t, c.Dir, straight.Dir)
}

// TestFullDiskAtStart has no room for a run's first files. What the start has written is gone afterwards, and so are
// the folders that it made, but nothing else; and the next start finds its folder free.
func TestFullDiskAtStart(t *testing.T) {
	if !alone(t) {
		return
	}
	for _, size := range []uint64{10, 3000} { // too little for config.json, and for the checkpoint
		c := settings[0].of(t)
		above := t.TempDir()
		for _, dir := range []string{filepath.Join(above, "runs", "a"), t.TempDir()} {
			c.Dir = dir
			was := exists(dir)
			restore := limitFiles(t, size)
			_, err := train.Run(t.Context(), c)
			restore()
			if !errors.Is(err, syscall.EFBIG) {
				t.Fatalf("%d bytes: got %v, want %v", size, err, syscall.EFBIG)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 || exists(dir) != was {
				t.Errorf("%d bytes: got %v in %s, which exists: %v, want %v", size, left, dir, exists(dir), was)
			}
		}
		if exists(filepath.Join(above, "runs")) {
			t.Errorf("%d bytes: the folder above is left", size)
		}
		finished(t)(train.Run(t.Context(), c))
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
