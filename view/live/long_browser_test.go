package live

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"anneal/internal/browsertest"
	"anneal/runs"
	"anneal/schedules"
)

// Chromium watches a run of 10,000 steps in which things go wrong. With SCREENSHOTS=folder it leaves pictures of the
// page there.
func TestLongRunInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	s, err := Start("localhost:0", "lenet")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	signal, stop := filepath.Join(t.TempDir(), "go on"), make(chan struct{})
	wait := func() { // until the browser has seen what there is
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
			}
			if os.Remove(signal) == nil {
				return
			}
		}
	}
	fed := make(chan struct{})
	tell := func(e runs.Event) {
		if err := s.Observe(e); err != nil {
			t.Error(err)
		}
	}
	go func() {
		defer close(fed)
		tell(runs.Reading{Part: "training", Done: 30000, Samples: 60000})
		wait()
		e := start(schedules.StepLR{StepSize: 5, Gamma: 0.1}, runs.PerEpoch, 0.1)
		e.By, e.Best, e.Warnings = runs.ByValidation, runs.ByAccuracy, []string{"StepLR: the rate is large"}
		tell(e)
		for n := 1; n <= 9500; n++ {
			tell(step(n, 2.4/math.Sqrt(float64(n))+0.02*math.Sin(float64(n)), 0.1))
			if n%1000 > 0 {
				continue
			}
			v := 0.9 + float64(n)/1e5
			accuracy, loss := v-0.001, 1-v
			tell(runs.Epoch{
				Epoch: n / 1000, Step: n, TestLoss: 1 - v, TestAccuracy: v, ValidationLoss: &loss, ValidationAccuracy: &accuracy,
				LR: []float64{0.1}, TrainSeconds: 10, TestSeconds: 1,
			})
		}
		tell(runs.Notice{Epoch: 10, Step: 9500, Kind: runs.DeadUnits, Text: "conv1: 6 of 10 units are dead."})
		tell(runs.Retry{What: "metrics.jsonl", Err: errTest})
		wait()
		for n := 9501; n <= 10000; n++ {
			tell(step(n, 0.02, 0.01))
		}
		tell(runs.Notice{Epoch: 10, Step: 10000, Kind: runs.Diverging, Text: "The training loss runs away."})
		tell(runs.End{Reason: runs.Diverged})
	}()
	browser.Run(s.URL(), "long", signal)
	close(stop)
	<-fed
}
