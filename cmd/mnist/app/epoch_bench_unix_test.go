//go:build unix

package app

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"anneal/data"
	"anneal/graph"
	"anneal/models"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// BenchmarkEpoch compares an epoch of lenet-bn on MNIST, as the train command goes through it, with as many steps of
// mnist bench: how much it costs to read, shuffle and augment images, to count, to log and to save. The three take
// turns, so that whatever else the machine does concerns all of them. The metrics are each one's median time in
// milliseconds, of the processors and on the clock, and its ratio to that of the bare steps.
func BenchmarkEpoch(b *testing.B) {
	pair, err := data.Load(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	affine, err := data.ParseAugment("RandomAffine(10, translate=(0.1, 0.1), scale=(0.9, 1.1))")
	if err != nil {
		b.Fatal(err)
	}
	bare, err := newTrial(models.LeNetBN, graph.Train, []int{64, 1, 28, 28}, true, nil)
	if err != nil {
		b.Fatal(err)
	}
	few, err := data.Limit(pair.Test, 1)
	if err != nil {
		b.Fatal(err)
	}
	epoch := func(augment data.Compose) (spent, error) {
		var start, end spent
		_, err := train.Run(b.Context(), train.Config{
			Model: models.LeNetBN, Train: pair.Train, Test: few, Augment: augment, Dir: b.TempDir(),
			Solver:   solvers.SGD{LR: 0.01, Momentum: 0.9},
			Settings: train.Settings{Epochs: 1, Batch: 64, LogEvery: 100},
			Observers: []runs.Observer{func(e runs.Event) error {
				switch e.(type) {
				case runs.Start:
					start = spentSoFar(b)
				case runs.Epoch:
					end = spentSoFar(b)
				}
				return nil
			}},
		})
		return spent{end.processor - start.processor, end.clock - start.clock}, err
	}
	kinds := []struct {
		name string
		run  func() (spent, error)
		all  []spent
	}{
		{name: "steps", run: func() (spent, error) {
			start := spentSoFar(b)
			for range (pair.Train.Len() + 63) / 64 {
				if err := bare.Run(); err != nil {
					return spent{}, err
				}
				if err := bare.Update(); err != nil {
					return spent{}, err
				}
			}
			end := spentSoFar(b)
			return spent{end.processor - start.processor, end.clock - start.clock}, nil
		}},
		{name: "epoch", run: func() (spent, error) { return epoch(nil) }},
		{name: "augmented", run: func() (spent, error) { return epoch(affine) }},
	}
	for b.Loop() {
		for i := range kinds {
			s, err := kinds[i].run()
			if err != nil {
				b.Fatal(err)
			}
			kinds[i].all = append(kinds[i].all, s)
		}
	}
	for _, k := range kinds {
		for what, of := range map[string]func(spent) time.Duration{
			"cpu":  func(s spent) time.Duration { return s.processor },
			"wall": func(s spent) time.Duration { return s.clock },
		} {
			t, base := medianOf(k.all, of), medianOf(kinds[0].all, of)
			b.ReportMetric(float64(t.Microseconds())/1e3, k.name+"-"+what+"-ms")
			b.ReportMetric(t.Seconds()/base.Seconds(), k.name+"-"+what+"-ratio")
		}
	}
}

// spent is time: of the processors, for this program, and on the clock.
type spent struct{ processor, clock time.Duration }

var began = time.Now()

func spentSoFar(t testing.TB) spent {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return spent{time.Duration(u.Utime.Nano() + u.Stime.Nano()), time.Since(began)}
}

func medianOf(all []spent, of func(spent) time.Duration) time.Duration {
	times := make([]time.Duration, len(all))
	for i, s := range all {
		times[i] = of(s)
	}
	slices.Sort(times)
	return times[len(times)/2]
}
