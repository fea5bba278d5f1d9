package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"anneal/internal/kernels"
	"anneal/internal/longtest"
	"anneal/runs"
	"anneal/weights"
)

// The seconds, the only thing in a run's folder that another run of the same settings may not repeat.
var seconds = regexp.MustCompile(`"(train|test)_seconds":[0-9.]+`)

func content(t *testing.T, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSameSeedSameBits trains on real images on one processor and on two.
func TestSameSeedSameBits(t *testing.T) {
	longtest.SkipIfShort(t, "trains on real images four times")
	dir := t.TempDir()
	run := func(out, procs, seed string) (metrics, weights []byte) {
		c := command(t, dir, "--train-limit", "650", "--epochs", "2", "--schedule", "StepLR(1)", "--log-every", "1",
			"--quiet", "--out", out, "--seed", seed)
		c.Env = append(c.Env, "GOMAXPROCS="+procs)
		if got := finish(t, c); got.code != 0 || got.stderr != "" {
			t.Fatalf("got %+v", got)
		}
		return seconds.ReplaceAll(content(t, dir, out, "metrics.jsonl"), nil), content(t, dir, out, "final.safetensors")
	}
	metrics, weights := run("a", "2", "1")
	if n := bytes.Count(metrics, []byte(`"step"`)); n == 0 || bytes.Count(metrics, []byte("\n")) != 2*11+2+1 {
		t.Errorf("got metrics\n%s\nwant a line for each of 22 steps, 2 epochs and the end", metrics)
	}
	for _, c := range []struct{ out, procs string }{{"b", "2"}, {"c", "1"}} {
		m, w := run(c.out, c.procs, "1")
		if !bytes.Equal(m, metrics) || !bytes.Equal(w, weights) {
			t.Errorf("on %s processors: got\n%s\nwant\n%s", c.procs, m, metrics)
		}
	}
	if m, w := run("d", "2", "2"); bytes.Equal(m, metrics) || bytes.Equal(w, weights) {
		t.Error("another seed gives the same run")
	}
}

func TestTrainThenEval(t *testing.T) {
	dir, set := t.TempDir(), dataset(t, 200, 28)
	got := mnist(t, dir, "--data", set, "--model", "mlp", "--epochs", "3", "--log-every", "2",
		"--solver", "Adam(lr=1e-3)", "--schedule", "ExponentialLR(0.9)")
	if got.code != 0 || got.stdout != "" {
		t.Fatalf("got %+v", got)
	}
	for _, want := range []string{
		"200 training and 200 test images of 1x28x28 in 10 classes, from " + set,
		"Train Epoch: 1 [128/200 (64%)]\tLoss: ",
		"Train Epoch: 3 [200/200 (100%)]\tLoss: ",
		"test accuracy 100.00% (200/200), lr 0.00081, ",
		"completed after 3 epochs, test accuracy 100.00%; ",
	} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("got log\n%s\nwant %s in it", got.stderr, want)
		}
	}
	runs, err := filepath.Glob(filepath.Join(dir, "runs", "*-mlp"))
	if err != nil || len(runs) != 1 {
		t.Fatalf("got runs %v, %v, want one", runs, err)
	}
	weights := filepath.Join(runs[0], "final.safetensors")
	eval := mnist(t, dir, "eval", "--data", set, "--model", "mlp", "--init", weights, "--quiet")
	if eval.code != 0 || eval.stderr != "" ||
		!regexp.MustCompile(`^test loss 0\.\d{6}, test accuracy 100\.00% \(200/200\)\n$`).MatchString(eval.stdout) {
		t.Errorf("got %+v", eval)
	}
	again := mnist(t, dir, "--data", set, "--model", "mlp", "--init", weights, "--steps", "1", "--out", "again",
		"--log-format", "json")
	if again.code != 0 {
		t.Fatalf("got %+v", again)
	}
	lines := bufio.NewScanner(strings.NewReader(again.stderr))
	epochs := 0
	for lines.Scan() {
		var entry struct {
			Msg      string
			Step     int
			Accuracy float64 `json:"test_accuracy"`
		}
		if err := json.Unmarshal(lines.Bytes(), &entry); err != nil || entry.Msg == "" {
			t.Errorf("%s: %v", lines.Text(), err)
		}
		if entry.Accuracy == 1 && entry.Step == 1 {
			epochs++
		}
	}
	if epochs != 1 {
		t.Errorf("got log\n%s\nwant one evaluation after step 1", again.stderr)
	}
}

