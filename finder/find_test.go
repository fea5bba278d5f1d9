package finder_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"anneal/data"
	"anneal/finder"
	"anneal/graph"
	"anneal/solvers"
)

// TestFind finds rates for solvers whose good rates lie far apart, and wants them tried with all seeds.
func TestFind(t *testing.T) {
	for _, c := range []struct {
		solver   solvers.Algorithm
		from, to float64 // where the rate may be
	}{
		{solvers.SGD{}, 0.02, 3},
		{solvers.SGD{Momentum: 0.9}, 0.002, 0.3},
		{solvers.Default[solvers.Adam](), 0.0005, 0.1},
	} {
		s := small(t)
		s.Train, s.Solver = stripes(t, 400), c.solver
		told := 0
		s.Tried = func(finder.Try) { told++ }
		r, err := finder.Find(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if !(c.from <= r.Best && r.Best <= r.Usable && r.Best <= c.to) {
			t.Errorf("%v: got %v, usable %v, want from %v to %v", c.solver, r.Best, r.Usable, c.from, c.to)
		}
		tries := 0
		for i, rate := range r.Rates {
			tries += len(rate.Tries)
			if i > 0 && !(rate.Rate > r.Rates[i-1].Rate) {
				t.Errorf("%v: the rates are not in order: %v", c.solver, r.Rates)
			}
			if rate.Rate == r.Best && (len(rate.Tries) != 3 || rate.Outcome() != finder.Trained) {
				t.Errorf("%v: got %+v, want it tried with 3 seeds", c.solver, rate)
			}
		}
		if told != tries || tries == 0 {
			t.Errorf("%v: told of %d tries of %d", c.solver, told, tries)
		}
		again, err := finder.Find(t.Context(), s)
		if err != nil || fmt.Sprint(again.Rates) != fmt.Sprint(r.Rates) {
			t.Errorf("%v: again: got %+v, %v, want %+v", c.solver, again, err, r)
		}
	}
}

// TestFindNothing wants no rate where none trains: too low ones learn nothing, too high ones diverge. Both stop early.
func TestFindNothing(t *testing.T) {
	for want, rates := range map[finder.Outcome][2]float64{
		finder.Guessed:  {1e-9, 1e-8},
		finder.Diverged: {1e20, 1e30},
	} {
		s := small(t)
		s.Train, s.From, s.To = stripes(t, 400), rates[0], rates[1]
		r, err := finder.Find(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if r.Best != 0 || r.Usable != 0 || len(r.Rates) == 0 {
			t.Errorf("%v: got %v of %v", rates, r.Best, r.Rates)
		}
		for _, rate := range r.Rates {
			if rate.Outcome() != want || len(rate.Tries) != 1 || rate.Tries[0].Steps > 75 {
				t.Errorf("%v: got %+v, want %s early", rates, rate, want)
			}
		}
	}
}

// TestRange finds rates in the widest range that there is, and in one that is narrower than the distance between rates.
func TestRange(t *testing.T) {
	for _, rates := range [][2]float64{{math.SmallestNonzeroFloat64, math.MaxFloat64}, {0.0123, 0.0125}} {
		s := small(t)
		s.Train, s.From, s.To = stripes(t, 400), rates[0], rates[1]
		r, err := finder.Find(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if !(s.From <= r.Best && r.Best <= s.To) {
			t.Errorf("%v: got %v", rates, r.Best)
		}
		for _, p := range r.Curve.Points {
			if !(s.From <= p.Rate && p.Rate <= s.To) {
				t.Errorf("%v: the sweep has the rate %v", rates, p.Rate)
			}
		}
	}
}

// TestFewSamples finds a rate with one batch per epoch, one class that does not occur, and a single validation sample.
func TestFewSamples(t *testing.T) {
	s := small(t)
	set, err := data.NewMemory([3]int{1, 4, 4}, 3, make([]float32, 32), []int32{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	one, err := data.Limit(stripes(t, 3), 1)
	if err != nil {
		t.Fatal(err)
	}
	s.Train, s.Valid, s.Batch, s.TrySteps, s.Seeds = set, one, 64, 1, 1
	if _, err := finder.Find(t.Context(), s); err != nil {
		t.Error(err)
	}
}

// Which rate suits a custom model and data set?
func ExampleFind() {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.BatchNorm("bn1", b.Linear("fc1", b.Flatten(x), 8)))
		return b.Linear("fc2", h, 2)
	}
	var pixels []float32
	var labels []int32
	for i := range 100 {
		v := float32(i%5) / 4
		pixels = append(pixels, 1, v, v, 0, v, 0, 1, v) // an image of each class
		labels = append(labels, 0, 1)
	}
	set, err := data.NewMemory([3]int{1, 2, 2}, 2, pixels, labels)
	if err != nil {
		fmt.Println(err)
		return
	}
	part, valid, err := data.Split(set, 0.1, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := finder.Find(context.Background(), finder.Search{
		Model: model, Train: part, Valid: valid, Solver: solvers.SGD{Momentum: 0.9},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("train with SGD at a rate from 0.01 to 1: %v\n", 0.01 <= found.Best && found.Best <= 1)
	// Output:
	// train with SGD at a rate from 0.01 to 1: true
}
