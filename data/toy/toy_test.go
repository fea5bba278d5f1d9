package toy

import (
	"math"
	"strings"
	"testing"

	"anneal/data"
	"anneal/internal/stream"
)

func generated(t *testing.T, spec string) points {
	t.Helper()
	s, err := Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	n, seed := s.size()
	return s.generate(stream.New(seed, s.String()), n)
}

// Without noise the points are those of scikit-learn's formulas.
func TestFormulas(t *testing.T) {
	for spec, want := range map[string][]float32{
		"make_moons(n_samples=6, noise=0)": {1, 0, 0, 1, -1, 0, 0, 0.5, 1, -0.5, 2, 0.5},
		"make_circles(6, noise=0, factor=0.5)": {
			1, 0, -0.5, 0.8660254, -0.5, -0.8660254, 0.5, 0, -0.25, 0.4330127, -0.25, -0.4330127,
		},
		"make_spirals(4, noise=0, arms=2, turns=1)":    {0, 0.25, 0.5, 0, 0, -0.75, -1, 0},
		"make_blobs(2, centers=2, cluster_std=1e-300)": nil,
	} {
		p := generated(t, spec)
		for i, w := range want {
			if !(math.Abs(float64(p.x[i]-w)) < 1e-6) {
				t.Errorf("%s: got %v, want %v", spec, p.x, want)
				break
			}
		}
		if len(p.x) != p.width*len(p.labels) {
			t.Errorf("%s: %d numbers for %d labels", spec, len(p.x), len(p.labels))
		}
	}
	p := generated(t, "make_xor(n_samples=500, noise=0)")
	for i, label := range p.labels {
		if differ := (p.x[2*i] > 0) != (p.x[2*i+1] > 0); differ != (label == 1) {
			t.Errorf("%v: label %d", p.x[2*i:2*i+2], label)
		}
	}
	p = generated(t, "make_sine(n_samples=500, noise=0)")
	for i, x := range p.x {
		if got, want := float64(p.target[i]), math.Sin(float64(x)); !(math.Abs(got-want) < 1e-6) {
			t.Errorf("target of %v: got %v, want %v", x, got, want)
		}
	}
}

func TestLoad(t *testing.T) {
	s, err := Parse("make_moons(n_samples=200)")
	if err != nil {
		t.Fatal(err)
	}
	sets, err := Load(s, 0.25)
	if err != nil {
		t.Fatal(err)
	}
	if sets.Train.Len() != 150 || sets.Test.Len() != 50 || sets.Train.Classes() != 2 ||
		sets.From != "make_moons(n_samples=200)" || data.FactsOf(sets.Test).Name != "make_moons" {
		t.Errorf("got %d and %d samples in %d classes from %s", sets.Train.Len(), sets.Test.Len(),
			sets.Train.Classes(), sets.From)
	}
	again := generated(t, "make_moons(n_samples=200)")
	other := generated(t, "make_moons(n_samples=200, random_state=1)")
	first := generated(t, "make_moons(n_samples=200)")
	if again.x[7] != first.x[7] || other.x[7] == first.x[7] {
		t.Error("random_state does not decide the points alone")
	}
	for spec, want := range map[string]string{
		"make_moons(noise=-1)":       "noise",
		"make_suns()":                "make_moons",
		"make_moons(n_samples=1e12)": "n_samples",
	} {
		if _, err := Parse(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", spec, err, want)
		}
	}
}
