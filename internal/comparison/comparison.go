// Package comparison compares settings by the results of their runs, seed by seed.
//
// A setting is a level of each factor: of what differs between the runs, such as the model and the learning rate. The
// runs of a setting differ in their seeds. Runs with the same seed begin with the same weights and see the same
// batches, so two settings are compared by the differences between their runs of one seed: see Paired. An interval is
// that of Student's t distribution over the seeds, and supposes that the seeds are a sample of many and the differences
// nearly normal. It is wide where the seeds are few.
package comparison

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Outcome is what became of a run.
type Outcome int

// The outcomes. Runs that were Trained or Collapsed have a result, the others have none.
const (
	Trained   Outcome = iota
	Collapsed         // it ended no better than guessing
	Diverged          // its loss was not finite
	Pruned            // a search did not go on with it
	Open              // it has not ended
)

// Run is the result of one seed.
type Run struct {
	Seed    uint64
	Value   float64 // NaN: it has none
	Outcome Outcome
}

// Compared reports whether the run has a result that is compared.
func (r Run) Compared() bool { return r.Outcome <= Collapsed && !math.IsNaN(r.Value) }

// Setting is what the runs of one setting have in common, and the runs.
type Setting struct {
	Name   string
	Levels []int // of each of the factors: an index into its Levels
	Runs   []Run
}

// Factor is something that differs between settings.
type Factor struct {
	Name    string
	Levels  []string
	Numbers []float64 // the levels as numbers, in ascending order, or nil if they are none
}

// NewFactor returns a factor with these levels, as they come. If all of them are numbers, they are sorted.
func NewFactor(name string, texts []string) Factor {
	f := Factor{Name: name}
	for _, text := range texts {
		if !slices.Contains(f.Levels, text) {
			f.Levels = append(f.Levels, text)
		}
	}
	numbers := map[string]float64{}
	for _, text := range f.Levels {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return f
		}
		numbers[text] = v
	}
	slices.SortStableFunc(f.Levels, func(a, b string) int { return cmp.Compare(numbers[a], numbers[b]) })
	for _, text := range f.Levels {
		f.Numbers = append(f.Numbers, numbers[text])
	}
	return f
}

// Comparison is settings by one measure.
type Comparison struct {
	Factors  []Factor
	Settings []Setting // see Rank
	Larger   bool      // a larger value is better
}

// results returns the values of the seeds that have one.
func (s *Setting) results() map[uint64]float64 {
	list := map[uint64]float64{}
	for _, r := range s.Runs {
		if r.Compared() {
			list[r.Seed] = r.Value
		}
	}
	return list
}

// Values returns the results of the setting, in the order of its runs.
func (s *Setting) Values() []float64 {
	var list []float64
	seen := s.results()
	for _, r := range s.Runs {
		if v, ok := seen[r.Seed]; ok {
			list = append(list, v)
			delete(seen, r.Seed)
		}
	}
	return list
}

// Count returns how many runs of the setting have an outcome.
func (s *Setting) Count(o Outcome) int {
	n := 0
	for _, r := range s.Runs {
		if r.Outcome == o {
			n++
		}
	}
	return n
}

// Trained reports whether all runs of the setting trained.
func (s *Setting) Trained() bool { return len(s.Runs) > 0 && s.Count(Trained) == len(s.Runs) }

// failed reports whether a run of the setting collapsed or diverged.
func (s *Setting) failed() bool { return s.Count(Collapsed)+s.Count(Diverged) > 0 }

// Rank sorts the settings by the means of their values, the best first. Those with a run that diverged follow: their
// means are over the other seeds. Those without a result are last, in their order.
func (c *Comparison) Rank() {
	class := func(s Setting) int {
		switch {
		case len(s.Values()) == 0:
			return 2
		case s.Count(Diverged) > 0:
			return 1
		}
		return 0
	}
	sign := 1.0
	if c.Larger {
		sign = -1
	}
	slices.SortStableFunc(c.Settings, func(a, b Setting) int {
		return cmp.Or(cmp.Compare(class(a), class(b)), cmp.Compare(sign*mean(a.Values()), sign*mean(b.Values())))
	})
}
