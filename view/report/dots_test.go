package report

import (
	"math"
	"testing"
)

// Results that differ by rounding have an axis, too.
func TestScaleOfNearlyEqual(t *testing.T) {
	for _, m := range []measure{byLoss, byAccuracy} {
		for _, values := range [][]float64{{0, 0}, {0.3, math.Nextafter(0.3, 1)}, {1, math.Nextafter(1, 0)}} {
			s := newScale(values, m)
			if x, n := s.at(values[0]), len(s.ticks()); !(x >= 4 && x <= 96) || n == 0 || n > 20 {
				t.Errorf("%s %v: got place %v and %d ticks", m, values, x, n)
			}
		}
	}
}
