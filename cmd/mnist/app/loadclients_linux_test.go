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
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	askers  = 500 // clients of serve, each of which asks again and again
	viewers = 200 // of a run's page
)

// asClients is set in the program that TestLoad starts for the clients: the addresses of serve and of the run's page.
const asClients = "ANNEAL_TEST_CLIENTS"

// clients starts all clients in a program of their own, so that what they take of the processor is told from what the
// programs take that they load. end waits for them, and reports what they report.
func clients(t *testing.T, length time.Duration, service, page string) (c *exec.Cmd, end func()) {
	t.Helper()
	var log bytes.Buffer
	c = exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLoadClients$", "-test.v", "-test.timeout=24h")
	c.Env = append(os.Environ(), asClients+"="+service+" "+page, "ANNEAL_LOAD="+length.String())
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, func() {
		err := c.Wait()
		for line := range strings.Lines(log.String()) {
			if _, text, ok := strings.Cut(line, figurePrefix); ok {
				t.Log(figurePrefix + strings.TrimSpace(text))
			}
		}
		if err != nil {
			t.Errorf("the clients: %v, %s", err, &log)
		}
	}
}

// TestLoadClients is the program of the clients. Each has an address of its own, which only Linux gives. All are
// answered or told to come again.
func TestLoadClients(t *testing.T) {
	addresses := strings.Fields(os.Getenv(asClients))
	if len(addresses) != 2 {
		t.Skip("TestLoad starts it")
	}
	length, err := time.ParseDuration(os.Getenv("ANNEAL_LOAD"))
	if err != nil {
		t.Fatal(err)
	}
	picture := content(t, "../../../deploy/predict/testdata", "digit.png")
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var load load
	for i := range askers {
		load.begin(ctx, i, func(ctx context.Context, c *http.Client) {
			load.ask(ctx, t, c, addresses[0]+"/predict", picture)
		})
	}
	for i := range viewers {
		load.begin(ctx, askers+i, func(ctx context.Context, c *http.Client) {
			load.view(ctx, t, c, addresses[1]+"/events")
		})
	}
	load.clients.Wait() // they report to t
	figure(t, fmt.Sprintf("answers of serve to %d clients", askers), "%d", load.answers.Load())
	figure(t, "times that serve asked to come again", "%d", load.busy.Load())
	figure(t, fmt.Sprintf("events to %d viewers of a run", viewers), "%d", load.events.Load())
	figure(t, "times that the run's page asked to come again", "%d", load.full.Load())
	if load.answers.Load() == 0 || load.events.Load() == 0 {
		t.Error("got no answers or no events")
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
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<26) // what has been so far is one line
	for lines.Scan() {
		if bytes.HasPrefix(lines.Bytes(), []byte("id:")) {
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