// TestSignals interrupts a long run once it has trained some steps. A closed terminal sends SIGHUP more than once.
func TestSignals(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) { // the tests run under nohup: what a test starts has the usual signals again
		heard := make(chan os.Signal, 1)
		signal.Notify(heard, syscall.SIGHUP)
		defer signal.Stop(heard)
	}
	for _, signals := range [][]os.Signal{{os.Interrupt}, {syscall.SIGTERM}, {syscall.SIGHUP, syscall.SIGHUP}} {
		t.Run(signals[0].String(), func(t *testing.T) {
			dir := t.TempDir()
			c := command(t, dir, "--data", dataset(t, 200, 28), "--epochs", "1000000", "--log-every", "1", "--out", "run")
			var log strings.Builder
			for lines := bufio.NewScanner(begin(t, c)); lines.Scan(); {
				log.WriteString(lines.Text() + "\n")
				if strings.HasPrefix(lines.Text(), "Train Epoch: 3 [64/200 ") {
					for _, signal := range signals {
						_ = c.Process.Signal(signal) // it may have ended already
					}
				}
			}
			_ = c.Wait() // the code tells
			if code := c.ProcessState.ExitCode(); code != exitInterrupted {
				t.Errorf("got code %d, want %d, and log\n%s", code, exitInterrupted, &log)
			}
			metrics := string(content(t, dir, "run", "metrics.jsonl"))
			if !strings.HasSuffix(metrics, `"reason":"interrupted"}`+"\n") ||
				!strings.Contains(metrics, `"event":"epoch","epoch":2,`) {
				t.Errorf("got metrics\n%s", metrics)
			}
			if i, err := weights.Inspect(filepath.Join(dir, "run", runs.LastFile)); err != nil || i.Progress.Step < 9 ||
				i.Progress.Lines != strings.Count(metrics, "\n")-1 {
				t.Errorf("got checkpoint %+v, %v, want one of the last step", i, err)
			}
			if got := mnist(t, dir, "eval", "--data", dataset(t, 20, 28), "--init", "run/final.safetensors",
				"--quiet"); got.code != 0 {
				t.Errorf("the weights: %+v", got)
			}
		})
	}
}

// TestClosedPipe runs the program as in `mnist 2>&1 | head -n 12`. It ends as with Ctrl-C, and has saved its last step.
func TestClosedPipe(t *testing.T) {
	dir := t.TempDir()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := command(t, dir, "--data", dataset(t, 200, 28), "--epochs", "1000000", "--log-every", "1", "--out", "run")
	c.Stdout, c.Stderr = w, w
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	for lines, n := bufio.NewScanner(r), 0; n < 12 && lines.Scan(); n++ {
	}
	r.Close()
	_ = c.Wait() // the code tells
	if code := c.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("got %v, want code %d", c.ProcessState, exitInterrupted)
	}
	metrics := string(content(t, dir, "run", "metrics.jsonl"))
	i, err := weights.Inspect(filepath.Join(dir, "run", runs.LastFile))
	if err != nil || i.Progress.Lines != strings.Count(metrics, "\n")-1 || i.Progress.Step == 0 ||
		!strings.HasSuffix(metrics, `"reason":"interrupted"}`+"\n") {
		t.Errorf("got checkpoint %+v, %v and metrics\n%s", i, err, metrics)
	}
}

// goesOn sends a run a signal after its first step, which must not end it, and then SIGTERM.
func goesOn(t *testing.T, c *exec.Cmd, signal os.Signal) {
	t.Helper()
	later := false
	for lines := bufio.NewScanner(begin(t, c)); lines.Scan(); {
		switch {
		case strings.HasPrefix(lines.Text(), "Train Epoch: 1 [64/200 "):
			_ = c.Process.Signal(signal)
		case strings.HasPrefix(lines.Text(), "Train Epoch: 30 [64/200 "):
			later = true
			_ = c.Process.Signal(syscall.SIGTERM)
		}
	}
	_ = c.Wait() // the code tells
	if code := c.ProcessState.ExitCode(); code != exitInterrupted || !later {
		t.Errorf("got %v, and epoch 30 is %v", c.ProcessState, later)
	}
}

