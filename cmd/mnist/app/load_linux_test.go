package app

import (
	"bytes"
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
// programs keep the memory that they have after a quarter of the time, and the run goes on and saves its work. Its twin
// trains the same beside it and has no page. Beyond the share of its processor time that its page takes, the run is no
// slower: what clients take and displace from the caches of the processors, both lose.
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
	twin := start(t, dir, "twin")
	service, log, address := serving(t, "../../../deploy/predict/testdata", "--init", "lenet-bn.safetensors",
		"--model", "lenet-bn")
	go keep(filepath.Join(dir, "serve.log"), log)

	before := min(length/6, 2*time.Minute)
	calm, twinCalm := measure(t, run, twin, func() { time.Sleep(before) })
	used := []*memory{{name: "serve", process: service}, {name: "run", process: run.Cmd}}
	var client *exec.Cmd
	others := processorTime(t, service)
	loaded, twinLoaded := measure(t, run, twin, func() {
		var end func()
		client, end = clients(t, length, address, page)
		sample(t, used, length, dir)
		end()
	})
	others = processorTime(t, service) - others + client.ProcessState.UserTime() + client.ProcessState.SystemTime()
	for _, m := range used {
		m.check(t)
	}
	calm.log(t, "the run with the page, before clients and viewers come")
	twinCalm.log(t, "its twin without, before clients and viewers come")
	loaded.log(t, "the run with the page, beside all of them")
	twinLoaded.log(t, "its twin without, beside all of them")
	processors := float64(runtime.NumCPU()) * loaded.wall.Seconds()
	figure(t, "processors taken by serve and the clients; by the run's page", "%.0f %%; %.1f %%",
		100*others.Seconds()/processors, 100*loaded.page.Seconds()/processors)
	dearer := loaded.perStep()/twinLoaded.perStep() - 1
	figure(t, "processor time of a step, more than its twin's", "%.1f %%", 100*dearer)
	forPage := loaded.page.Seconds() / loaded.all.Seconds()
	slower := (1-forPage)*twinLoaded.speed()/loaded.speed() - 1
	figure(t, "the run slower than its twin, beyond the processor time of its page", "%.1f %%", 100*slower)
	if length >= 5*time.Minute && slower > 0.05 {
		t.Errorf("the run is %.1f %% slower for having viewers, want at most 5 %%", 100*slower)
	}
	for name, c := range map[string]*exec.Cmd{"serve": service, "run": run.Cmd, "twin": twin.Cmd} {
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

// loadedRun is a run that does not end by itself.
type loadedRun struct {
	profiled
	metrics string // its metrics.jsonl
}

// watched starts a run with a page, whose URL it returns.
func watched(t *testing.T, dir string) (r *loadedRun, url string) {
	t.Helper()
	r = start(t, dir, "run", "--live", "localhost:0")
	log := content(t, dir, "run.log")
	if url = regexp.MustCompile(`http://[^/\s]+`).FindString(string(log)); url == "" {
		t.Fatalf("got %q, want the page's URL", log)
	}
	return r, url
}

// start starts a run in the folder of that name in dir, and waits until it takes steps.
func start(t *testing.T, dir, name string, args ...string) *loadedRun {
	t.Helper()
	profiles := filepath.Join(dir, name+".profiles")
	if err := os.Mkdir(profiles, 0o700); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	c := command(t, dir, append([]string{
		"--data", dataset(t, 10_000, 28), "--model", "mlp", "--epochs", "1000000",
		"--log-every", "10", "--schedule", "none", "--quiet", "--out", name,
	}, args...)...)
	c.Env, c.Stderr = append(c.Env, asProfiled+"="+profiles), log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	r := &loadedRun{profiled{Cmd: c, dir: profiles}, filepath.Join(dir, name, runs.MetricsFile)}
	for range 600 {
		if content, err := os.ReadFile(r.metrics); err == nil && len(content) > 0 {
			return r
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the run takes no steps")
	return nil
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
	steps int
	wall  time.Duration

	// of the processor: of training without its waiting, of the page, and of the program
	own, page, all time.Duration
}

// cost returns what the steps of the run cost while do runs.
func (r *loadedRun) cost(t *testing.T, do func()) (c cost) {
	t.Helper()
	profile := r.during(t, func() {
		first, began := r.step(t), time.Now()
		do()
		c.steps, c.wall = r.step(t)-first, time.Since(began)
	})
	const waits = `parallel\.\(\*waiter\)`
	c.own = spentIn(t, profile, `anneal/train\.|anneal/internal/parallel|gorgonia\.`, waits)
	c.page = spentIn(t, profile, `net/http|anneal/view/live|anneal/internal/guard`, `anneal/train\.`)
	c.all = spentIn(t, profile, ".", "")
	if c.steps == 0 {
		t.Fatal("the run took no steps")
	}
	return c
}

// measure returns what the steps of a run and of its twin cost while do runs.
func measure(t *testing.T, run, twin *loadedRun, do func()) (ofRun, ofTwin cost) {
	t.Helper()
	ofRun = run.cost(t, func() { ofTwin = twin.cost(t, do) })
	return ofRun, ofTwin
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

// speed returns the steps per second.
func (c cost) speed() float64 { return float64(c.steps) / c.wall.Seconds() }

func (c cost) log(t *testing.T, which string) {
	t.Helper()
	figure(t, "speed of "+which, "%.0f steps per second, %.3f ms of the processor per step", c.speed(), 1000*c.perStep())
}
