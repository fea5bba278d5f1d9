package live

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"anneal/runs"
	"anneal/schedules"
)

// viewer reads /events.
type viewer struct {
	*bufio.Scanner
	close func()
}

func watch(t *testing.T, url, last string) *viewer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("got %+v, %v", answer, err)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<24)
	return &viewer{lines, func() { cancel(); answer.Body.Close() }}
}

// next is the next update with its id, or false at the end.
func (v *viewer) next(t *testing.T) (u struct {
	Run    *run
	Steps  *columns
	Events []json.RawMessage
	State  struct{ State, Reason string }
}, id string, ok bool,
) {
	t.Helper()
	for v.Scan() {
		if text, is := strings.CutPrefix(v.Text(), "id: "); is {
			id = text
		}
		if text, is := strings.CutPrefix(v.Text(), "data: "); is {
			if err := json.Unmarshal([]byte(text), &u); err != nil {
				t.Fatalf("%.200s: %v", text, err)
			}
			return u, id, true
		}
	}
	return u, id, false
}

// serve is a Service behind a real server.
func serve(t *testing.T) (*Service, string) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	s := New("lenet", server.Listener.Addr().String())
	server.Config.Handler = s
	server.Start()
	t.Cleanup(server.Close)
	return s, server.URL
}

func observe(t *testing.T, s *Service, events ...runs.Event) {
	t.Helper()
	for _, e := range events {
		if err := s.Observe(e); err != nil {
			t.Fatal(err)
		}
	}
}

// A viewer gets everything once: first the past, then what is new. A viewer that returns with the id of an event gets
// what came after it.
func TestEvents(t *testing.T) {
	s, url := serve(t)
	v := watch(t, url, "")
	defer v.close()
	if u, _, ok := v.next(t); !ok || u.Run == nil || u.State.State != waiting {
		t.Fatalf("got %+v", u)
	}
	observe(t, s, start(schedules.Constant{}, runs.PerEpoch, 0.1))
	if u, _, ok := v.next(t); !ok || u.Run == nil || u.Run.Epochs != 10 || u.State.State != training {
		t.Fatalf("got %+v", u)
	}
	seen := map[int]bool{}
	id := ""
	for i := 1; i <= 300; i++ {
		observe(t, s, step(i, 1, 0.1))
		if i%100 > 0 {
			continue
		}
		for !seen[i] {
			u, at, ok := v.next(t)
			if !ok || u.Run != nil {
				t.Fatalf("step %d: got %+v", i, u)
			}
			for _, n := range u.Steps.Step {
				if seen[n] {
					t.Errorf("step %d comes twice", n)
				}
				seen[n] = true
			}
			id = at
		}
	}
	if len(seen) != 300 {
		t.Errorf("got %d steps, want 300", len(seen))
	}
	v.close()

	observe(t, s, step(301, 1, 0.1), runs.Control{Epoch: 1, Step: 301, Action: runs.Pause})
	again := watch(t, url, id)
	defer again.close()
	if u, _, _ := again.next(t); u.Run != nil || len(u.Steps.Step) != 1 || u.Steps.Step[0] != 301 || len(u.Events) != 1 {
		t.Errorf("come again: got %+v", u)
	}
	for _, other := range []string{"nobody.17", "17", s.life + ".x", s.life + ".1000000"} {
		v := watch(t, url, other)
		if u, _, _ := v.next(t); u.Run == nil || len(u.Steps.Step) != 301 {
			t.Errorf("%s: got %+v", other, u)
		}
		v.close()
	}

	// The end ends the stream.
	observe(t, s, runs.End{Reason: runs.Completed})
	if u, _, ok := again.next(t); !ok || u.State.State != over || u.State.Reason != runs.Completed || len(u.Events) != 1 {
		t.Errorf("got %+v", u)
	}
	if u, _, ok := again.next(t); ok {
		t.Errorf("after the end: got %+v", u)
	}
}

