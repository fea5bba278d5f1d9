package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The best of 60 random trials is among the best 5 % of a space with a probability of 1 − 0.95⁶⁰ = 95.4 %, whatever the
// function (Bergstra and Bengio 2012): in 300 searches on Hartmann6, that is 286 times, give or take four standard
// deviations of 3.6.
func TestRandomSearch(t *testing.T) {
	f := functions[len(functions)-1]
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, 100_000)
	for i := range values {
		x := make([]float64, f.dimensions)
		for k := range x {
			x[k] = r.Float64()
		}
		values[i] = f.at(x, 1)
	}
	slices.Sort(values)
	threshold := values[len(values)*95/100]

	var s Space
	for d := range f.dimensions {
		if err := s.Add(fmt.Sprint("x", d), "uniform(0, 1)"); err != nil {
			t.Fatal(err)
		}
	}
	good := 0
	for seed := range uint64(300) {
		trials, best := Suggest(&s, seed, nil), math.Inf(-1)
		for i := range 60 {
			trial, _ := trials.At(i)
			best = max(best, f.at(trial.Units, 1))
		}
		if best >= threshold {
			good++
		}
	}
	if math.Abs(float64(good)-300*(1-math.Pow(0.95, 60))) > 4*3.6 {
		t.Errorf("got %d of 300 searches with a trial among the best 5 %%, want about 286", good)
	}
}
