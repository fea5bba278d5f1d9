package finder

import (
	"math"
	"testing"
)

// TestChoose wants the rate below the middle of the good ones, and none that is close to a failure. Losses are those of
// two seeds at 1, 0.56, 0.32, … 0 stands for a try that diverged.
func TestChoose(t *testing.T) {
	for _, c := range []struct {
		name         string
		tries        [][]float64
		best, usable float64
	}{
		{"one is better", [][]float64{{0.9}, {0.5, 0.5}, {0.2, 0.2}, {0.5}}, 0.32, 0.32},
		{"two are as good", [][]float64{{0.9}, {0.2, 0.2}, {0.2, 0.21}, {0.5}}, 0.32, 0.56},
		{"three are as good", [][]float64{{0.21, 0.21}, {0.2, 0.2}, {0.2, 0.21}, {0.5}}, 0.32, 1},
		{"four are as good", [][]float64{{0.2, 0.2}, {0.2, 0.2}, {0.2, 0.2}, {0.2, 0.2}, {0.5}}, 0.32, 1},
		{"six are as good", [][]float64{
			{0.2, 0.2}, {0.2, 0.2}, {0.2, 0.2}, {0.2, 0.2}, {0.2, 0.2}, {0.2, 0.2}, {0.5},
		}, 0.18, 1},
		{"one seed is lucky", [][]float64{{0.5}, {0.1, 0.7}, {0.2, 0.2}, {0.5}}, 0.32, 0.32},
		{"one seed diverges", [][]float64{{0.1, 0}, {0.1, 0.1}, {0.12, 0.12}, {0.13, 0.13}, {0.5}}, 0.18, 0.32},
		{"all are close to a failure", [][]float64{{0}, {0.1, 0.1}}, 0.56, 0.56},
		{"too low ones fail, too", [][]float64{{0.1, 0.1}, {0.1, 0.1}, {0}}, 0.56, 1},
		{"hardly better than a guess", [][]float64{{2.3, 2.3}, {2.2, 2.2}, {2.29, 2.29}}, 0.56, 0.56},
		{"no error at all", [][]float64{{1e-9, 1e-9}, {1e-6, 1e-6}, {1e-4, 1e-4}}, 0.32, 1},
		{"no better than a guess", [][]float64{{3, 3}, {2.9, 2.9}, {3.5, 3.5}}, 0.56, 0.56},
		{"nothing trains", [][]float64{{0}, {0}}, 0, 0},
	} {
		f := finding{
			Search: Search{From: 1e-5, To: 1, Seeds: 2}, learners: []*learner{{guess: math.Log(10)}},
			tried: make(map[int][]Try),
		}
		for n, losses := range c.tries {
			for _, loss := range losses {
				try := Try{Rate: f.rateOf(n), Loss: loss, Outcome: Trained}
				if loss == 0 {
					try.Outcome = Diverged
				}
				f.tried[n] = append(f.tried[n], try)
			}
		}
		if r := f.result(nil); r.Best != c.best || r.Usable != c.usable {
			t.Errorf("%s: got %v, usable %v, want %v and %v", c.name, r.Best, r.Usable, c.best, c.usable)
		}
	}
}
