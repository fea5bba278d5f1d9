package live

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"anneal/internal/browsertest"
	"anneal/internal/longtest"
	"anneal/runs"
	"anneal/schedules"
)

// The page of a run of 10,000 steps answers readers at once, also while the run trains.
func TestFluid(t *testing.T) {
	if !longtest.Full() {
		t.Skip("measures the tasks of a page for minutes: set ANNEAL_LONG")
	}
	browser := browsertest.New(t)
	s, err := Start("localhost:0", "lenet")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tell := func(e runs.Event) {
		if err := s.Observe(e); err != nil {
			t.Error(err)
		}
	}
	tell(start(schedules.StepLR{StepSize: 5, Gamma: 0.1}, runs.PerEpoch, 0.1))
	train := func(from, to int, pace time.Duration) {
		for n := from; n <= to; n++ {
			tell(step(n, 2.4/math.Sqrt(float64(n))+0.02*math.Sin(float64(n)), 0.1))
			if n%1000 == 0 {
				v := 0.9 + float64(n)/1e5
				e := result(n/1000, 1-v, v, v-0.01)
				e.Step = n
				tell(e)
			}
			time.Sleep(pace)
		}
	}
	train(1, 5000, 0)
	signal := filepath.Join(t.TempDir(), "go on")
	done := onSignal(t, signal, func() { train(5001, 10000, time.Millisecond) })
	browser.Fluid("run", s.URL(), signal)
	done()
}

// The page of a search of 500 settings answers readers at once.
func TestFluidSearch(t *testing.T) {
	if !longtest.Full() {
		t.Skip("measures the tasks of a page for minutes: set ANNEAL_LONG")
	}
	browser := browsertest.New(t)
	s := searching(t)
	defer s.Close()
	signal := filepath.Join(t.TempDir(), "go on")
	done := onSignal(t, signal, func() {
		lr := math.Pow(10, -4+float64(499)/125)
		last := Cell{"trial499", fmt.Sprintf("lenet, SGD(momentum=0.9), lr %.4g, batch 64", lr), 1}
		s.Observe(last, result(27, 0.01, 0.99, 0.99))
		s.Observe(last, runs.End{Reason: runs.Completed})
	})
	browser.Fluid("search", s.URL(), signal)
	done()
}

// onSignal calls act once a file is there. The test calls the returned function at its end.
func onSignal(t *testing.T, signal string, act func()) (done func()) {
	t.Helper()
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
			}
			if _, err := os.Stat(signal); err == nil {
				act()
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-ended
	}
}
