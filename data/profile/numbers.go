package profile

import (
	"fmt"
	"math"

	"anneal/data"
)

// Numbers describe the numbers of a channel, a column or a field, before they were normalised. Those that are not
// finite are only counted. Without a finite number, Mean, Deviation, Min and Max are 0.
type Numbers struct {
	Name      string  `json:"name"`
	Count     int     `json:"count"` // finite ones
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"deviation"` // of all, divided by their number
	Min       float64 `json:"min"`
	Max       float64 `json:"max"`
	NaN       int     `json:"nan"`
	Inf       int     `json:"inf"`
}

// series is a channel of x or a field. A number of it is v·std + mean of v that a data set reads.
type series struct {
	name      string
	mean, std float64
}

func (s series) value(v float64) float64 { return v*s.std + s.mean }

// exact returns value without what rounding to float32 has added to a normalised number. It is never −0.
func (s series) exact(v float64) float64 {
	if s.mean == 0 && s.std == 1 {
		return v + 0
	}
	scale := math.Pow(10, 5-math.Floor(math.Log10(s.std)))
	return math.Round(s.value(v)*scale)/scale + 0
}

// seriesOf lists the channels of x, which come first, and the fields.
func seriesOf(set data.Dataset) (list []series, channels int) {
	facts := data.FactsOf(set)
	channels = set.Shape()[0]
	for c := range channels {
		s := series{name: channelName(facts, channels, c), std: 1}
		if n := len(facts.Mean); n > 0 && n == len(facts.Std) {
			s.mean, s.std = facts.Mean[min(c, n-1)], facts.Std[min(c, n-1)]
		}
		list = append(list, s)
	}
	for _, f := range data.FieldsOf(set) {
		s := series{name: f.Name, std: 1}
		if t := facts.Target; t != nil && f.Name == data.TargetName {
			s = series{t.Name, t.Mean, t.Std}
		}
		list = append(list, s)
	}
	return list, channels
}

// channelName returns what a channel of x is called.
func channelName(f data.Facts, channels, c int) string {
	at := c
	for _, column := range f.Columns {
		switch n := column.Width(); {
		case at >= n:
			at -= n
		case column.Categories == nil:
			return column.Name
		default:
			return column.Name + "=" + column.Categories[at]
		}
	}
	switch channels {
	case 1:
		return "x"
	case 3:
		return []string{"red", "green", "blue"}[c]
	}
	return fmt.Sprintf("x[%d]", c)
}

// sums are of numbers less the series' origin.
type sums struct {
	count, nan, inf int
	sum, squares    float64
	low, high       float64
}

func (a *sums) merge(b sums) {
	if b.count > 0 && (a.count == 0 || b.low < a.low) {
		a.low = b.low
	}
	if b.count > 0 && (a.count == 0 || b.high > a.high) {
		a.high = b.high
	}
	a.count += b.count
	a.nan += b.nan
	a.inf += b.inf
	a.sum += b.sum
	a.squares += b.squares
}

// numbers returns what the sums say of a series.
func (a sums) numbers(s series, origin float64) Numbers {
	n := Numbers{Name: s.name, Count: a.count, NaN: a.nan, Inf: a.inf}
	if a.count == 0 {
		return n
	}
	mean := a.sum / float64(a.count)
	n.Mean = s.value(origin + mean)
	n.Deviation = s.std * math.Sqrt(max(0, a.squares/float64(a.count)-mean*mean))
	n.Min, n.Max = s.exact(a.low), s.exact(a.high)
	return n
}

// add adds the sample.
func (s *scratch) add(r *reading, to []sums) {
	plane := r.size / r.xSeries
	for k := range r.xSeries {
		at := k * plane
		addNumbers(&to[k], s.x[at:at+plane], r.begin[k])
		widen(s.low[at:at+plane], s.high[at:at+plane], s.x[at:at+plane], s.x[at:at+plane])
	}
	for f, v := range s.fields {
		k := r.xSeries + f
		addNumbers(&to[k], v.Floats, r.begin[k])
		addNumbers(&to[k], v.Ints, r.begin[k])
	}
}

func addNumbers[T float32 | int32](to *sums, values []T, origin float64) {
	for _, value := range values {
		v := float64(value)
		switch {
		case math.IsNaN(v):
			to.nan++
			continue
		case math.IsInf(v, 0):
			to.inf++
			continue
		case to.count == 0:
			to.low, to.high = v, v
		}
		to.low, to.high = min(to.low, v), max(to.high, v)
		to.count++
		to.sum += v - origin
		to.squares += (v - origin) * (v - origin)
	}
}

// first returns a number of a series, 0 if that is not finite.
func (s *scratch) first(r *reading, k int) float64 {
	v := 0.0
	switch f := k - r.xSeries; {
	case f < 0:
		v = float64(s.x[k*r.size/r.xSeries])
	case len(s.fields[f].Ints) > 0:
		v = float64(s.fields[f].Ints[0])
	case len(s.fields[f].Floats) > 0:
		v = float64(s.fields[f].Floats[0])
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// extremes returns the lowest and the highest of no numbers, n times.
func extremes(n int) (low, high []float32) {
	low, high = make([]float32, n), make([]float32, n)
	for i := range low {
		low[i], high[i] = float32(math.Inf(1)), float32(math.Inf(-1))
	}
	return low, high
}

// widen makes low and high those of the numbers in more, too, NaN and infinite ones apart.
func widen(low, high, moreLow, moreHigh []float32) {
	for i := range low {
		if v := moreLow[i]; v < low[i] && v >= -math.MaxFloat32 {
			low[i] = v
		}
		if v := moreHigh[i]; v > high[i] && v <= math.MaxFloat32 {
			high[i] = v
		}
	}
}
