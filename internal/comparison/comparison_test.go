package comparison_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"anneal/internal/comparison"
)

// setting returns a setting whose seeds have these values, from seed 1 on. NaN stands for a run that diverged, a value
// below 0.2 for one that collapsed.
func setting(name string, levels []int, values ...float64) comparison.Setting {
	s := comparison.Setting{Name: name, Levels: levels}
	for i, v := range values {
		r := comparison.Run{Seed: uint64(i + 1), Value: v}
		switch {
		case math.IsNaN(v):
			r.Outcome = comparison.Diverged
		case v < 0.2:
			r.Outcome = comparison.Collapsed
		}
		s.Runs = append(s.Runs, r)
	}
	return s
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-8*math.Max(1e-3, math.Abs(b)) }

// Intervals are those of SciPy; see testdata/paired.py.
func TestIntervals(t *testing.T) {
	content, err := os.ReadFile("testdata/paired.json")
	if err != nil {
		t.Fatal(err)
	}
	type interval struct{ Mean, Half float64 }
	var vectors struct {
		Cases []struct {
			Level         float64
			A, B          map[uint64]float64
			Paired, Alone interval
		}
	}
	if err := json.Unmarshal(content, &vectors); err != nil || len(vectors.Cases) < 20 {
		t.Fatalf("got %d cases, %v", len(vectors.Cases), err)
	}
	for _, c := range vectors.Cases {
		var a, b comparison.Setting
		var alone []float64
		for seed := range c.A { // in any order
			a.Runs = append(a.Runs, comparison.Run{Seed: seed, Value: c.A[seed]})
			alone = append(alone, c.A[seed])
		}
		for seed, v := range c.B {
			b.Runs = append(b.Runs, comparison.Run{Seed: seed, Value: v})
		}
		b.Runs = append(b.Runs, comparison.Run{Seed: 1000, Value: 7}) // which a does not have
		got := comparison.Paired(&a, &b, c.Level)
		if got.N != len(c.A) || !near(got.Mean, c.Paired.Mean) || !near(got.Half, c.Paired.Half) {
			t.Errorf("%d seeds at %g: got %+v, want %+v", len(c.A), c.Level, got, c.Paired)
		}
		if got := comparison.Mean(alone, c.Level); !near(got.Mean, c.Alone.Mean) || !near(got.Half, c.Alone.Half) {
			t.Errorf("%d values at %g: got %+v, want %+v", len(c.A), c.Level, got, c.Alone)
		}
	}
}

func TestFewSeeds(t *testing.T) {
	nan := math.NaN()
	a := setting("a", nil, 0.9, 0.8, nan)
	for _, c := range []struct {
		b    comparison.Setting
		n    int
		mean float64
	}{
		{setting("diverged", nil, nan, nan, 0.7), 0, nan},
		{setting("one", nil, nan, 0.7, 0.7), 1, 0.1},
	} {
		got := comparison.Paired(&a, &c.b, 0.95)
		if got.N != c.n || c.n > 0 && !near(got.Mean, c.mean) || !math.IsNaN(got.Half) || got.Excludes() {
			t.Errorf("%s: got %+v, want %d seeds and no interval", c.b.Name, got, c.n)
		}
	}
	// Equal differences say nothing about their spread, however they are rounded.
	for _, values := range [][]float64{{0.8, 0.7}, {0.8998, 0.7998}} {
		b := setting("b", nil, values...)
		if got := comparison.Paired(&a, &b, 0.95); got.N != 2 || got.Half != 0 || got.Excludes() {
			t.Errorf("%v: got %+v, want an interval without a width, which excludes nothing", values, got)
		}
	}
}

// Of the intervals of settings that do not differ, one in twenty excludes 0 at 95 %.
func TestIntervalsOfChance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	wrong, all := 0, 4000
	for range all {
		var a, b comparison.Setting
		for seed := range uint64(3) {
			a.Runs = append(a.Runs, comparison.Run{Seed: seed, Value: r.NormFloat64()})
			b.Runs = append(b.Runs, comparison.Run{Seed: seed, Value: r.NormFloat64()})
		}
		if comparison.Paired(&a, &b, 0.95).Excludes() {
			wrong++
		}
	}
	if share := float64(wrong) / float64(all); math.Abs(share-0.05) > 0.015 {
		t.Errorf("got %.3f of the intervals without 0, want 0.05", share)
	}
}

func TestRank(t *testing.T) {
	nan := math.NaN()
	c := comparison.Comparison{Larger: true, Settings: []comparison.Setting{
		setting("none", nil, nan, nan), setting("diverged", nil, 0.99, nan), setting("worse", nil, 0.8, 0.9),
		setting("better", nil, 0.9, 0.9),
	}}
	for _, order := range [][]string{{"better", "worse", "diverged", "none"}, {"worse", "better", "diverged", "none"}} {
		c.Rank()
		for i, s := range c.Settings {
			if s.Name != order[i] {
				t.Errorf("larger %v: got %s in place %d, want %s", c.Larger, s.Name, i+1, order[i])
			}
		}
		c.Larger = false
	}
}

func TestNewFactor(t *testing.T) {
	f := comparison.NewFactor("lr", []string{"0.1", "1e-3", "0.1", "10", "2"})
	if len(f.Levels) != 4 || f.Levels[0] != "1e-3" || f.Levels[3] != "10" || f.Numbers[1] != 0.1 {
		t.Errorf("got %+v, want the numbers in order", f)
	}
	if f := comparison.NewFactor("model", []string{"b", "a", "b", "1"}); f.Numbers != nil || f.Levels[0] != "b" {
		t.Errorf("got %+v, want the texts as they come", f)
	}
}
