package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"anneal/deploy/predict"
)

// While one run of the network is held up, 20 more requests come: they share the next run. When there is no room for
// more, one is turned away with 503.
func TestBatches(t *testing.T) {
	var sizes []int
	started, release := make(chan bool, 10), make(chan bool)
	s := newService(fake(func(images ...[]byte) ([]predict.Prediction, error) {
		sizes = append(sizes, len(images))
		started <- true
		<-release
		return darkest(images...)
	}))
	server := httptest.NewServer(s)
	defer s.Close()
	defer server.Close()
	var requests sync.WaitGroup
	send := func(n int) {
		for i := range n {
			requests.Go(func() {
				status, text := post(t, server.URL, "application/json", withPixels(fmt.Sprint(i), 784))
				if want := fmt.Sprintf(`{"digit":%d,`, i%10); status != http.StatusOK || !strings.HasPrefix(text, want) {
					t.Errorf("status %d: %s, want 200 with %s", status, text, want)
				}
			})
		}
	}
	send(1)
	<-started
	send(20)
	for len(s.batches.waiting) < 20 {
		time.Sleep(time.Millisecond)
	}
	release <- true
	<-started
	send(maxRequests - 20)
	for len(s.batches.waiting) < maxRequests-20 {
		time.Sleep(time.Millisecond)
	}
	if status, text := post(t, server.URL, "application/json",
		withPixels("1", 784)); status != http.StatusServiceUnavailable || !strings.Contains(text, "too many") {
		t.Errorf("status %d: %s, want 503", status, text)
	}
	close(release)
	requests.Wait()
	if want := "[1 20 64 64 64 44]"; fmt.Sprint(sizes) != want {
		t.Errorf("batches of %v, want %s", sizes, want)
	}
}

// A lone question on an idle service is answered without any waiting: by a clock that only moves when all wait, no time
// passes.
func TestLoneQuestionIsNotDelayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBatches(fake(darkest).Answer, func(int) {})
		defer b.close()
		begin := time.Now()
		if _, err := b.ask(t.Context(), [][]float32{make([]float32, 784)}); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("waited %v, want 0", waited)
		}
	})
}

// A question whose client has gone, or whose service was closed, does not wait; the first is not put to the network
// either.
func TestAskGivesUp(t *testing.T) {
	var asked atomic.Int64
	release := make(chan bool)
	b := newBatches(fake(func(images ...[]byte) ([]predict.Prediction, error) {
		asked.Add(int64(len(images)))
		<-release
		return darkest(images...)
	}).Answer, func(int) {})
	answers := make(chan error, 2)
	go func() { _, err := b.ask(context.Background(), [][]float32{make([]float32, 784)}); answers <- err }()
	for asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _, err := b.ask(ctx, [][]float32{make([]float32, 784)}); answers <- err }()
	for len(b.waiting) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-answers; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that it was cancelled", err)
	}
	release <- true
	if err := <-answers; err != nil {
		t.Error(err)
	}
	b.close()
	if _, err := b.ask(context.Background(), [][]float32{make([]float32, 784)}); !errors.Is(err, errClosed) {
		t.Errorf("error %v, want %v", err, errClosed)
	}
	if asked.Load() != 1 {
		t.Errorf("the network was asked %d times, want once", asked.Load())
	}
}
