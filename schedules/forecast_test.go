package schedules

import (
	"math"
	"testing"
)

// Groups of one spec share a schedule, and one whose schedule needs other groups has no rate.
func TestForecast(t *testing.T) {
	plateau := ReduceLROnPlateau{Mode: "min", ThresholdMode: "rel", MinLR: []float64{0, 0, 0}}
	f := NewForecast([]Group{{StepLR{1, 0.5}, 0.1}, {plateau, 0.2}, {ExponentialLR{0.5}, 0.3}, {StepLR{1, 0.5}, 0.4}})
	want := []float64{0.025, math.NaN(), 0.075, 0.1}
	for i, got := range f.Rates(2) {
		if !near(got, want[i]) && !math.IsNaN(want[i]) || math.IsNaN(got) != math.IsNaN(want[i]) {
			t.Errorf("group %d: got rate %v, want %v", i, got, want[i])
		}
	}
}
