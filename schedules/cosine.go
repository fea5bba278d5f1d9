package schedules

import (
	"math"

	"anneal/internal/spec"
)

// cosine returns cos x, to the last bit or nearly so, from the sine of the distance to the nearest multiple of π.
// math.Cos is as accurate, but near −1 an error of one unit in its last place is a large part of 1 + cos x.
func cosine(x float64) float64 {
	const piLow = 1.2246467991473532e-16 // π − math.Pi
	k := math.Round(x / math.Pi)
	p := k * math.Pi
	d := x - p - math.FMA(k, math.Pi, -p) - k*piLow
	s := math.Sin(d / 2)
	c := 1 - 2*s*s
	if math.Mod(k, 2) != 0 {
		return -c
	}
	return c
}

// halfCosine returns (1 + cos π·t/period)/2: 1 at t = 0, 0 at t = period.
func halfCosine(t, period float64) float64 { return (1 + cosine(math.Pi*t/period)) / 2 }

// CosineAnnealingLR lowers the rate from base to EtaMin along half a cosine over TMax counts, and raises it again along
// the next half, and so on:
//
//	EtaMin + (base−EtaMin)·(1 + cos(π·count/TMax))/2
//
// Loshchilov and Hutter, SGDR, 2017, arXiv:1608.03983, eq. 5 without restarts; PyTorch's CosineAnnealingLR. PyTorch
// steps from rate to rate and loses digits at each trough; this one loses the same digits.
type CosineAnnealingLR struct {
	TMax   int     // ≥ 1; 0, or a spec without it, stands for the length of the run, which Fit sets
	EtaMin float64 // ≥ 0; 0 in a spec without it
}

func (s *CosineAnnealingLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("T_max", &s.TMax, 0).AtLeast(1).OrNone(),
		spec.Optional("eta_min", &s.EtaMin, 0).AtLeast(0),
	}
}

func (s CosineAnnealingLR) At(base float64, count int) float64 {
	switch {
	case s.TMax == 0:
		return base
	case count >= replayed:
		return s.exact(base, count)
	}
	from, rate := 0, base
	if past := count - 1 - s.TMax; past >= 0 { // what PyTorch rounds off in the first counts after a trough stays off
		first := count - past%(2*s.TMax)
		rate = s.EtaMin
		for from = first - 1; from < min(count, first+min(s.TMax-1, 31)); from++ {
			rate = bounded(s.next(rate, base, from+1))
		}
	}
	period := float64(s.TMax)
	rate = s.EtaMin + bounded(rate-s.EtaMin)*halfCosine(float64(count), period)/halfCosine(float64(from), period)
	return max(0, bounded(rate)) // a base near 0 may have come back as -1e-16
}

// exact returns the rate without the digits that steps from rate to rate lose.
func (s CosineAnnealingLR) exact(base float64, count int) float64 {
	return s.EtaMin + (base-s.EtaMin)*s.height(count)
}

// height returns the height of the cosine at count, from 0 to 1.
func (s CosineAnnealingLR) height(count int) float64 {
	return halfCosine(float64(count%(2*s.TMax)), float64(s.TMax))
}

func (s CosineAnnealingLR) Validate() error {
	settings := s.settings()
	if s.TMax == 0 {
		settings = settings[1:]
	}
	return spec.Validate("CosineAnnealingLR", settings...)
}

func (s CosineAnnealingLR) String() string { return spec.Format("CosineAnnealingLR", s.settings()...) }

func (s CosineAnnealingLR) next(lr, base float64, count int) float64 {
	period := float64(s.TMax)
	switch {
	case count == 0 || s.TMax == 0:
		return lr
	case (count-1-s.TMax)%(2*s.TMax) == 0:
		return lr + (base-s.EtaMin)*((1-cosine(math.Pi/period))/2)
	}
	return halfCosine(float64(count), period)/halfCosine(float64(count-1), period)*(lr-s.EtaMin) + s.EtaMin
}

