package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// span is the range of an axis.
type span struct{ min, max float64 }

// least is the missing share at which a logarithmic Share axis draws 1.
const least = 5e-5

// shows reports whether a can show v at all: a finite number, and with Log above 0, beyond what anyone plots.
func (a Axis) shows(v float64) bool {
	if a.Log && a.Share {
		return v >= 0 && v <= 1
	}
	return math.Abs(v) < 1e150 && (!a.Log || v > 1e-150)
}

// span returns the range for the values that a can show.
func (a Axis) span(values []float64) span {
	s := span{math.Inf(1), math.Inf(-1)}
	for _, v := range values {
		if a.shows(v) {
			s.min, s.max = min(s.min, v), max(s.max, v)
		}
	}
	switch {
	case s.min > s.max && a.Log && a.Share:
		return span{0, 0.9}
	case s.min > s.max:
		return span{1, 10}
	}
	if a.Log && a.Share {
		missing := Axis{Log: true}.span([]float64{max(1-s.max, least), max(1-s.min, least)})
		return span{1 - missing.max, 1 - missing.min}
	}
	if a.Log {
		if s.max/s.min < 1.5 {
			s.min, s.max = s.min/1.5, s.max*1.5
		}
		return s
	}
	largest := max(math.Abs(s.min), math.Abs(s.max), 1e-12)
	if s.max-s.min < 1e-9*largest {
		return span{s.min - largest/2, s.max + largest/2}
	}
	if 0 < s.min && s.min < s.max/2 {
		s.min = 0
	}
	return s
}

// wider returns s with room above it, and with room below it unless s begins at 0.
func (a Axis) wider(s span) span {
	const room = 0.04
	if a.Log && a.Share {
		missing := Axis{Log: true}.wider(span{1 - s.max, 1 - s.min})
		return span{1 - missing.max, 1 - missing.min}
	}
	if a.Log {
		f := math.Pow(s.max/s.min, room)
		return span{s.min / f, s.max * f}
	}
	gap := room * (s.max - s.min)
	if s.min != 0 {
		s.min -= gap
	}
	return span{s.min, s.max + gap}
}

// labelled returns s, widened until at least two of its ticks have labels.
func (a Axis) labelled(s span) span {
	if !a.Log || a.Ticks != nil {
		return s
	}
	for range 8 {
		labels := 0
		for _, t := range (ticker{log: a.Log, share: a.Share}).Ticks(s.min, s.max) {
			if t.Label != "" {
				labels++
			}
		}
		if labels >= 2 {
			break
		}
		if a.Share {
			s = span{1 - 1.3*(1-s.min), 1 - (1-s.max)/1.3}
		} else {
			s = span{s.min / 1.3, s.max * 1.3}
		}
	}
	return s
}

// ticker places an axis' ticks.
type ticker struct {
	log, share bool
	whole      bool      // no ticks between integers
	at         []float64 // where ticks must be; nil: at round numbers
}

// Ticks returns the ticks from low to high.
func (t ticker) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	switch {
	case t.at != nil:
		for _, v := range t.at {
			ticks = append(ticks, plot.Tick{Value: v, Label: label(v)})
		}
	case t.log && t.share:
		ticks = logTicks(max(1-high, least/2), 1-low)
		for i := range ticks {
			ticks[i].Value = 1 - ticks[i].Value
		}
		slices.Reverse(ticks)
	case t.log:
		ticks = logTicks(low, high)
	default:
		ticks = linearTicks(low, high)
	}
	if between := func(t plot.Tick) bool { return t.Value != math.Trunc(t.Value) }; t.whole && !t.log && high-low >= 1 {
		ticks = slices.DeleteFunc(ticks, between)
	}
	for i := range ticks {
		if t.share && ticks[i].Label != "" {
			ticks[i].Label = strconv.FormatFloat(100*ticks[i].Value, 'g', 6, 64) + "%"
		}
	}
	return ticks
}

// missing is the scale of an axis that is logarithmic in 1 − v.
type missing struct{}

// Normalize returns where x is between low, at 0, and high, at 1.
func (missing) Normalize(low, high, x float64) float64 {
	at := func(v float64) float64 { return -math.Log(max(1-v, least/10)) }
	return (at(x) - at(low)) / (at(high) - at(low))
}

// linearTicks returns ticks at multiples of 1, 2 or 5 times a power of ten, at most 9 of them.
func linearTicks(low, high float64) []plot.Tick {
	step := math.Pow10(int(math.Floor(math.Log10((high - low) / 8))))
	for _, f := range []float64{2, 2.5, 2} { // 1, 2, 5, 10
		if (high-low)/step <= 8 {
			break
		}
		step *= f
	}
	var ticks []plot.Tick
	for k := math.Ceil(low/step - 1e-9); k*step <= high+1e-9*step; k++ {
		// The shortest text is that of the rounded product: 0.3, not 0.30000000000000004.
		v, _ := strconv.ParseFloat(strconv.FormatFloat(k*step, 'g', 12, 64), 64)
		ticks = append(ticks, plot.Tick{Value: v + 0, Label: label(v + 0)}) // + 0 makes 0 of −0
	}
	return ticks
}

// logTicks returns ticks at all single digits times powers of ten. The powers have labels. If the powers are few, 2
// and 5 times a power have labels too; if that leaves fewer than two labels, all ticks have them.
func logTicks(low, high float64) []plot.Tick {
	decades := math.Log10(high / low)
	every := int(math.Ceil(decades / 10)) // of the powers
	var ticks []plot.Tick
	labels := 0
	for e := int(math.Floor(math.Log10(low))); math.Pow10(e) <= high; e++ {
		for digit := 1.0; digit <= 9; digit++ {
			v := digit * math.Pow10(e)
			if v < low || v > high {
				continue
			}
			tick := plot.Tick{Value: v}
			if digit == 1 && e%every == 0 || decades < 3 && (digit == 2 || digit == 5) || decades < 0.5 {
				tick.Label = label(v)
				labels++
			}
			ticks = append(ticks, tick)
		}
	}
	if labels < 2 {
		for i := range ticks {
			ticks[i].Label = label(ticks[i].Value)
		}
	}
	return ticks
}

// label returns a tick's value as text: 0.001, 0.25, 200, 1e-5, 1e6.
func label(v float64) string {
	if v == 0 || 0.999e-3 < math.Abs(v) && math.Abs(v) < 1e6 {
		return strconv.FormatFloat(v, 'g', 12, 64)
	}
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	e, _ := strconv.Atoi(exponent)
	return digits + "e" + strconv.Itoa(e)
}
