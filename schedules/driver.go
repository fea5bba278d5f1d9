package schedules

import (
	"fmt"
	"slices"

	"anneal/internal/spec"
)

// Driver serves any schedule to a training loop: it takes metrics, and gives rates and momentum by count. Counts may be
// asked for in any order; in rising order each takes the same short time. Only a ReduceLROnPlateau makes a Driver
// remember anything.
//
//	d, err := schedules.NewDriver(s, bases)
//	for count := range counts {
//		rates := d.Rates(count)  // one per group, for the update that follows
//		...
//		d.Observe(count, metric) // whenever there is a new metric
//	}
type Driver struct {
	schedule Schedule
	bases    []float64
	tracks   []track // one per group; a plateau alone holds the rates of its groups itself
	plateau  *Plateau
	wait     int  // counts of warm-up before the plateau observes
	chained  bool // the plateau is beside other schedules
}

// NewDriver returns a Driver of s for parameter groups with the rates bases: at least one, each finite and at least 0.
// The error is Validate's, or names the rate.
func NewDriver(s Schedule, bases []float64) (*Driver, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if len(bases) == 0 {
		return nil, fmt.Errorf("%s: no base rates: want one for each parameter group", s)
	}
	for _, base := range bases {
		if err := spec.Validate("schedules", spec.Required("base rate", &base).AtLeast(0)); err != nil {
			return nil, err
		}
	}
	if name := open(s); name != "" {
		return nil, fmt.Errorf("%s: the length is not given: want it, or that of a run, which Fit gives it", name)
	}
	d := &Driver{schedule: s, bases: slices.Clone(bases), chained: chained(s)}
	if settings, wait, ok := PlateauOf(s); ok {
		p, err := settings.New(bases)
		if err != nil {
			return nil, err
		}
		d.plateau, d.wait = p, wait
	}
	d.follow()
	return d, nil
}

// follow makes the tracks, which see the reductions so far.
func (d *Driver) follow() {
	d.tracks = nil
	for i, base := range d.bases {
		var r *reductions
		if d.chained {
			r = &reductions{d.plateau.state.Reductions, d.plateau.min[i]}
		}
		d.tracks = append(d.tracks, trackOf(d.schedule, base, r))
	}
}

// chained reports whether s has a plateau beside other schedules.
func chained(s Schedule) bool {
	switch s := s.(type) {
	case ChainedScheduler:
		_, _, ok := PlateauOf(s)
		return ok
	case wrapper:
		inner, _ := s.wrapped()
		return chained(inner)
	}
	return false
}

// Rates returns the rate of each group at count.
func (d *Driver) Rates(count int) []float64 {
	if d.plateau != nil && !d.chained {
		rates := d.plateau.Rates()
		for i, r := range rates {
			rates[i] = d.schedule.At(r, count)
		}
		return rates
	}
	rates := make([]float64, len(d.tracks))
	for i, t := range d.tracks {
		rates[i] = t(count).rate
	}
	return rates
}

// Momentum returns the momentum of every group at count, and false if the schedule leaves it alone.
func (d *Driver) Momentum(count int) (float64, bool) { return momentum(d.tracks[0], count) }

// Observe gives the schedule a metric that was measured after the update at count, and reports whether that lowered a
// rate. Only a plateau whose warm-up is over uses the metric.
func (d *Driver) Observe(count int, metric float64) (lowered bool) {
	if d.plateau == nil || count < d.wait {
		return false
	}
	if !d.chained {
		return d.plateau.Observe(metric)
	}
	if !d.plateau.due(metric) {
		return false
	}
	before := d.Rates(count + 1)
	list := &d.plateau.state.Reductions
	i, _ := slices.BinarySearch(*list, count+1)
	*list = slices.Insert(*list, i, count)
	d.follow()
	return !slices.Equal(before, d.Rates(count+1))
}

// State returns what d remembers, or nil if the schedule has no plateau.
func (d *Driver) State() *PlateauState {
	if d.plateau == nil {
		return nil
	}
	st := d.plateau.State()
	return &st
}

// Restore makes d go on from st, which a Driver of the same schedule returned. A state for other groups, or of another
// kind of schedule, is an error.
func (d *Driver) Restore(st *PlateauState) error {
	if (d.plateau == nil) != (st == nil) {
		return fmt.Errorf("%s: the state is not of this schedule", d.schedule)
	}
	if st == nil {
		return nil
	}
	err := d.plateau.Restore(*st)
	d.follow()
	return err
}
