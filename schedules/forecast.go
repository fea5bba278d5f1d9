package schedules

import (
	"math"
	"slices"
)

// Group is a parameter group: its rate follows Schedule, from Base.
type Group struct {
	Schedule Schedule
	Base     float64 // at least 0
}

// Forecast tells the rates of parameter groups at any count, as if no schedule observed another metric.
type Forecast struct {
	groups  int
	courses []course
}

// course is a schedule with the groups that follow it.
type course struct {
	driver *Driver
	groups []int
}

// NewForecast returns the forecast for groups. Groups whose schedules have one spec follow one schedule. The rate of a
// group is NaN if its schedule does not go with its groups.
func NewForecast(groups []Group) *Forecast {
	together := map[string][]int{} // the groups of each spec
	var specs []string
	for i, g := range groups {
		spec := g.Schedule.String()
		if together[spec] == nil {
			specs = append(specs, spec)
		}
		together[spec] = append(together[spec], i)
	}
	f := &Forecast{groups: len(groups)}
	for _, spec := range specs {
		members := together[spec]
		var bases []float64
		for _, i := range members {
			bases = append(bases, groups[i].Base)
		}
		if d, err := NewDriver(groups[members[0]].Schedule, bases); err == nil {
			f.courses = append(f.courses, course{d, members})
		}
	}
	return f
}

// Rates returns the rate of each group at count. In rising order of counts each takes the same short time.
func (f *Forecast) Rates(count int) []float64 {
	rates := slices.Repeat([]float64{math.NaN()}, f.groups)
	for _, c := range f.courses {
		for i, rate := range c.driver.Rates(count) {
			rates[c.groups[i]] = rate
		}
	}
	return rates
}
