package schedules

import (
	"fmt"
	"slices"

	"anneal/internal/plural"
	"anneal/internal/spec"
)

// SequentialLR follows one schedule up to a milestone, then the next from its count 0, and so on:
//
//	Schedulers[i].At(base, count−Milestones[i−1])  for Milestones[i−1] ≤ count < Milestones[i]
//
// PyTorch's SequentialLR. Of milestones that are equal, only the part after the last one runs. The parts share one rate
// that they multiply, so PyTorch's numbers, and ours, depart from that line in two ways:
//   - MultiplicativeLR and SWALR go on from the rate that they find;
//   - OneCycleLR sets the base of all parts after it, and the rate they begin from; CyclicLR does as the first part.
//
// PyTorch 2.14 fails on a part that is itself a SequentialLR or a ChainedScheduler, and is a count ahead if it is the
// first part. Here such a part gives the rates that it gives alone.
type SequentialLR struct {
	Schedulers []Schedule // at least one, none that reads a metric
	Milestones []int      // one fewer than Schedulers; ≥ 0 and never falling
}

func (s *SequentialLR) settings() []spec.Setting {
	return []spec.Setting{
		nestedList("schedulers", &s.Schedulers),
		spec.Required("milestones", &s.Milestones).AtLeast(0),
	}
}

func (s SequentialLR) At(base float64, count int) float64 { return s.track(base, nil)(count).rate }

// MomentumAt returns the momentum, or false if no part cycles it.
func (s SequentialLR) MomentumAt(count int) (float64, bool) { return momentum(s.track(1, nil), count) }

func (s SequentialLR) track(base float64, _ *reductions) track { return replay(s, base, nil) }

func (s SequentialLR) Validate() error {
	if n := len(s.Schedulers); len(s.Milestones) != n-1 {
		return fmt.Errorf("SequentialLR: milestones is %v: want one fewer than the %s",
			s.Milestones, plural.Of(n, "scheduler"))
	}
	if err := spec.Validate("SequentialLR", s.settings()...); err != nil {
		return err
	}
	if !slices.IsSorted(s.Milestones) {
		return fmt.Errorf("SequentialLR: milestones is %v: want counts that never fall", s.Milestones)
	}
	return validParts("SequentialLR", s.Schedulers, 0)
}

func (s SequentialLR) String() string { return spec.Format("SequentialLR", s.settings()...) }

// ChainedScheduler follows several schedules at once, whose rates multiply:
//
//	ChainedScheduler([ConstantLR(0.1, 4), ExponentialLR(0.9)])
//	base·0.1·0.9ᶜᵒᵘⁿᵗ for count < 4, then base·0.9ᶜᵒᵘⁿᵗ
//
// If PyTorch has all parts, the rates are those of its ChainedScheduler, which steps the parts one after the other on
// one rate: a part that computes its rate from the base (LambdaLR, CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR, a
// SequentialLR at its milestones) overrides those before it, and CosineAnnealingLR adds to what it finds. If PyTorch
// lacks a part, such as WarmupLR, the rate is base·Π(Schedulers[i].At(base, count)/base).
//
// One part may be a ReduceLROnPlateau, which lowers the common rate. PyTorch refuses that, so that its programs step
// the two schedules by hand, in the order of the list.
type ChainedScheduler struct {
	Schedulers []Schedule // at least one, and at most one that reads a metric
}

func (s *ChainedScheduler) settings() []spec.Setting {
	return []spec.Setting{nestedList("schedulers", &s.Schedulers)}
}

func (s ChainedScheduler) At(base float64, count int) float64 { return s.track(base, nil)(count).rate }

// MomentumAt returns the momentum, or false if no part cycles it.
func (s ChainedScheduler) MomentumAt(count int) (float64, bool) {
	return momentum(s.track(1, nil), count)
}

func (s ChainedScheduler) track(base float64, r *reductions) track {
	if foreign(s) {
		return product(s.Schedulers, base, r)
	}
	return replay(s, base, r)
}

func (s ChainedScheduler) plateau() (ReduceLROnPlateau, int, bool) {
	for _, part := range s.Schedulers {
		if p, wait, ok := PlateauOf(part); ok {
			return p, wait, true
		}
	}
	return ReduceLROnPlateau{}, 0, false
}

func (s ChainedScheduler) Validate() error {
	return validParts("ChainedScheduler", s.Schedulers, 1)
}

func (s ChainedScheduler) String() string { return spec.Format("ChainedScheduler", s.settings()...) }

// momentum returns the momentum of t at count.
func momentum(t track, count int) (float64, bool) {
	p := t(count)
	return p.momentum, p.cycles
}

// validParts returns an error of the schedule of that name unless it can have such parts, of which so many may read a
// metric.
func validParts(name string, parts []Schedule, metrics int) error {
	if len(parts) == 0 {
		return fmt.Errorf("%s: schedulers is []: want at least one", name)
	}
	for i, s := range parts {
		if s == nil {
			return fmt.Errorf("%s: schedulers[%d] is nil: want a schedule", name, i)
		}
		if _, _, ok := PlateauOf(s); ok {
			if metrics--; metrics < 0 && name == "SequentialLR" {
				return fmt.Errorf("%s: schedulers[%d] is %s: want no schedule that reads a metric; "+
					"a WarmupLR may stand before one, and a ChainedScheduler hold one", name, i, s)
			} else if metrics < 0 {
				return fmt.Errorf("%s: schedulers[%d] is %s: want at most one schedule that reads a metric", name, i, s)
			}
		}
		if err := s.Validate(); err != nil {
			return err
		}
	}
	return nil
}
