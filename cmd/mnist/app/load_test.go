package app

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"anneal/runs"
	"anneal/weights"
)

const (
	askers  = 500 // clients of serve, each of which asks again and again
	viewers = 200 // of a run's page
)

// TestLoad puts clients on serve and viewers on the page of a run for as long as ANNEAL_LOAD says, such as 30m. Each
// has an address of its own, which only Linux gives. All are answered or told to come again. Both programs keep the
// memory that they have after a quarter of the time, and the run goes on and saves its work.
func TestLoad(t *testing.T) {
	if os.Getenv("ANNEAL_LOAD") == "" || runtime.GOOS != "linux" {
		t.Skip("asks a service and watches a run for the time in ANNEAL_LOAD, on Linux")
	}
	length, err := time.ParseDuration(os.Getenv("ANNEAL_LOAD"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	training, page := watched(t, dir)
	service, log, address := serving(t, "../../../deploy/predict/testdata", "--init", "lenet-bn.safetensors",
		"--model", "lenet-bn")
	go keep(filepath.Join(dir, "serve.log"), log)
	picture := content(t, "../../../deploy/predict/testdata", "digit.png")

	ctx, cancel := context.WithTimeout(t.Context(), length)
	var load load
	defer load.clients.Wait() // they report to t
	defer cancel()
	for i := range askers {
		load.begin(ctx, i, func(ctx context.Context, c *http.Client) { load.ask(ctx, t, c, address+"/predict", picture) })
	}
	for i := range viewers {
		load.begin(ctx, askers+i, func(ctx context.Context, c *http.Client) { load.view(ctx, t, c, page+"/events") })
	}
	used := map[string]*memory{"serve": {process: service}, "run": {process: training}}
	for ctx.Err() == nil {
		for name, m := range used {
			if !m.sample(t) {
				_ = m.process.Wait()                                   // the state tells
				log, _ := os.ReadFile(filepath.Join(dir, name+".log")) // none will do
				t.Fatalf("%s has ended: %v, %s", name, m.process.ProcessState, log)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(length / 200):
		}
	}
	load.clients.Wait()
	t.Logf("%d clients of serve: %d answers, %d times asked to come again", askers, load.answers.Load(), load.busy.Load())
	t.Logf("%d viewers of a run: %d events, %d times asked to come again", viewers, load.events.Load(), load.full.Load())
	if load.answers.Load() == 0 || load.events.Load() == 0 {
		t.Error("got no answers or no events")
	}
	for name, m := range used {
		m.check(t, name)
	}
	for name, c := range map[string]*exec.Cmd{"serve": service, "run": training} {
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
	t.Logf("the run came to step %d", i.Progress.Step)
}

// watched starts a run that does not end by itself, and returns the URL of its page.
func watched(t *testing.T, dir string) (c *exec.Cmd, url string) {
	t.Helper()
	c = command(t, dir, "--data", dataset(t, 10_000, 28), "--model", "mlp", "--epochs", "1000000", "--log-every", "10",
		"--schedule", "none", "--quiet", "--out", "run", "--live", "localhost:0")
	log := begin(t, c)
	line, err := log.ReadString('\n')
	if url = regexp.MustCompile(`http://[^/\s]+`).FindString(line); url == "" {
		t.Fatalf("got %q, %v, want the page's URL", line, err)
	}
	go keep(filepath.Join(dir, "run.log"), log)
	return c, url
}

// keep writes what a program logs to a file.
func keep(path string, log io.Reader) {
	if f, err := os.Create(path); err == nil {
		_, _ = io.Copy(f, log) // the program ends it
		f.Close()
	}
}

// load counts what clients get.
type load struct {
	clients                     sync.WaitGroup
	answers, busy, events, full atomic.Int64
}

// begin calls do again and again until ctx ends, as the n-th client, which has an address of its own.
func (l *load) begin(ctx context.Context, n int, do func(context.Context, *http.Client)) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(n>>8), byte(n))}}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
		return dialer.DialContext(ctx, "tcp4", addr)
	}}
	l.clients.Go(func() {
		defer transport.CloseIdleConnections()
		for ctx.Err() == nil {
			do(ctx, &http.Client{Transport: transport})
			if rand.N(4) == 0 {
				transport.CloseIdleConnections()
			}
		}
	})
}

// ask asks what a picture shows. One that is told to come again waits for a moment.
func (l *load) ask(ctx context.Context, t *testing.T, c *http.Client, url string, picture []byte) {
	r, err := http.NewRequestWithContext(ctx, "POST", url, bytes.NewReader(picture))
	if err != nil {
		t.Error(err)
		return
	}
	answer, err := c.Do(r)
	if err != nil {
		l.busy.Add(1) // the service has all the connections that it takes
		wait(ctx)
		return
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			t.Errorf("an answer of serve ends early: %v", err)
		}
	case answer.StatusCode == http.StatusServiceUnavailable:
		l.busy.Add(1)
		wait(ctx)
	case answer.StatusCode == http.StatusOK && bytes.Contains(body, []byte(`"digit":7`)):
		l.answers.Add(1)
	default:
		t.Errorf("got %d %.200s", answer.StatusCode, body)
	}
}

// view reads events for a moment, or leaves them unread, and goes.
func (l *load) view(ctx context.Context, t *testing.T, c *http.Client, url string) {
	ctx, cancel := context.WithTimeout(ctx, rand.N(10*time.Second))
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Error(err)
		return
	}
	r.Header.Set("Last-Event-ID", fmt.Sprint(rand.N(100)))
	answer, err := c.Do(r)
	if err != nil {
		l.full.Add(1) // the page has all its connections
		wait(ctx)
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		if answer.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("got %s, want events, or to be told to come again", answer.Status)
		}
		l.full.Add(1)
		wait(ctx)
		return
	}
	if rand.N(4) == 0 {
		<-ctx.Done()
		return
	}
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "id:") {
			l.events.Add(1)
		}
	}
}

// wait waits for about half a second.
func wait(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(rand.N(time.Second)):
	}
}

// memory has what a process used at moments of its life, in kilobytes.
type memory struct {
	process *exec.Cmd
	samples []int
}

var resident = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// sample reports whether the process is there.
func (m *memory) sample(t *testing.T) bool {
	t.Helper()
	found := resident.FindSubmatch(content(t, "/proc", strconv.Itoa(m.process.Process.Pid), "status"))
	if found == nil {
		return false
	}
	kilobytes, _ := strconv.Atoi(string(found[1])) // they are digits
	m.samples = append(m.samples, kilobytes)
	return true
}

// check compares the mean of the last quarter with that of the second one, when all clients have come.
func (m *memory) check(t *testing.T, name string) {
	t.Helper()
	mean := func(list []int) int {
		sum := 0
		for _, v := range list {
			sum += v
		}
		return sum / max(1, len(list))
	}
	n := len(m.samples) / 4
	first, last := mean(m.samples[n:2*n]), mean(m.samples[3*n:])
	t.Logf("memory of %s: %d MB, at the end %d MB", name, first>>10, last>>10)
	if last > first+first/10+16<<10 {
		t.Errorf("memory of %s: %d kB, at the end %d kB, want no more than at first", name, first, last)
	}
}
