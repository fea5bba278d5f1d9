package schedules

import (
	"fmt"

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
	tracks   []track // one per group; a plateau holds the rates of its groups itself
	plateau  *Plateau
	wait     int // counts of warm-up before the plateau observes
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
	d := &Driver{schedule: s}
	if settings, wait, ok := PlateauOf(s); ok {
		p, err := settings.New(bases)
		if err != nil {
			return nil, err
		}
		d.plateau, d.wait = p, wait
	}
	for _, base := range bases {
		d.tracks = append(d.tracks, trackOf(s, base))
	}
	return d, nil
}

// Rates returns the rate of each group at count.
func (d *Driver) Rates(count int) []float64 {
	if d.plateau != nil {
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
	return d.plateau != nil && count >= d.wait && d.plateau.Observe(metric)
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
	return d.plateau.Restore(*st)
}
