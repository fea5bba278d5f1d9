package toy

import (
	"math"
	"math/rand/v2"

	"anneal/internal/spec"
)

// Moons are two half circles that interleave: (cos t, sin t), and (1 − cos t, 1/2 − sin t), t from 0 to π.
type Moons struct{ Common }

func (s *Moons) settings() []spec.Setting { return s.Common.settings(0.1) }

func (s Moons) String() string { return spec.Format("make_moons", s.settings()...) }

func (s Moons) generate(r *rand.Rand, n int) points {
	p := points{width: 2}
	for i := range n {
		k, label := part(i, n)
		t := math.Pi * float64(k) / float64(max(1, count(label, n)-1))
		x, y := math.Cos(t), math.Sin(t)
		if label == 1 {
			x, y = 1-x, 0.5-y
		}
		p.x, p.labels = append(p.x, float32(x), float32(y)), append(p.labels, label)
	}
	s.add(r, p.x)
	return p
}

// Circles are two circles about 0 of radius 1 and Factor.
type Circles struct {
	Common
	Factor float64 // 0 to 1; 0.8 in a spec without it
}

func (s *Circles) settings() []spec.Setting {
	return append(s.Common.settings(0.1), spec.Optional("factor", &s.Factor, 0.8).Within(0, 1))
}

func (s Circles) String() string { return spec.Format("make_circles", s.settings()...) }

func (s Circles) generate(r *rand.Rand, n int) points {
	p := points{width: 2}
	for i := range n {
		k, label := part(i, n)
		t, radius := 2*math.Pi*float64(k)/float64(count(label, n)), 1.0
		if label == 1 {
			radius = s.Factor
		}
		p.x = append(p.x, float32(radius*math.Cos(t)), float32(radius*math.Sin(t)))
		p.labels = append(p.labels, label)
	}
	s.add(r, p.x)
	return p
}

// part returns which sample of its class sample i of n is: the first half has class 0, the second class 1.
func part(i, n int) (k int, label int32) {
	if i < n/2 {
		return i, 0
	}
	return i - n/2, 1
}

// count returns how many samples of n have that label.
func count(label int32, n int) int {
	if label == 0 {
		return n / 2
	}
	return n - n/2
}

// Blobs are normal distributions about Centers points, which are uniform in a square from −10 to 10.
type Blobs struct {
	Common
	Centers  int     // classes, 2 to 1000; 3 in a spec without it
	Features int     // n_features, numbers per sample, 1 to 1000; 2 in a spec without it
	Std      float64 // cluster_std, the standard deviation of each blob, above 0; 1 in a spec without it
}

func (s *Blobs) settings() []spec.Setting {
	return append(s.Common.settings(0),
		spec.Optional("centers", &s.Centers, 3).Within(2, 1000),
		spec.Optional("n_features", &s.Features, 2).Within(1, 1000),
		spec.Optional("cluster_std", &s.Std, 1).Above(0).AtMost(1e6))
}

func (s Blobs) String() string { return spec.Format("make_blobs", s.settings()...) }

func (s Blobs) generate(r *rand.Rand, n int) points {
	centres := make([]float64, s.Centers*s.Features)
	for i := range centres {
		centres[i] = -10 + 20*r.Float64()
	}
	p := points{width: s.Features}
	for i := range n {
		label := i % s.Centers
		for f := range s.Features {
			p.x = append(p.x, float32(centres[label*s.Features+f]+s.Std*r.NormFloat64()))
		}
		p.labels = append(p.labels, int32(label))
	}
	s.add(r, p.x)
	return p
}

// Spirals are arms that wind about 0: r = t, angle = 2π·(Turns·t + k/Arms) for arm k, t from 0 to 1.
type Spirals struct {
	Common
	Arms  int     // classes, 2 to 100; 2 in a spec without it
	Turns float64 // 0 to 100; 1.5 in a spec without it
}

func (s *Spirals) settings() []spec.Setting {
	return append(s.Common.settings(0.02),
		spec.Optional("arms", &s.Arms, 2).Within(2, 100), spec.Optional("turns", &s.Turns, 1.5).Within(0, 100))
}

func (s Spirals) String() string { return spec.Format("make_spirals", s.settings()...) }

func (s Spirals) generate(r *rand.Rand, n int) points {
	p := points{width: 2}
	for i := range n {
		t, arm := float64(i+1)/float64(n), i%s.Arms
		angle := 2 * math.Pi * (s.Turns*t + float64(arm)/float64(s.Arms))
		p.x = append(p.x, float32(t*math.Cos(angle)), float32(t*math.Sin(angle)))
		p.labels = append(p.labels, int32(arm))
	}
	s.add(r, p.x)
	return p
}

// XOR are points that are uniform in a square from −1 to 1. Their class is 1 where the signs of the two numbers differ.
type XOR struct{ Common }

func (s *XOR) settings() []spec.Setting { return s.Common.settings(0.1) }

func (s XOR) String() string { return spec.Format("make_xor", s.settings()...) }

func (s XOR) generate(r *rand.Rand, n int) points {
	p := points{width: 2}
	for range n {
		x, y, label := 2*r.Float64()-1, 2*r.Float64()-1, int32(0)
		if (x > 0) != (y > 0) {
			label = 1
		}
		p.x, p.labels = append(p.x, float32(x), float32(y)), append(p.labels, label)
	}
	s.add(r, p.x)
	return p
}

// Sine is a regression: x is uniform from −π to π, and the target is sin x with noise.
type Sine struct{ Common }

func (s *Sine) settings() []spec.Setting { return s.Common.settings(0.1) }

func (s Sine) String() string { return spec.Format("make_sine", s.settings()...) }

func (s Sine) generate(r *rand.Rand, n int) points {
	p := points{width: 1}
	for range n {
		x := math.Pi * (2*r.Float64() - 1)
		p.x, p.target = append(p.x, float32(x)), append(p.target, float32(math.Sin(x)))
	}
	s.add(r, p.target)
	return p
}