func (s CosineAnnealingLR) move(lr, base float64, from, to int) float64 {
	if s.TMax == 0 {
		return lr
	}
	h := s.height(from)
	if (from+s.TMax)/(2*s.TMax) != (to+s.TMax)/(2*s.TMax) || h == 0 { // a trough, which forgets what was before
		return s.exact(base, to)
	}
	return s.EtaMin + (lr-s.EtaMin)*(s.height(to)/h)
}

// CosineAnnealingWarmRestarts lowers the rate from base to EtaMin along half a cosine over T0 counts, starts again from
// base, and makes each cycle TMult times as long as the one before; with t the count within a cycle of T counts it is
//
//	EtaMin + (base−EtaMin)·(1 + cos(π·t/T))/2
//
// Loshchilov and Hutter, SGDR, 2017, arXiv:1608.03983, eq. 5; PyTorch's CosineAnnealingWarmRestarts.
type CosineAnnealingWarmRestarts struct {
	T0     int     // ≥ 1
	TMult  int     // ≥ 1; 1 in a spec without it
	EtaMin float64 // ≥ 0; 0 in a spec without it
}

func (s *CosineAnnealingWarmRestarts) settings() []spec.Setting {
	return []spec.Setting{
		spec.Required("T_0", &s.T0).AtLeast(1),
		spec.Optional("T_mult", &s.TMult, 1).AtLeast(1),
		spec.Optional("eta_min", &s.EtaMin, 0).AtLeast(0),
	}
}

func (s CosineAnnealingWarmRestarts) At(base float64, count int) float64 {
	_, t, period := cycle(count, s.T0, s.TMult)
	return s.EtaMin + (base-s.EtaMin)*halfCosine(t, period)
}

// cycle returns the number of the cycle that count is in, from 0, the place in it, and its length. Lengths are float64,
// which cannot wrap.
func cycle(count, first, mult int) (n int, t, period float64) {
	if mult == 1 {
		return count / first, float64(count % first), float64(first)
	}
	t, period = float64(count), float64(first)
	for t >= period {
		t -= period
		period *= float64(mult)
		n++
	}
	return n, t, period
}

func (s CosineAnnealingWarmRestarts) Validate() error {
	return valid("CosineAnnealingWarmRestarts", s.settings())
}

func (s CosineAnnealingWarmRestarts) String() string {
	return spec.Format("CosineAnnealingWarmRestarts", s.settings()...)
}

// CosineCycleDecayLR is CosineAnnealingWarmRestarts with a lower start of each cycle: cycle n, from 0, starts from
//
//	max(base·Decayⁿ, EtaMin)
//
// timm's CosineLRScheduler (cycle_decay) and TensorFlow's CosineDecayRestarts (m_mul). PyTorch has none.
type CosineCycleDecayLR struct {
	T0     int     // ≥ 1
	TMult  int     // ≥ 1; 1 in a spec without it
	Decay  float64 // 0 ≤ Decay ≤ 1; 0.5 in a spec without it
	EtaMin float64 // ≥ 0; 0 in a spec without it
}

func (s *CosineCycleDecayLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Required("T_0", &s.T0).AtLeast(1),
		spec.Optional("T_mult", &s.TMult, 1).AtLeast(1),
		spec.Optional("decay", &s.Decay, 0.5).Within(0, 1),
		spec.Optional("eta_min", &s.EtaMin, 0).AtLeast(0),
	}
}

func (s CosineCycleDecayLR) At(base float64, count int) float64 {
	n, t, period := cycle(count, s.T0, s.TMult)
	height := max(multiplied(base, s.Decay, n), s.EtaMin) - s.EtaMin
	return s.EtaMin + height*halfCosine(t, period)
}

func (s CosineCycleDecayLR) Validate() error {
	return valid("CosineCycleDecayLR", s.settings())
}

func (s CosineCycleDecayLR) String() string {
	return spec.Format("CosineCycleDecayLR", s.settings()...)
}
