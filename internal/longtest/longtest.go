// Package longtest says which tests are long and how to run them. There are three sizes:
//
//   - go test -short runs what ends within seconds, and leaves out long tests;
//   - go test runs those too: trainings on real images, runs that are killed and resumed, comparisons of many runs;
//   - ANNEAL_LONG=1 go test also runs at full length the few tests of which go test runs a beginning.
//
// Tests that ask PyTorch itself run where ANNEAL_PYTORCH is the command of a Python that has it, such as python3.
//
// Under the race detector a program takes a second of processor time to begin. Tests that start it dozens of times, one
// after the other, are skipped there.
package longtest

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// SkipIfShort skips t under -short. does says what takes so long, as in "trains 30 networks".
func SkipIfShort(t testing.TB, does string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("%s: to run it, leave out -short", does)
	}
}

// SkipIfRace skips t under the race detector, which makes it slow and can find nothing in it. does says what
// takes so long, as in "parses 100 command lines".
func SkipIfRace(t testing.TB, does string) {
	t.Helper()
	if race {
		t.Skipf("%s, one after the other: to run it, leave out -race", does)
	}
}

// Full reports whether ANNEAL_LONG is set: tests then run at full length.
func Full() bool { return os.Getenv("ANNEAL_LONG") != "" }

// PyTorch returns a command that runs a script with the Python that ANNEAL_PYTORCH names, and skips t if that is empty.
// Errors of the script go to stderr.
func PyTorch(t testing.TB, script ...string) *exec.Cmd {
	t.Helper()
	python := strings.Fields(os.Getenv("ANNEAL_PYTORCH"))
	if len(python) == 0 {
		t.Skip("ANNEAL_PYTORCH names no Python with PyTorch 2.14: set it to a command, such as python3")
	}
	c := exec.CommandContext(t.Context(), python[0], append(python[1:], script...)...)
	c.Stderr = os.Stderr
	return c
}

// Piped calls read with what a command prints while it runs. A command that fails, fails t.
func Piped(t testing.TB, c *exec.Cmd, read func(io.Reader)) {
	t.Helper()
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	read(out)
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
}

// Race reports whether the program runs under the race detector.
func Race() bool { return race }
