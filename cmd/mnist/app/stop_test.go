package app

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fullDisk takes nothing.
type fullDisk struct{}

var errFull = errors.New("no room left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// Every command says so if its output could not be written.
func TestOutputError(t *testing.T) {
	for _, args := range [][]string{
		{"models"},
		{"version"},
		{"--help"},
		{"schedule", "StepLR(5)"},
		{"summary", "--model", "mlp"},
		{"inspect", "../../../deploy/predict/testdata/lenet-bn.safetensors"},
	} {
		var stderr strings.Builder
		code := Run(t.Context(), args, fullDisk{}, &stderr)
		if code != exitFailed || !strings.HasSuffix(stderr.String(), ": no room left\n") ||
			strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%v: got code %d and %q, want %d and one line", args, code, &stderr, exitFailed)
		}
	}
}

// What does not look at the context ends soon after it, and what ends by itself keeps its error.
func TestStoppable(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if err := stoppable(ctx, func() error { return errFull }); err != errFull {
		t.Errorf("before: got %v", err)
	}
	cancel()
	if err := stoppable(ctx, func() error { return errFull }); err != errFull {
		t.Errorf("at its end: got %v", err)
	}
	forever := make(chan error)
	defer close(forever)
	if err := stoppable(ctx, func() error { return <-forever }); err != errStopped {
		t.Errorf("for ever: got %v", err)
	}
	r, w := io.Pipe() // a picture that never comes
	defer w.Close()
	if err := stoppable(ctx, func() error { _, err := io.ReadAll(r); return err }); err != errStopped {
		t.Errorf("a pipe: got %v", err)
	}
}

// Settings that cannot be read end a resume; defaults must not stand in for them.
func TestRecordedError(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "config.json"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{dir, filepath.Join(dir, "nowhere")} {
		var stderr strings.Builder
		code := Run(t.Context(), []string{"--resume", folder}, io.Discard, &stderr)
		if code != exitFailed || !strings.Contains(stderr.String(), ": not the folder of a run: ") ||
			strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%s: got code %d and %q", folder, code, &stderr)
		}
	}
}
