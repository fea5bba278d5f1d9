package schedules

import "anneal/internal/spec"

// WarmupLR raises the rate along a line for TotalIters counts, from StartFactor of the first rate of Scheduler to all
// of it, then follows Scheduler from its count 0:
//
//	Scheduler.At(base, 0)·(StartFactor + (1−StartFactor)·count/TotalIters)  for count < TotalIters
//	Scheduler.At(base, count−TotalIters)                                    then
//
// With Constant it stays at StartFactor of that rate for TotalIters counts. Scheduler may be anything, a
// ReduceLROnPlateau too, which does not observe before the warm-up is over. Goyal et al., Accurate, Large Minibatch
// SGD, 2017, arXiv:1706.02677, section 2.2. In PyTorch it takes a LinearLR, or a ConstantLR, in a SequentialLR.
type WarmupLR struct {
	Scheduler   Schedule
	TotalIters  int     // ≥ 0; 5 in a spec without it
	StartFactor float64 // 0 ≤ StartFactor ≤ 1; 1/3 in a spec without it
	Constant    bool    // False in a spec without it
}

func (s *WarmupLR) settings() []spec.Setting {
	return []spec.Setting{
		nested("scheduler", &s.Scheduler),
		spec.Optional("total_iters", &s.TotalIters, 5).AtLeast(0),
		spec.Optional("start_factor", &s.StartFactor, 1.0/3).Within(0, 1),
		spec.Optional("constant", &s.Constant, false).KeywordOnly(),
	}
}

func (s WarmupLR) At(base float64, count int) float64 { return s.track(base, nil)(count).rate }

// MomentumAt returns Scheduler's momentum, which waits at its first value during the warm-up.
func (s WarmupLR) MomentumAt(count int) (float64, bool) { return wrappedMomentum(s, count) }

func (s WarmupLR) track(base float64, r *reductions) track {
	then := trackOf(s.Scheduler, base, r.after(s.TotalIters))
	return func(count int) point {
		p := then(max(0, count-s.TotalIters))
		switch {
		case count >= s.TotalIters:
		case s.Constant:
			p.rate *= s.StartFactor
		default:
			p.rate *= s.StartFactor + (1-s.StartFactor)*float64(count)/float64(s.TotalIters)
		}
		return p
	}
}

func (s WarmupLR) plateau() (ReduceLROnPlateau, int, bool) { return wrappedPlateau(s) }

func (s WarmupLR) wrapped() (Schedule, int) { return s.Scheduler, s.TotalIters }

func (s WarmupLR) around(other Schedule) Schedule {
	s.Scheduler = other
	return s
}

func (s WarmupLR) Validate() error { return validWrapper("WarmupLR", s, s.settings()) }

func (s WarmupLR) String() string { return spec.Format("WarmupLR", s.settings()...) }

// WSDLR raises the rate along a line for WarmupIters counts, keeps it at base for StableIters, lowers it along a line
// for DecayIters, and leaves it at base·EndFactor:
//
//	base·(count+1)/(WarmupIters+1)                     for count < WarmupIters
//	base                                               for the next StableIters counts
//	base·(1 − (1−EndFactor)·min(1, t/DecayIters))      then, t counted from the end of the stable phase
//
// Hu et al., MiniCPM, 2024, arXiv:2404.06395, section 4; with the linear decay of Hägele et al., 2024,
// arXiv:2405.18392. PyTorch has none.
type WSDLR struct {
	WarmupIters int     // ≥ 0
	StableIters int     // ≥ 0
	DecayIters  int     // ≥ 1
	EndFactor   float64 // 0 ≤ EndFactor ≤ 1; 0 in a spec without it
}

func (s *WSDLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Required("warmup_iters", &s.WarmupIters).AtLeast(0),
		spec.Required("stable_iters", &s.StableIters).AtLeast(0),
		spec.Required("decay_iters", &s.DecayIters).AtLeast(1),
		spec.Optional("end_factor", &s.EndFactor, 0).Within(0, 1),
	}
}

func (s WSDLR) At(base float64, count int) float64 {
	if count < s.WarmupIters {
		return bounded(base*float64(count+1)) / float64(s.WarmupIters+1)
	}
	t := min(max(0, count-s.WarmupIters-s.StableIters), s.DecayIters)
	return base * (1 - (1-s.EndFactor)*float64(t)/float64(s.DecayIters))
}

func (s WSDLR) Validate() error { return valid("WSDLR", s.settings()) }

func (s WSDLR) String() string { return spec.Format("WSDLR", s.settings()...) }
