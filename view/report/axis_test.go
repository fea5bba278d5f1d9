package report

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		log       bool
		want      string // the labels
	}{
		{0, 1, false, "0 0.2 0.4 0.6 0.8 1"},
		{0, 0.3, false, "0 0.05 0.1 0.15 0.2 0.25 0.3"},
		{-0.1, 0.1, false, "-0.1 -0.05 0 0.05 0.1"},
		{0, 40, false, "0 5 10 15 20 25 30 35 40"},
		{0, 9380, false, "0 2000 4000 6000 8000"},
		{2e-5, 9e-5, false, "2e-5 3e-5 4e-5 5e-5 6e-5 7e-5 8e-5 9e-5"},
		{1e-5, 10, true, "1e-5 1e-4 0.001 0.01 0.1 1 10"},
		{0.03, 0.7, true, "0.05 0.1 0.2 0.5"},
		{0.018, 0.065, true, "0.02 0.05"},
		{0.026, 0.085, true, "0.03 0.04 0.05 0.06 0.07 0.08"},
		{2.1, 2.4, true, ""},
		{3, 9, true, "3 4 5 6 7 8 9"},
		{1e-20, 1e20, true, "1e-20 1e-16 1e-12 1e-8 1e-4 1 10000 1e8 1e12 1e16 1e20"},
	} {
		var labels []string
		for _, tick := range (ticker{log: c.log}).Ticks(c.low, c.high) {
			if tick.Value < c.low-1e-9 || tick.Value > c.high+1e-9 {
				t.Errorf("%g to %g: a tick at %g", c.low, c.high, tick.Value)
			}
			if tick.Label != "" {
				labels = append(labels, tick.Label)
			}
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%g to %g, log %v: got %s, want %s", c.low, c.high, c.log, got, c.want)
		}
	}
}

// An axis with ticks of its own has no others.
func TestOwnTicks(t *testing.T) {
	ticks := ticker{log: true, at: []float64{2, 4, 256}}.Ticks(2, 256)
	if len(ticks) != 3 || ticks[1].Value != 4 || ticks[2].Label != "256" {
		t.Errorf("got %v, want ticks at 2, 4 and 256", ticks)
	}
}

// TestShareAxis checks an axis that is logarithmic in what is missing to 1.
func TestShareAxis(t *testing.T) {
	a := Axis{Log: true, Share: true}
	for v, want := range map[float64]bool{0: true, 0.5: true, 1: true, -0.1: false, 1.1: false, math.NaN(): false} {
		if got := a.shows(v); got != want {
			t.Errorf("shows %v: got %v, want %v", v, got, want)
		}
	}
	var labels []string
	for _, tick := range (ticker{log: true, share: true}).Ticks(0.05, 0.996) {
		if tick.Label != "" {
			labels = append(labels, tick.Label)
		}
	}
	if got, want := strings.Join(labels, " "), "50% 80% 90% 95% 98% 99% 99.5%"; got != want {
		t.Errorf("got ticks %s, want %s", got, want)
	}
	// Nine tenths of what is missing are gone over each half of an axis from 90 to 99.9 %.
	for v, want := range map[float64]float64{0.9: 0, 0.99: 0.5, 0.999: 1, 1 - 0.1/math.Sqrt(10): 0.25} {
		if got := (missing{}).Normalize(0.9, 0.999, v); !(math.Abs(got-want) < 1e-9) {
			t.Errorf("%v is at %v of the axis, want %v", v, got, want)
		}
	}
	for _, values := range [][]float64{nil, {1}, {0}, {0, 1}, {0.98, 0.98}} {
		s := a.wider(a.span(values))
		if !(s.min < s.max && s.max < 1) {
			t.Errorf("%v: got an axis from %v to %v", values, s.min, s.max)
		}
		if n := len((ticker{log: true, share: true}).Ticks(s.min, s.max)); n > 60 {
			t.Errorf("%v: got %d ticks", values, n)
		}
	}
}

func TestSpan(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		values []float64
		log    bool
		want   span
	}{
		{[]float64{2, 5, nan, -inf, 3}, false, span{0, 5}},
		{[]float64{4, 5}, false, span{4, 5}},
		{[]float64{-1, 5}, false, span{-1, 5}},
		{[]float64{0.1, 10, -3, 0}, true, span{0.1, 10}},
		{[]float64{2, 2}, false, span{1, 3}},
	} {
		if got := (Axis{Log: c.log}).span(c.values); got != c.want {
			t.Errorf("%v, log %v: got %v, want %v", c.values, c.log, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	long := "SequentialLR(schedulers=[LinearLR(start_factor=0.1), CosineAnnealingLR(T_max=35), " +
		"ExponentialLR(gamma=0.9)], milestones=[5, 40])"
	lines := wrap(long)
	if len(lines) != 2 || strings.ReplaceAll(strings.Join(lines, ""), ",     ", ", ") != long {
		t.Errorf("got %q", lines)
	}
	if got := wrap("StepLR(step_size=5, gamma=0.1)"); !slices.Equal(got, []string{"StepLR(step_size=5, gamma=0.1)"}) {
		t.Errorf("got %q", got)
	}
}

// An axis has two labels at least.
func TestTwoLabels(t *testing.T) {
	for _, a := range []Axis{{}, {Log: true}, {Log: true, Share: true}} {
		for _, values := range [][]float64{
			{0.2}, {0.23, 0.24}, {0.101, 0.15}, {0.9913, 0.9921}, {0.5, 0.50001}, {1e-5}, {0.98, 0.985},
		} {
			s := a.labelled(a.wider(a.span(values)))
			labels := 0
			for _, tick := range (ticker{log: a.Log, share: a.Share}).Ticks(s.min, s.max) {
				if tick.Label != "" {
					labels++
				}
			}
			if labels < 2 {
				t.Errorf("%+v, %v: %d labels from %v to %v", a, values, labels, s.min, s.max)
			}
		}
	}
}
