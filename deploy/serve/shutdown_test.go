package serve

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"anneal/deploy/predict"
)

// With a Drain, clients see that the service shuts down while it still answers.
func TestServeDrains(t *testing.T) {
	s := newService(fake(darkest), Drain(time.Hour))
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	ready := func() (int, string) {
		r, err := http.NewRequest("GET", url+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		return do(t, r)
	}
	if status, text := ready(); status != http.StatusOK {
		t.Fatalf("got %d %s", status, text)
	}
	cancel()
	for !s.ending.Load() {
		time.Sleep(time.Millisecond)
	}
	if status, text := ready(); status != http.StatusServiceUnavailable || !strings.Contains(text, "shutting down") {
		t.Errorf("got %d %s, want that it shuts down", status, text)
	}
	if status, text := post(t, url, "application/json", withPixels("3", 784)); status != http.StatusOK {
		t.Errorf("got %d %s, want an answer", status, text)
	}
	l.Close() // in place of an hour
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
	for name, s := range map[string]*Service{
		"a short drain": newService(fake(darkest), Drain(time.Millisecond)), "no network yet": Waiting(Drain(time.Hour)),
	} {
		if l, err = net.Listen("tcp", "localhost:0"); err != nil {
			t.Fatal(err)
		}
		if err := s.Serve(ctx, l); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// When the context ends, a request under way is answered, and no more are taken.
func TestServeStopsGracefully(t *testing.T) {
	started, release := make(chan bool), make(chan bool)
	s := newService(fake(func(images ...[]byte) ([]predict.Prediction, error) {
		started <- true
		<-release
		return darkest(images...)
	}))
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended, answered := make(chan error, 1), make(chan bool)
	go func() { ended <- s.Serve(ctx, l) }()
	go func() {
		defer close(answered)
		if status, text := post(t, url, "application/json", withPixels("3", 784)); status != http.StatusOK {
			t.Errorf("status %d: %s, want 200", status, text)
		}
	}()
	<-started
	cancel()
	for {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break // takes no more
		}
		c.Close()
		time.Sleep(time.Millisecond)
	}
	select {
	case err := <-ended:
		t.Errorf("ended (%v) before the request was answered", err)
	default:
	}
	release <- true
	<-answered
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
