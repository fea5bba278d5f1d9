package finder

import (
	"math"
	"testing"
)

// curveOf is the curve of a sweep of steps whose smoothed loss is f of the step.
func curveOf(steps, points int, f func(k float64) float64) *Curve {
	c := &Curve{steps: steps}
	for k := range points {
		rate := Search{From: 1e-5, To: 10, Steps: steps}.rate(k)
		c.Points = append(c.Points, Point{rate, f(float64(k)), f(float64(k))})
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
		check := func(rule string, p Point, ok bool, want int) {
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

// TestSmoothing wants the centre of a symmetric dip where it is. A mean of earlier losses finds it 20 steps later.
func TestSmoothing(t *testing.T) {
	dip := func(k float64) float64 { return 2.3 - 2*math.Exp(-(k-120)*(k-120)/200) }
	c := curveOf(200, 200, dip)
	c.smooth()
	if lowest := c.Lowest(); lowest != c.Points[120] || !(lowest.Smooth > 0.3 && lowest.Smooth < 0.5) {
		t.Errorf("got %+v, want %+v with a smoothed loss a little above 0.3", lowest, c.Points[120])
	}
	for i, p := range c.Points {
		if want := c.Points[max(0, 240-i)%200].Smooth; i >= 60 && i <= 180 && !(math.Abs(p.Smooth-want) <= 1e-12) {
			t.Errorf("point %d: got %v, want the %v of its mirror image", i, p.Smooth, want)
		}
	}
	flat := curveOf(30, 30, func(float64) float64 { return 2.3 })
	flat.Points[29].Loss = math.Inf(1)
	flat.smooth()
	for _, p := range flat.Points[:29] {
		if !(math.Abs(p.Smooth-2.3) <= 1e-12) {
			t.Errorf("a constant loss: got %v", p.Smooth)
		}
	}
	if last := flat.Points[29].Smooth; !math.IsInf(last, 1) {
		t.Errorf("an infinite loss: got %v", last)
	}
}

// TestDiverged wants the end of a sweep when the running mean of the losses is above four times its lowest.
func TestDiverged(t *testing.T) {
	var c Curve
	for n, loss := range []float64{2, 3, 1, 0.5, 4, 9, 70} {
		c.add(1, loss)
		if want := n == 6; c.Diverged != want { // the lowest mean is 1.5
			t.Errorf("after %d losses: diverged is %v, running mean %v, lowest %v", n+1, c.Diverged, c.running, c.lowest)
		}
	}
	for _, loss := range []float64{math.NaN(), math.Inf(1)} {
		c := Curve{}
		c.add(1, 2)
		if c.add(1, loss); !c.Diverged || c.Lowest().Loss != 2 {
			t.Errorf("a loss of %v: got %+v", loss, c)
		}
	}
}
