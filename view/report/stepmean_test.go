package report

import (
	"math"
	"strings"
	"testing"

	"anneal/runs"
)

// The chart of the steps is of means over all samples. Where only single batches were recorded, its title says so.
func TestLossesOfSteps(t *testing.T) {
	r := Run{Run: runs.Run{Record: &runs.Record{}}}
	r.Record.LogEvery, r.Record.Train.Samples = 100, 64000
	for i := range 3 * most {
		epoch, at := i/10+1, i%10+1
		s := runs.Step{Epoch: epoch, Step: 100 * (i + 1), Seen: 6400 * at, Loss: 9}
		s.MeanLoss, s.MeanSamples = float64(i%3), 6400*(1+i%3)
		r.Steps = append(r.Steps, s)
	}
	x, y := r.losses()
	if len(x) != most || x[0] != 0.3 {
		t.Errorf("got %d points from %v on, want %d from 0.3 on", len(x), x[0], most)
	}
	for _, v := range y {
		if want := (1*2 + 2*3) / 6.; !(math.Abs(v-want) < 1e-12) {
			t.Fatalf("got %v, want %v: each counts as much as its samples", v, want)
		}
	}
	const title = "Training loss, step by step"
	if got := stepTitle([]Run{r, r}); got != title {
		t.Errorf("got %q", got)
	}
	old := r
	old.Steps = []runs.Step{{Epoch: 1, Step: 100, Loss: 2}, {Epoch: 1, Step: 200, Loss: 1}}
	if _, y := old.losses(); len(y) != 2 || y[0] != 2 || y[1] != 1 {
		t.Errorf("of single batches: got %v", y)
	}
	if got := stepTitle([]Run{old}); got != title+": single batches, one in 100" {
		t.Errorf("got %q", got)
	}
	if got := stepTitle([]Run{r, old}); !strings.Contains(got, "single batches") {
		t.Errorf("got %q", got)
	}
	old.Record = &runs.Record{}
	old.Record.LogEvery = 1 // every batch is there
	if got := stepTitle([]Run{old}); got != title {
		t.Errorf("got %q", got)
	}
}
