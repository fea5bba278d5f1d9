package toy

import (
	"strings"
	"testing"
	"time"

	"anneal/internal/limittest"
)

// FuzzParse reads specs, and generates the sets of those that are small.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"make_moons(noise=0.1)", "make_circles(6, noise=0, factor=0.5)", "make_spirals(arms=2, turns=1)", "make_xor()",
		"make_blobs(n_samples=10, centers=3, n_features=2)", "make_sine(n_samples=5, random_state=7)", "make_suns()",
		"make_blobs(n_samples=10000000, n_features=1000)",
	} {
		f.Add(text)
	}
	limits := limittest.Limits{Bytes: 64 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, text string) {
		limits.Run(t, "a spec", func() {
			s, err := Parse(text)
			limittest.OneLine(t, err)
			if err != nil {
				return
			}
			if again, err := Parse(s.String()); err != nil || again.String() != s.String() {
				t.Errorf("%q: its text %v gives %v, %v", text, s, again, err)
			}
			b, _ := s.(Blobs)
			refused := b.Samples > maxNumbers/max(b.Features, 1)
			if n, _ := s.size(); !refused && (n > 1000 || b.Features > 1000) {
				return // a large set that is allowed
			}
			if sets, err := Load(s, 0.2); err == nil && (sets.Train.Len() < 1 || sets.Test.Len() < 1) {
				t.Errorf("%v: an empty part", s)
			}
		})
	})
}

// A set that would take much memory is an error.
func TestLarge(t *testing.T) {
	s, err := Parse("make_blobs(n_samples=10000000, n_features=1000)")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Load(s, 0.2)
	if want := "10000000 samples of 1000 numbers: want at most 100000000 numbers in all"; err == nil ||
		!strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}
