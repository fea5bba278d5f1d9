package live

import (
	"testing"

	"anneal/runs"
	"anneal/schedules"
)

// BenchmarkObserve is what a step costs the run.
func BenchmarkObserve(b *testing.B) {
	s := New("lenet", host)
	if err := s.Observe(start(schedules.Constant{}, runs.PerEpoch, 0.1)); err != nil {
		b.Fatal(err)
	}
	e := step(1, 0.5, 0.1)
	b.ReportAllocs()
	for b.Loop() {
		e.Step++
		if err := s.Observe(e); err != nil {
			b.Fatal(err)
		}
	}
}
