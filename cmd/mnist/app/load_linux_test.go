package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"

	"anneal/runs"
	"anneal/weights"
)

// figurePrefix begins the lines of figures, which .ci/soak puts into its table.
const figurePrefix = "figure: "

// figure logs a figure.
func figure(t *testing.T, name, format string, args ...any) {
	t.Helper()
	t.Logf(figurePrefix+"%s: "+format, append([]any{name}, args...)...)
}

// TestLoad puts clients on serve and viewers on the page of a run for as long as ANNEAL_LOAD says, such as 30m. Both
// programs keep the memory that they have after a quarter of the time, and the run goes on and saves its work. A step
// of the run takes no more of the processor than beside loops that keep all processors busy.
func TestLoad(t *testing.T) {
	if os.Getenv("ANNEAL_LOAD") == "" {
		t.Skip("asks a service and watches a run for the time in ANNEAL_LOAD")
	}
	length, err := time.ParseDuration(os.Getenv("ANNEAL_LOAD"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	run, page := watched(t, dir)
	service, log, address := serving(t, "../../../deploy/predict/testdata", "--init", "lenet-bn.safetensors",
		"--model", "lenet-bn")
	go keep(filepath.Join(dir, "serve.log"), log)

	before := min(length/6, 2*time.Minute)
	alone := run.measure(t, func() { time.Sleep(before) })
	busy := run.measure(t, func() { spin(t.Context(), before) })
	used := []*memory{{name: "serve", process: service}, {name: "run", process: run.Cmd}}
	var client *exec.Cmd
	others := processorTime(t, service)
	loaded := run.measure(t, func() {
		var end func()
		client, end = clients(t, length, address, page)
		sample(t, used, length, dir)
		end()
	})
	others = processorTime(t, service) - others + client.ProcessState.UserTime() + client.ProcessState.SystemTime()
	for _, m := range used {
		m.check(t)
	}
	alone.log(t, "alone")
	busy.log(t, "beside loops that keep all processors busy")
	loaded.log(t, "beside all clients and viewers")
	processors := float64(runtime.NumCPU()) * loaded.wall.Seconds()
	figure(t, "processors taken by serve and the clients; by the run's page", "%.0f %%; %.1f %%",
		100*others.Seconds()/processors, 100*loaded.page.Seconds()/processors)
	slower := loaded.perStep()/max(alone.perStep(), busy.perStep()) - 1
	figure(t, "processor time of a step, more than the larger of the first two", "%.1f %%", 100*slower)
	if before >= time.Minute && slower > 0.05 {
		t.Errorf("a step takes %.1f %% more of the processor, want at most 5 %%", 100*slower)
	}
	for name, c := range map[string]*exec.Cmd{"serve": service, "run": run.Cmd} {
		if err := c.Process.Signal(os.Interrupt); err != nil {
			t.Errorf("%s has ended: %v", name, err)
		}
		_ = c.Wait() // the code tells
		if code := c.ProcessState.ExitCode(); code != exitOK && code != exitInterrupted {
			t.Errorf("%s: got code %d", name, code)
		}
	}
	i, err := weights.Inspect(filepath.Join(dir, "run", runs.LastFile))
	if err != nil || i.Progress == nil || i.Progress.Step == 0 {
		t.Fatalf("got checkpoint %+v, %v", i, err)
	}
	figure(t, "steps of the run", "%d", i.Progress.Step)
}

// loadedRun is a run that clients watch.
type loadedRun struct {
	profiled
	metrics string // its metrics.jsonl
}

// watched starts a run that does not end by itself, and returns the URL of its page.
func watched(t *testing.T, dir string) (r *loadedRun, url string) {
	t.Helper()
	c := command(t, dir, "--data", dataset(t, 10_000, 28), "--model", "mlp", "--epochs", "1000000", "--log-every", "10",
		"--schedule", "none", "--quiet", "--out", "run", "--live", "localhost:0")
	c.Env = append(c.Env, asProfiled+"="+dir)
	log := begin(t, c)
	line, err := log.ReadString('\n')
	if url = regexp.MustCompile(`http://[^/\s]+`).FindString(line); url == "" {
		t.Fatalf("got %q, %v, want the page's URL", line, err)
	}
	go keep(filepath.Join(dir, "run.log"), log)
	r = &loadedRun{profiled{Cmd: c, dir: dir}, filepath.Join(dir, "run", runs.MetricsFile)}
	for range 600 {
		if content, err := os.ReadFile(r.metrics); err == nil && len(content) > 0 {
			return r, url
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the run takes no steps")
	return nil, ""
}

// keep writes what a program logs to a file.
func keep(path string, log io.Reader) {
	if f, err := os.Create(path); err == nil {
		_, _ = io.Copy(f, log) // the program ends it
		f.Close()
	}
}

// cost is what some steps of a run took.
type cost struct {
	steps     int
	wall      time.Duration
	own, page time.Duration // of the processor: of training without its waiting, and of the page
}

// measure returns what the steps of the run cost while do runs.
func (r *loadedRun) measure(t *testing.T, do func()) (c cost) {
	t.Helper()
	profile := r.during(t, func() {
		first, began := r.step(t), time.Now()
		do()
		c.steps, c.wall = r.step(t)-first, time.Since(began)
	})
	const waits = `parallel\.\(\*waiter\)`
	c.own = spentIn(t, profile, `anneal/train\.|anneal/internal/parallel|gorgonia\.`, waits)
	c.page = spentIn(t, profile, `net/http|anneal/view/live|anneal/internal/guard`, `anneal/train\.`)
	if c.steps == 0 {
		t.Fatal("the run took no steps")
	}
	return c
}

var stepOf = regexp.MustCompile(`"step":(\d+)`)

// step returns the latest step that the run has written.
func (r *loadedRun) step(t *testing.T) int {
	t.Helper()
	all := bytes.TrimSpace(content(t, r.metrics))
	for {
		line := all[bytes.LastIndexByte(all, '\n')+1:]
		if found := stepOf.FindSubmatch(line); found != nil {
			n, _ := strconv.Atoi(string(found[1])) // digits
			return n
		}
		if len(line) == len(all) {
			return 0
		}
		all = bytes.TrimSpace(all[:len(all)-len(line)])
	}
}

// perStep returns the seconds of the processor that a step takes.
func (c cost) perStep() float64 { return c.own.Seconds() / float64(c.steps) }

func (c cost) log(t *testing.T, where string) {
	t.Helper()
	figure(t, "training "+where, "%.0f steps per second, %.3f ms of the processor per step",
		float64(c.steps)/c.wall.Seconds(), 1000*c.perStep())
}

// spin keeps all processors busy for a time.
func spin(ctx context.Context, length time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	for range runtime.NumCPU() {
		go func() {
			for ctx.Err() == nil {
				_ = fmt.Sprint(length) // some work of another kind than the run's
			}
		}()
	}
	<-ctx.Done()
}
