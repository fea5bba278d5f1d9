package schedules

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"anneal/internal/plural"
	"anneal/internal/spec"
)

// ReduceLROnPlateau multiplies the rate by Factor when a metric has not got better for more than Patience observations.
// A metric is better than the best so far, b, if it is
//
//	below b·(1−Threshold)  (min, rel)     below b−Threshold  (min, abs)
//	above b·(1+Threshold)  (max, rel)     above b+Threshold  (max, abs)
//
// PyTorch's ReduceLROnPlateau, with its consequences: a metric that is not a number is never better, and with rel and a
// negative b the bound lies on the wrong side, so that every metric near b is better. The value holds the settings, New
// makes what observes. At is the rate while nothing has been observed: the base.
//
// Keras's plateau counts the same words otherwise: its patience p, cooldown c and min_delta d are here patience p−1,
// cooldown c−1 (both at least 0), threshold d, threshold_mode 'abs' and eps 0. Parse translates a line of Keras's.
type ReduceLROnPlateau struct {
	Mode          string    // min or max; min in a spec without it
	Factor        float64   // 0 ≤ Factor < 1; 0.1 in a spec without it
	Patience      int       // ≥ 0; 10 in a spec without it
	Threshold     float64   // ≥ 0; 1e-4 in a spec without it
	ThresholdMode string    // rel or abs; rel in a spec without it
	Cooldown      int       // ≥ 0, observations after a reduction that do not count as bad; 0 in a spec without it
	MinLR         []float64 // each ≥ 0, one for all groups or one a group; 0 in a spec without it
	Eps           float64   // ≥ 0, a rate that would drop by no more is left alone; 1e-8 in a spec without it
}

func (s *ReduceLROnPlateau) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("mode", &s.Mode, "min").OneOf("min", "max"),
		spec.Optional("factor", &s.Factor, 0.1).AtLeast(0).Below(1),
		spec.Optional("patience", &s.Patience, 10).AtLeast(0),
		spec.Optional("threshold", &s.Threshold, 1e-4).AtLeast(0),
		spec.Optional("threshold_mode", &s.ThresholdMode, "rel").OneOf("rel", "abs"),
		spec.Optional("cooldown", &s.Cooldown, 0).AtLeast(0),
		spec.Optional("min_lr", &s.MinLR, []float64{0}).AtLeast(0),
		spec.Optional("eps", &s.Eps, 1e-8).AtLeast(0),
	}
}

func (s ReduceLROnPlateau) At(base float64, _ int) float64 { return base }

func (s ReduceLROnPlateau) Validate() error {
	if len(s.MinLR) == 0 {
		return fmt.Errorf("ReduceLROnPlateau: min_lr is []: want one rate, or one for each group")
	}
	return valid("ReduceLROnPlateau", s.settings())
}

func (s ReduceLROnPlateau) String() string { return spec.Format("ReduceLROnPlateau", s.settings()...) }

func (s ReduceLROnPlateau) plateau() (ReduceLROnPlateau, int, bool) { return s, 0, true }

// PlateauOf returns the ReduceLROnPlateau that s is or contains, and the number of counts of warm-up before it observes
// metrics.
func PlateauOf(s Schedule) (p ReduceLROnPlateau, warmup int, ok bool) {
	if has, is := s.(interface {
		plateau() (ReduceLROnPlateau, int, bool)
	}); is {
		return has.plateau()
	}
	return p, 0, false
}

// Plateau watches a metric and lowers rates.
type Plateau struct {
	settings ReduceLROnPlateau
	min      []float64
	state    PlateauState
}

// PlateauState is what a Plateau remembers. It goes through JSON unchanged.
type PlateauState struct {
	Rates    []float64 `json:"rates"`    // one a group
	Best     Metric    `json:"best"`     // +Inf (min) or -Inf (max) before any
	Bad      int       `json:"bad"`      // observations since the last that was better
	Cooldown int       `json:"cooldown"` // observations left of it
	// Reductions are the counts after whose updates the plateau of a ChainedScheduler lowered the rate, which Rates does
	// not have there.
	Reductions []int `json:"reductions,omitempty"`
}

// Metric is a float64 that is text in JSON, which has no infinities.
type Metric float64

// MarshalText writes the fewest digits that read back to m.
func (m Metric) MarshalText() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(m), 'g', -1, 64), nil
}

// UnmarshalText reads what MarshalText writes.
func (m *Metric) UnmarshalText(text []byte) error {
	x, err := strconv.ParseFloat(string(text), 64)
	*m = Metric(x)
	return err
}

// New returns a Plateau whose groups start at the rates bases. The error is Validate's, or that MinLR has neither one
// rate nor one a group.
func (s ReduceLROnPlateau) New(bases []float64) (*Plateau, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	low := s.MinLR
	if len(low) == 1 {
		low = slices.Repeat(low, len(bases))
	}
	if len(low) != len(bases) {
		return nil, fmt.Errorf("ReduceLROnPlateau: min_lr has %s: want one, or one for each of %s",
			plural.Of(len(low), "rate"), plural.Of(len(bases), "group"))
	}
	best := math.Inf(1)
	if s.Mode == "max" {
		best = math.Inf(-1)
	}
	return &Plateau{s, low, PlateauState{Rates: slices.Clone(bases), Best: Metric(best)}}, nil
}

// Rates returns the current rate of each group.
func (p *Plateau) Rates() []float64 { return slices.Clone(p.state.Rates) }

// Observe takes the next metric and tells whether it lowered a rate.
func (p *Plateau) Observe(metric float64) (lowered bool) {
	if !p.due(metric) {
		return false
	}
	for i, rate := range p.state.Rates {
		p.state.Rates[i] = p.settings.lower(rate, p.min[i])
		lowered = lowered || p.state.Rates[i] < rate
	}
	return lowered
}

// due takes the next metric and tells whether a reduction is due.
func (p *Plateau) due(metric float64) bool {
	st := &p.state
	if p.better(metric, float64(st.Best)) {
		st.Best, st.Bad = Metric(metric), 0
	} else {
		st.Bad++
	}
	if st.Cooldown > 0 {
		st.Cooldown--
		st.Bad = 0
	}
	if st.Bad <= p.settings.Patience {
		return false
	}
	st.Bad, st.Cooldown = 0, p.settings.Cooldown
	return true
}

func (p *Plateau) better(metric, best float64) bool {
	margin := p.settings.Threshold
	if p.settings.Mode == "min" {
		margin = -margin
	}
	bound := best + margin
	if p.settings.ThresholdMode == "rel" {
		bound = best * (1 + margin)
	}
	if p.settings.Mode == "min" {
		return metric < bound
	}
	return metric > bound
}

// State returns a copy of what p remembers.
func (p *Plateau) State() PlateauState {
	st := p.state
	st.Rates, st.Reductions = p.Rates(), slices.Clone(st.Reductions)
	return st
}

// Restore makes p go on from st, which a Plateau of the same settings returned. Another number of groups is an error.
func (p *Plateau) Restore(st PlateauState) error {
	if len(st.Rates) != len(p.min) {
		return fmt.Errorf("ReduceLROnPlateau: the state has %s: want %d", plural.Of(len(st.Rates), "group"), len(p.min))
	}
	st.Rates, st.Reductions = slices.Clone(st.Rates), slices.Clone(st.Reductions)
	p.state = st
	return nil
}
