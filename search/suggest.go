package search

import (
	"strconv"

	"anneal/internal/stream"
)

// Suggestions are the trials of a search, in their order.
type Suggestions struct {
	Left []error // why trials that were drawn are left out, in the order in which they were

	space  *Space
	seed   uint64
	valid  func(Trial) error
	trials []Trial
	seen   map[string]bool
	over   bool
}

// draws is how often a trial is drawn that must differ from the others. A space is taken to be exhausted if none of so
// many did.
const draws = 1000

// Suggest returns the trials that seed gives in a space. Every range of every trial is drawn from a random stream of
// its own, named by the seed, the trial's number and the range's name. So the trials do not depend on who asks for them
// or when, and a range that is added changes nothing in the others. A trial for which valid returns an error is left
// out, and another one drawn in its place; nil: all are valid.
func Suggest(space *Space, seed uint64, valid func(Trial) error) *Suggestions {
	if valid == nil {
		valid = func(Trial) error { return nil }
	}
	return &Suggestions{space: space, seed: seed, valid: valid, seen: map[string]bool{}}
}

// At returns trial i. No two trials are the same; ok is false if there are fewer different ones.
func (s *Suggestions) At(i int) (t Trial, ok bool) {
	for len(s.trials) <= i && !s.over {
		s.add()
	}
	if i >= len(s.trials) {
		return t, false
	}
	return s.trials[i], true
}

// add draws the next trial.
func (s *Suggestions) add() {
	number := strconv.Itoa(len(s.trials))
	for draw := range draws {
		t := s.space.trial(func(i int) float64 {
			return stream.New(s.seed, "search", number, strconv.Itoa(draw), s.space.Ranges[i].Name).Float64()
		})
		key := t.key(s.space)
		if s.seen[key] {
			continue
		}
		s.seen[key] = true
		if err := s.valid(t); err != nil {
			s.Left = append(s.Left, err)
			continue
		}
		s.trials = append(s.trials, t)
		return
	}
	s.over = true
}
