package schedules

import (
	"math"
	"slices"
)

// composite reports whether s has parts that share a rate.
func composite(s Schedule) bool {
	switch s.(type) {
	case SequentialLR, ChainedScheduler:
		return true
	}
	return false
}

// foreign reports whether PyTorch lacks s, or one of its parts, or fails on it.
func foreign(s Schedule) bool {
	switch s := s.(type) {
	case Constant, LambdaLR, MultiplicativeLR, StepLR, MultiStepLR, ConstantLR, LinearLR, ExponentialLR,
		CosineAnnealingLR, CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR, ReduceLROnPlateau, SWALR:
		return false
	case PolynomialLR:
		return s.EndLR != 0
	case ChainedScheduler:
		return slices.ContainsFunc(s.Schedulers, foreign)
	case SequentialLR:
		return slices.ContainsFunc(s.Schedulers, func(part Schedule) bool { return composite(part) || foreign(part) })
	}
	return true
}

// product returns the track of a chain whose parts' rates multiply:
//
//	base·Π(parts[i].At(base, count)/base)
//
// A plateau among the parts lowers that product.
func product(parts []Schedule, base float64, r *reductions) track {
	unit := base
	if base == 0 {
		unit = 1 // the factors of a rate that is 0
	}
	tracks := make([]track, len(parts))
	var plateau ReduceLROnPlateau
	watching := 0 // the number of the part that is or has a plateau
	for i, part := range parts {
		tracks[i] = trackOf(part, unit, nil)
		if p, _, ok := PlateauOf(part); ok {
			plateau, watching = p, i
		}
	}
	// at returns the product at count, with the first ahead parts a count later.
	at := func(count, ahead int) point {
		p := point{rate: base}
		for i, t := range tracks {
			later := 0
			if i < ahead {
				later = 1
			}
			part := t(count + later)
			p.rate = bounded(p.rate * min(part.rate/unit, math.MaxFloat64))
			if part.cycles {
				p.momentum, p.cycles = part.momentum, true
			}
		}
		return p
	}
	return func(count int) point {
		p := at(count, 0)
		scale := 1.0
		for _, after := range r.before(count) {
			old := at(after, watching).rate * scale
			if low := plateau.lower(old, r.low); low < old {
				scale *= low / old
			}
		}
		p.rate *= scale
		return p
	}
}