// Viewers that take nothing hold up neither the run nor the others.
func TestSlowViewers(t *testing.T) {
	s, url := serve(t)
	for range 3 {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		request := "GET /events HTTP/1.1\r\nHost: " + strings.TrimPrefix(url, "http://") + "\r\n\r\n"
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
	}
	e := start(schedules.Constant{}, runs.PerEpoch, 0.1)
	e.Epochs, e.Steps = 1000, 1000000
	observe(t, s, e)
	quick := watch(t, url, "")
	defer quick.close()
	began := time.Now()
	const n = 300000
	for i := range n {
		observe(t, s, step(i+1, 1, 0.1))
	}
	took := time.Since(began)
	observe(t, s, runs.End{Reason: runs.Completed})
	for {
		u, _, ok := quick.next(t)
		if !ok {
			t.Fatal("no end")
		}
		if u.State.State == over {
			break
		}
	}
	if perStep := took / n; perStep > 200*time.Microsecond {
		t.Errorf("a step takes %v to observe", perStep)
	}
}

func TestManyViewers(t *testing.T) {
	s, url := serve(t)
	for range maxViewers {
		v := watch(t, url, "")
		defer v.close()
		v.next(t)
	}
	answer, err := http.Get(url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 503 || !strings.Contains(string(body), "64 viewers are here already") {
		t.Errorf("one too many: got %d %s, %v", answer.StatusCode, body, err)
	}
	observe(t, s, runs.End{})
}

func TestHeartbeat(t *testing.T) {
	defer func(d time.Duration) { heartbeat = d }(heartbeat)
	heartbeat = 20 * time.Millisecond
	s, url := serve(t)
	v := watch(t, url, "")
	defer v.close()
	for v.Scan() {
		if v.Text() == ": nothing new" {
			break
		}
	}
	if v.Text() != ": nothing new" {
		t.Errorf("got %q", v.Text())
	}
	observe(t, s, runs.End{})
}

// Start serves until Close, which tells the viewers how it ended and leaves no goroutine behind.
func TestStartAndClose(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, reason := range []string{runs.Completed, failed} {
		s, err := Start("localhost:0", "lenet")
		if err != nil {
			t.Fatal(err)
		}
		url, token, found := strings.Cut(s.URL(), "/#token=")
		if !found || token != s.Token() || len(token) < 26 || !strings.HasPrefix(url, "http://localhost:") ||
			strings.HasSuffix(url, ":0") || !s.Local() {
			t.Errorf("got %s", s.URL())
		}
		const taken = "address already in use: want a port that no other program has"
		if _, err := Start(strings.TrimPrefix(url, "http://"), "other"); err == nil ||
			!strings.Contains(err.Error(), taken) {
			t.Errorf("the same port: got %v", err)
		}
		observe(t, s, start(schedules.Constant{}, runs.PerEpoch, 0.1))
		ended := make(chan string)
		for range 3 {
			v := watch(t, url, "")
			go func() {
				defer v.close()
				for {
					u, _, ok := v.next(t)
					if !ok || u.State.State == over {
						ended <- u.State.Reason
						return
					}
				}
			}()
		}
		if reason == runs.Completed {
			observe(t, s, runs.End{Reason: runs.Completed})
		}
		go s.Close()
		s.Close()
		for range 3 {
			if got := <-ended; got != reason {
				t.Errorf("got %s, want %s", got, reason)
			}
		}
		if answer, err := http.Get(url); err == nil {
			t.Errorf("after Close: got %d", answer.StatusCode)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines, want %d\n%s", n, before, stacks[:runtime.Stack(stacks, true)])
	}
}

func TestStartErrors(t *testing.T) {
	for _, addr := range []string{
		"localhost", "localhost:99999", "localhost:http-like", "no.such.host.invalid:0", "256.0.0.1:0",
	} {
		if s, err := Start(addr, "lenet"); err == nil || !strings.Contains(err.Error(), addr) ||
			!strings.Contains(err.Error(), "localhost:6006") {
			t.Errorf("%s: got %v, %v", addr, s, err)
		}
	}
	s, err := Start(":0", "lenet")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Local() || !strings.HasPrefix(s.URL(), "http://localhost:") {
		t.Errorf("all addresses: got %v, %s", s.Local(), s.URL())
	}
}
