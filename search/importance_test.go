package search

import (
	"fmt"
	"math"
	"testing"
)

// The shares of Ishigami's function are those that Saltelli et al. publish (Global Sensitivity Analysis, 2008): first
// order indices of 0.3139, 0.4424 and 0 for a = 7 and b = 0.1. A linear function's are as the squares of its factors.
// The intervals contain what is not 0.
func TestImportances(t *testing.T) {
	angle := func(u float64) float64 { return math.Pi * (2*u - 1) }
	for _, c := range []struct {
		name   string
		trials int
		f      func(u []float64) float64
		want   [3]float64
		within float64
	}{
		{"Ishigami", 1000, func(u []float64) float64 {
			a, b, c := angle(u[0]), angle(u[1]), angle(u[2])
			return math.Sin(a) + 7*math.Sin(b)*math.Sin(b) + 0.1*c*c*c*c*math.Sin(a)
		}, [3]float64{0.3139, 0.4424, 0}, 0.08},
		{"linear", 200, func(u []float64) float64 { return 1e6 + 2*u[0] - u[2] }, [3]float64{0.8, 0, 0.2}, 0.07},
	} {
		var s Space
		for _, name := range []string{"a", "b", "c"} {
			if err := s.Add(name, "uniform(0, 1)"); err != nil {
				t.Fatal(err)
			}
		}
		suggestions := Suggest(&s, 1, nil)
		var trials []Trial
		var scores []float64
		for i := range c.trials {
			trial, _ := suggestions.At(i)
			trials, scores = append(trials, trial), append(scores, c.f(trial.Units))
		}
		for k, got := range s.Importances(trials, scores) {
			t.Logf("%s: %+v, published %.4f", c.name, got, c.want[k])
			if !(math.Abs(got.Share-c.want[k]) <= c.within) || !(got.Low <= got.Share && got.Share <= got.High) {
				t.Errorf("%s: got %+v, want %v within %v", c.name, got, c.want[k], c.within)
			}
			if !(got.Low <= c.want[k] || c.want[k] == 0) || !(got.High >= c.want[k]) {
				t.Errorf("%s: got %+v, want an interval with %v", c.name, got, c.want[k])
			}
		}
	}
}

// What only one choice has matters less than the choice, a setting that diverges counts as the worst, and too few
// trials or equal scores have no importances.
func TestImportancesOfChoices(t *testing.T) {
	s := space(t)
	suggestions := Suggest(s, 3, nil)
	var trials []Trial
	var scores, equal []float64
	for i := range 100 {
		trial, _ := suggestions.At(i)
		score := 0.1 * trial.Units[0]
		if trial.Units[1] > 0.5 { // Adam
			score = math.NaN()
		}
		trials, scores, equal = append(trials, trial), append(scores, score), append(equal, 1)
	}
	got := s.Importances(trials, scores)
	for k, i := range got {
		if i.Name != s.Ranges[k].Name || k > 1 && !(i.Share < 0.05) {
			t.Errorf("%s: got %+v", s.Ranges[k].Name, i)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(s.Importances(trials, scores)) {
		t.Error("the same trials have other importances")
	}
	if got := s.Importances(trials[:LeastTrials-1], scores[:LeastTrials-1]); got != nil {
		t.Errorf("too few trials: got %v", got)
	}
	if got := s.Importances(trials, equal); got != nil {
		t.Errorf("equal scores: got %v", got)
	}
}
