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
// PyTorch's SequentialLR. Its parts share one rate that they multiply, so its numbers, and ours, depart from that line:
//   - of milestones that are equal, only the part after the last one runs, and a part whose milestone is 0 goes on from
//     the first rate of the part before it;
//   - MultiplicativeLR goes on from the rate it finds;
//   - OneCycleLR sets the base of all parts after it, and the rate they begin from; CyclicLR does as the first part;
//   - a SequentialLR as the first part is one count ahead.
//
// Where PyTorch fails, on a ChainedScheduler as a part, or a SequentialLR as one after the first, the part begins at
// its own count 0. At replays all counts up to the one asked for; a Driver goes on from the last one.
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

func (s SequentialLR) At(base float64, count int) float64 { return s.track(base)(count).rate }

// MomentumAt returns the momentum, or false if no part cycles it.
func (s SequentialLR) MomentumAt(count int) (float64, bool) { return momentum(s.track(1), count) }

func (s SequentialLR) track(base float64) track { return replay(s, base) }

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
	return validParts("SequentialLR", s.Schedulers)
}

func (s SequentialLR) String() string { return spec.Format("SequentialLR", s.settings()...) }

// ChainedScheduler steps several schedules one after the other on the same rate, so that their factors multiply:
//
//	ChainedScheduler([ConstantLR(0.1, 4), ExponentialLR(0.9)])
//	base·0.1·0.9ᶜᵒᵘⁿᵗ for count < 4, then base·0.9ᶜᵒᵘⁿᵗ
//
// PyTorch's ChainedScheduler. As there, a part that computes its rate from the base (LambdaLR,
// CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR) overrides those before it, and CosineAnnealingLR adds to what it
// finds. A part that PyTorch lacks multiplies by the ratio of its rates. At replays all counts up to the one asked for;
// a Driver goes on from the last one.
type ChainedScheduler struct {
	Schedulers []Schedule // at least one, none that reads a metric
}

func (s *ChainedScheduler) settings() []spec.Setting {
	return []spec.Setting{nestedList("schedulers", &s.Schedulers)}
}

func (s ChainedScheduler) At(base float64, count int) float64 { return s.track(base)(count).rate }

// MomentumAt returns the momentum, or false if no part cycles it.
func (s ChainedScheduler) MomentumAt(count int) (float64, bool) { return momentum(s.track(1), count) }

func (s ChainedScheduler) track(base float64) track { return replay(s, base) }

func (s ChainedScheduler) Validate() error {
	return validParts("ChainedScheduler", s.Schedulers)
}

func (s ChainedScheduler) String() string { return spec.Format("ChainedScheduler", s.settings()...) }

// momentum returns the momentum of t at count.
func momentum(t track, count int) (float64, bool) {
	p := t(count)
	return p.momentum, p.cycles
}

// validParts returns an error of the schedule of that name unless it can have such parts.
func validParts(name string, parts []Schedule) error {
	if len(parts) == 0 {
		return fmt.Errorf("%s: schedulers is []: want at least one", name)
	}
	for i, s := range parts {
		if s == nil {
			return fmt.Errorf("%s: schedulers[%d] is nil: want a schedule", name, i)
		}
		if _, _, ok := PlateauOf(s); ok {
			return fmt.Errorf("%s: schedulers[%d] is %s: want no schedule that reads a metric; "+
				"a WarmupLR may stand before one", name, i, s)
		}
		if err := s.Validate(); err != nil {
			return err
		}
	}
	return nil
}
