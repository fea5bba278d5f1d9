package app

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"testing"
)

// asProgram is set in the environment of the test's own binary when it is to be the program.
const asProgram = "MNIST_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	beResidual()
	if os.Getenv(asProgram) != "" {
		Main(shipped...)
	}
	os.Exit(m.Run())
}

// shipped are the options of the program mnist, in ../main.go.
var shipped = []Option{Name("mnist"), Command("go run ./cmd/mnist")}

// run runs the program mnist in this process.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return Run(ctx, args, stdout, stderr, shipped...)
}

// asMNIST returns the program mnist.
func asMNIST(t *testing.T) *program {
	t.Helper()
	p, err := newProgram(shipped)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// outcome is how a run of the program ended.
type outcome struct {
	code           int
	stdout, stderr string
}

// mnist runs the program in dir.
func mnist(t *testing.T, dir string, args ...string) outcome {
	t.Helper()
	return finish(t, command(t, dir, args...))
}

// command returns the program in dir, not yet started.
func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program, args...)
	// Under the race detector, each program would otherwise wait for a second before it ends.
	race := "GORACE=atexit_sleep_ms=10 " + os.Getenv("GORACE")
	c.Dir, c.Env = dir, append(os.Environ(), asProgram+"=1", race)
	return c
}

// begin starts c, and returns its log as it is written.
func begin(t *testing.T, c *exec.Cmd) *bufio.Reader {
	t.Helper()
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(stderr)
}

// finish runs c to its end, and checks its messages.
func finish(t *testing.T, c *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	checkMessages(t, stderr.String())
	return outcome{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}
