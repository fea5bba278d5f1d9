//go:build unix

package app

import (
	"cmp"
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

// BenchmarkEpoch compares the steps of an epoch of lenet-bn on MNIST, as the train command goes through it, with those
// of mnist bench: how much it costs to read, shuffle and augment images, to count, to log and to save. Every 67 steps
// of an epoch stand between as many bare steps, so that whatever else the machine does concerns both. The metrics are
// medians: of the ratio of time on the clock (wall) and of the processors (cpu), without and with augmentation.
func BenchmarkEpoch(b *testing.B) {
	pair, err := data.Load(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	affine, err := data.ParseAugment("RandomAffine(10, translate=(0.1, 0.1), scale=(0.9, 1.1))")
	if err != nil {
		b.Fatal(err)
	}
	few, err := data.Limit(pair.Test, 1)
	if err != nil {
		b.Fatal(err)
	}
	kinds := []struct {
		name    string
		augment data.Compose
		ratios  []ratio
	}{{name: "epoch"}, {name: "augmented", augment: affine}}
	beside := newBeside(b)
	for b.Loop() {
		for i := range kinds {
			k := &kinds[i]
			beside.ratios = k.ratios
			_, err := train.Run(b.Context(), train.Config{
				Model: models.LeNetBN, Train: pair.Train, Test: few, Augment: k.augment, Dir: b.TempDir(),
				Solver:    solvers.SGD{LR: 0.01, Momentum: 0.9},
				Settings:  train.Settings{Epochs: 1, Batch: 64, LogEvery: 100},
				Observers: []runs.Observer{beside.observe},
			})
			if err != nil {
				b.Fatal(err)
			}
			k.ratios = beside.ratios
		}
	}
	for _, k := range kinds {
		b.ReportMetric(medianOf(k.ratios, func(r ratio) float64 { return r.clock }), k.name+"-wall-ratio")
		b.ReportMetric(medianOf(k.ratios, func(r ratio) float64 { return r.processor }), k.name+"-cpu-ratio")
	}
}

// stretch is how many steps are timed at once.
const stretch = 67

// ratio is how long a stretch of an epoch takes over a stretch of bare steps.
type ratio struct{ clock, processor float64 }

// beside times the stretches of an epoch, and a stretch of bare steps before and after each.
type beside struct {
	*testing.B
	bare   *trial
	before spent // by the bare steps before a stretch
	start  spent // of the stretch
	ratios []ratio
}

func newBeside(b *testing.B) *beside {
	bare, err := newTrial(models.LeNetBN, graph.Train, []int{64, 1, 28, 28}, true, nil)
	if err != nil {
		b.Fatal(err)
	}
	return &beside{B: b, bare: bare}
}

func (b *beside) observe(e runs.Event) error {
	step, is := e.(runs.Step)
	if !is || step.Step%stretch != 0 {
		return nil
	}
	took := spentSince(b, b.start)
	start := spentSince(b, spent{})
	for range stretch {
		if err := cmp.Or(b.bare.Run(), b.bare.Update()); err != nil {
			return err
		}
	}
	after := spentSince(b, start)
	if step.Step > stretch { // nothing stands before the first
		b.ratios = append(b.ratios, ratio{
			2 * took.clock.Seconds() / (b.before.clock + after.clock).Seconds(),
			2 * took.processor.Seconds() / (b.before.processor + after.processor).Seconds(),
		})
	}
	b.before, b.start = after, spentSince(b, spent{})
	return nil
}

// spent is time: of the processors, for this program, and on the clock.
type spent struct{ processor, clock time.Duration }

var began = time.Now()

// spentSince returns what was spent since start.
func spentSince(t testing.TB, start spent) spent {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return spent{time.Duration(u.Utime.Nano()+u.Stime.Nano()) - start.processor, time.Since(began) - start.clock}
}

func medianOf(all []ratio, of func(ratio) float64) float64 {
	values := make([]float64, len(all))
	for i, r := range all {
		values[i] = of(r)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
