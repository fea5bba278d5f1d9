package train

import (
	"math"
	"testing"
)

// curveOf is the curve of a sweep of steps whose smoothed loss is f of the step.
func curveOf(steps, points int, f func(k float64) float64) *RateCurve {
	c := &RateCurve{steps: steps}
	for k := range points {
		rate := Sweep{From: 1e-5, To: 10, Steps: steps}.rate(k)
		c.Points = append(c.Points, RatePoint{rate, f(float64(k)), f(float64(k))})
	}
	return c
}

// TestSuggestions wants what fastai's valley and steep gave, and lr_find's choice of points, on the same curves.
func TestSuggestions(t *testing.T) {
	for _, c := range []struct {
		name                     string
		steps, points            int
		loss                     func(k float64) float64
		steepest, valley, lowest int // steps, -1: none
	}{
		{"dip", 200, 190, func(k float64) float64 {
			return 2.3 - 1.5/(1+math.Exp((100-k)/8)) + math.Pow(max(0, k-150), 2)/300
		}, 100, 83, 150},
		{"ripple", 200, 200, func(k float64) float64 { return 2.3 - 0.01*k + 0.05*math.Sin(k*0.7) }, 22, 153, 196},
		{"wave", 100, 100, func(k float64) float64 { return 2.3 + 0.3*math.Sin(k/9) - k/150 }, 28, 73, 99},
		{"rising", 200, 200, func(k float64) float64 { return 2.3 + 0.01*k }, -1, -1, 0},
		{"flat", 200, 200, func(float64) float64 { return 2.3 }, -1, -1, 0},
		{"too short", 200, 25, func(k float64) float64 { return 2.3 - k }, -1, -1, 24},
		{"two points", 2, 2, func(k float64) float64 { return 2.3 - k }, -1, -1, 1},
	} {
		curve := curveOf(c.steps, c.points, c.loss)
		check := func(rule string, p RatePoint, ok bool, want int) {
			if ok != (want >= 0) || ok && p != curve.Points[want] {
				t.Errorf("%s: %s: got %v, %v, want point %d", c.name, rule, p, ok, want)
			}
		}
		p, ok := curve.Steepest()
		check("steepest", p, ok, c.steepest)
		p, ok = curve.Valley()
		check("valley", p, ok, c.valley)
		check("lowest", curve.Lowest(), true, c.lowest)
	}
}

func TestSmoothing(t *testing.T) {
	losses := []float64{2, 3, 1, 0.5, 4, 9, 70}
	var c RateCurve
	for n, loss := range losses {
		c.add(1, loss)
		sum, weights := 0.0, 0.0
		for i, l := range losses[:n+1] {
			w := math.Pow(0.98, float64(n-i))
			sum, weights = sum+w*l, weights+w
		}
		if got := c.Points[n].Smooth; !(math.Abs(got-sum/weights) <= 1e-13) || c.Points[n].Loss != loss {
			t.Errorf("after %d: got %v, want %v", n+1, got, sum/weights)
		}
		if want := n == 6; c.Diverged != want { // four times the lowest is 6.6
			t.Errorf("after %d: diverged is %v", n+1, c.Diverged)
		}
	}
	for _, loss := range []float64{math.NaN(), math.Inf(1)} {
		if c := (RateCurve{Points: []RatePoint{{1, 2, 2}}}); true {
			if c.add(1, loss); !c.Diverged || c.Lowest().Smooth != 2 {
				t.Errorf("a loss of %v: got %+v", loss, c)
			}
		}
	}
}
