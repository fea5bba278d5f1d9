package live

import (
	"math"
	"testing"
	"time"

	"anneal/runs"
	"anneal/schedules"
)

// A point is the mean over the samples of its steps, whether it comes from updates or from lines of metrics.jsonl.
func TestPointsCountSamples(t *testing.T) {
	large, small := step(1, 1, 0.1), step(2, 4, 0.1)
	large.Samples, small.Samples = 64, 32
	large.MeanLoss, large.MeanSamples = 1, 64
	small.MeanLoss, small.MeanSamples = 2, 96
	small.EpochLoss = 2
	h := newHistory("lenet", time.Now)
	add(t, h, start(schedules.Constant{}, runs.PerEpoch, 0.1))
	h.stride = 2
	add(t, h, large, small)
	if u, _ := h.since(0); u.Steps.Loss[0] != 2 || u.Steps.Samples[0] != 96 || u.State.Loss != 2 {
		t.Errorf("updates: got %+v, %v", *u.Steps, u.State.Loss)
	}

	h = newHistory("lenet", time.Now)
	add(t, h, start(schedules.Constant{}, runs.PerEpoch, 0.1))
	h.stride = 2
	large.Samples, small.Samples = 0, 0 // as in metrics.jsonl
	small.MeanLoss, small.MeanSamples = 3, 192
	add(t, h, large, small)
	if u, _ := h.since(0); !(math.Abs(float64(u.Steps.Loss[0])-2.5) < 1e-6) || u.Steps.Samples[0] != 256 {
		t.Errorf("lines: got %+v", *u.Steps)
	}
}