// TestNoHup sends SIGHUP to a program that was started to ignore it, and then SIGTERM.
func TestNoHup(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh: it needs a POSIX shell in PATH")
	}
	dir := t.TempDir()
	c := command(t, dir, "--data", dataset(t, 200, 28), "--epochs", "1000000", "--log-every", "1", "--out", "run")
	c.Path, c.Args = sh, append([]string{sh, "-c", `trap "" HUP; exec "$@"`, "sh", c.Path}, c.Args[1:]...)
	goesOn(t, c, syscall.SIGHUP)
}

// TestClientsLeave sends SIGPIPE to a run whose output is read, as the system does when a viewer leaves its page, and
// then SIGTERM.
func TestClientsLeave(t *testing.T) {
	dir := t.TempDir()
	c := command(t, dir, "--data", dataset(t, 200, 28), "--epochs", "1000000", "--log-every", "1", "--out", "run")
	goesOn(t, c, syscall.SIGPIPE)
}

// TestAtOnce starts commands several times at once in one place, none of which names where to write. Each of them has
// what it would have had alone.
func TestAtOnce(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program a dozen times")
	dir, set := t.TempDir(), dataset(t, 40, 28)
	const times = 4
	start := func(args ...string) {
		t.Helper()
		var group sync.WaitGroup
		for range times {
			c := command(t, dir, append(args, "--data", set, "--quiet")...)
			group.Go(func() {
				if output, err := c.CombinedOutput(); err != nil {
					t.Errorf("%v: %v\n%s", args, err, output)
				}
			})
		}
		group.Wait()
	}
	count := func(pattern string) int {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	start("train", "--model", "mlp", "--batch", "20", "--epochs", "1", "--schedule", "none")
	if n := count("runs/*/" + runs.FinalFile); n != times {
		t.Errorf("%d runs have weights, want %d", n, times)
	}
	start("lrfind", "--model", "mlp", "--batch", "20", "--steps", "5")
	if n := count("lrfind*.png"); n != times {
		t.Errorf("%d drawings, want %d", n, times)
	}
	if got := count("*"); got != times+1 {
		t.Errorf("%d files and folders, want %d drawings and runs", got, times)
	}

	// A study beside another one that is under way.
	study := []string{"compare", "--model", "mlp", "--batch", "20", "--data", set, "--quiet", "--epochs"}
	long := command(t, dir, append(study, "1000000")...)
	if err := long.Start(); err != nil {
		t.Fatal(err)
	}
	for count("runs/compare/study.json") == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	if got := mnist(t, dir, append(study, "1", "--label-smoothing", "0.1")...); got.code != exitOK ||
		count("runs/compare-2/results.csv") != 1 {
		t.Errorf("got %+v", got)
	}
	if got := mnist(t, dir, append(study, "1000000")...); got.code != exitFailed ||
		!strings.Contains(got.stderr, "another program is at work in it: wait for it") {
		t.Errorf("the same study: got %+v", got)
	}
	_ = long.Process.Kill()
	_ = long.Wait() // killed
}

func TestHelpModelsAndVersion(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	for _, c := range []struct{ args, want string }{
		{"--help", "Usage: mnist <command>"},
		{"help", "Usage: mnist <command>"},
		{"help train", "--schedule=SPEC"},
		{"train --help", "--schedule=SPEC"},
		{"models", "lenet-bn"},
		{
			"version",
			"\n" + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH + "\nkernels " + kernels.Variant() + "\n",
		},
		{"version --licences", "\ngorgonia.org/gorgonia (LICENSE)\n"},
		{"--version", "\nkernels " + kernels.Variant() + "\n"},
	} {
		if got := mnist(t, t.TempDir(), strings.Fields(c.args)...); got.code != 0 ||
			!strings.Contains(got.stdout, c.want) || got.stderr != "" {
			t.Errorf("%s: got %+v", c.args, got)
		}
	}
}
