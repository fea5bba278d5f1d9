package schedules

import "anneal/internal/spec"

// SWALR moves the rate from base to Rate over AnnealEpochs counts, and keeps it there for an average of the weights:
//
//	base + (Rate−base)·a,  a = (1 − cos πp)/2 (cos) or p (linear),  p = min(1, count/AnnealEpochs)
//
// As a later part of a SequentialLR it goes on from the rate that it finds. Izmailov et al., Averaging Weights Leads to
// Wider Optima and Better Generalization, 2018, arXiv:1803.05407; PyTorch's SWALR. Of several in one schedule each has
// its own Rate; in PyTorch the last one's holds for all. The counts are epochs or steps, as those of every schedule.
type SWALR struct {
	Rate           float64 // swa_lr, ≥ 0
	AnnealEpochs   int     // ≥ 0; 10 in a spec without it
	AnnealStrategy string  // cos or linear; cos in a spec without it
}

func (s *SWALR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Required("swa_lr", &s.Rate).AtLeast(0),
		spec.Optional("anneal_epochs", &s.AnnealEpochs, 10).AtLeast(0),
		spec.Optional("anneal_strategy", &s.AnnealStrategy, "cos").OneOf("cos", "linear"),
	}
}

func (s SWALR) At(base float64, count int) float64 {
	a := s.done(count)
	return s.Rate*a + base*(1-a)
}

// done returns the share of the way that is behind at count.
func (s SWALR) done(count int) float64 {
	if count >= s.AnnealEpochs {
		return 1
	}
	if p := float64(count) / float64(s.AnnealEpochs); s.AnnealStrategy == "linear" {
		return p
	}
	return 1 - halfCosine(float64(count), float64(s.AnnealEpochs))
}

func (s SWALR) Validate() error { return valid("SWALR", s.settings()) }

func (s SWALR) String() string { return spec.Format("SWALR", s.settings()...) }

func (s SWALR) next(lr, base float64, count int) float64 { return s.move(lr, base, count-1, count) }

func (s SWALR) move(lr, _ float64, from, to int) float64 {
	if before := s.done(max(0, from)); before < 1 {
		start := (lr - before*s.Rate) / (1 - before)
		return s.Rate*s.done(to) + start*(1-s.done(to))
	}
	return s.Rate
}

func (s SWALR) restart(lr, _ float64) float64 { return s.move(lr, 0, 0, 0) }
