package schedules

import "anneal/internal/spec"

// ScaledLR multiplies all rates of Scheduler, those that it states itself too, such as OneCycleLR's max_lr:
//
//	Factor·Scheduler.At(base, count)
//
// It carries a schedule to other batches: Goyal et al., Accurate, Large Minibatch SGD, 2017, arXiv:1706.02677, section
// 2.1, multiply by n where an update holds n times the samples, and Krizhevsky, One weird trick for parallelizing
// convolutional neural networks, 2014, arXiv:1404.5997, section 5, by √n. PyTorch has none.
type ScaledLR struct {
	Scheduler Schedule
	Factor    float64 // > 0
}

func (s *ScaledLR) settings() []spec.Setting {
	return []spec.Setting{
		nested("scheduler", &s.Scheduler),
		spec.Required("factor", &s.Factor).Above(0),
	}
}

func (s ScaledLR) At(base float64, count int) float64 {
	return bounded(s.Factor * s.Scheduler.At(base, count))
}

// MomentumAt returns Scheduler's momentum.
func (s ScaledLR) MomentumAt(count int) (float64, bool) { return wrappedMomentum(s, count) }

func (s ScaledLR) track(base float64, r *reductions) track {
	inner := trackOf(s.Scheduler, base, r)
	return func(count int) point {
		p := inner(count)
		p.rate = bounded(s.Factor * p.rate)
		return p
	}
}

func (s ScaledLR) plateau() (ReduceLROnPlateau, int, bool) { return wrappedPlateau(s) }

func (s ScaledLR) wrapped() (Schedule, int) { return s.Scheduler, 0 }

func (s ScaledLR) around(other Schedule) Schedule {
	s.Scheduler = other
	return s
}

func (s ScaledLR) Validate() error { return validWrapper("ScaledLR", s, s.settings()) }

func (s ScaledLR) String() string { return spec.Format("ScaledLR", s.settings()...) }
