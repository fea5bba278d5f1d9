package serve

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"anneal/deploy/predict"
)

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
