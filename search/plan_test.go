package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// scored returns a function of outcomes that are all known: scores by trial, the same at each rung.
func scored(scores ...float64) func(Job) (Outcome, bool) {
	return func(j Job) (Outcome, bool) { return Outcome{Score: scores[j.Trial]}, true }
}

func written(jobs []Job) string {
	var list []string
	for _, j := range jobs {
		list = append(list, fmt.Sprintf("%d:%d", j.Trial, j.Rung))
	}
	return strings.Join(list, " ")
}

// With one worker ASHA promotes as soon as a rung has enough results (Li et al. 2020, Algorithm 2). With nine at a
// time, none goes on before all have begun, and it ends as successive halving does: 9 trials for 1 epoch, 3 for 3, 1
// for 9.
func TestJobs(t *testing.T) {
	scores := []float64{0.3, 0.8, 0.5, 0.4, 0.9, 0.7, 0.2, 0.1, 0.6}
	for _, c := range []struct {
		name string
		plan Plan
		want string
	}{
		{
			"one worker",
			Plan{Rungs: Rungs(1, 9, 3), Reduction: 3, Lag: 1, Seeds: 1, Budget: Budget{Runs: 9}},
			"0:0 1:0 2:0 1:1 3:0 4:0 4:1 5:0 6:0 7:0 8:0 5:1 4:2",
		},
		{
			"successive halving",
			Plan{Rungs: Rungs(1, 9, 3), Reduction: 3, Lag: 9, Seeds: 1, Budget: Budget{Runs: 9}},
			"0:0 1:0 2:0 3:0 4:0 5:0 6:0 7:0 8:0 1:1 4:1 5:1 4:2",
		},
		{
			"random search",
			Plan{Rungs: []int{9}, Reduction: 3, Lag: 2, Seeds: 2, Budget: Budget{Runs: 7}},
			"0:0 1:0 2:0",
		},
		{
			"epochs",
			Plan{Rungs: []int{1, 3}, Reduction: 2, Lag: 1, Seeds: 2, Budget: Budget{Epochs: 11}},
			"0:0 1:0 1:1 2:0", // 2 + 2 + 4 + 2 epochs; 1 is left
		},
		{
			"a space of two",
			Plan{
				Rungs: []int{1, 2}, Reduction: 2, Lag: 4, Seeds: 1, Budget: Budget{Runs: 5},
				Trials: func(i int) bool { return i < 2 },
			},
			"0:0 1:0 1:1",
		},
	} {
		jobs, all := c.plan.Jobs(scored(scores...))
		if err := c.plan.Check(); err != nil || written(jobs) != c.want || !all {
			t.Errorf("%s: got %s, all %v, %v, want %s", c.name, written(jobs), all, err, c.want)
		}
	}
}

// A trial that diverged never goes on, whatever else there is.
func TestDivergedTrials(t *testing.T) {
	nan := math.NaN()
	p := Plan{Rungs: []int{1, 2}, Reduction: 2, Lag: 1, Seeds: 1, Budget: Budget{Runs: 4}}
	if jobs, all := p.Jobs(scored(nan, nan, nan, nan)); written(jobs) != "0:0 1:0 2:0 3:0" || !all {
		t.Errorf("all diverged: got %s, all %v", written(jobs), all)
	}
	if jobs, _ := p.Jobs(scored(nan, nan, 0.1, nan)); written(jobs) != "0:0 1:0 2:0 2:1 3:0" {
		t.Errorf("one is left: got %s", written(jobs))
	}
}

// A budget of time ends the decisions when the jobs that they see took so long.
func TestTime(t *testing.T) {
	p := Plan{Rungs: []int{4}, Reduction: 2, Lag: 2, Seeds: 1, Budget: Budget{Time: 10 * time.Second}}
	jobs, all := p.Jobs(func(Job) (Outcome, bool) { return Outcome{Time: 4 * time.Second}, true })
	if written(jobs) != "0:0 1:0 2:0 3:0" || !all { // decision 4 sees 3 jobs of 4 s
		t.Errorf("got %s, all %v", written(jobs), all)
	}
}

// However many workers there are and in whatever order they end, they do the same jobs: also if all are killed at times
// and begin again with the results that there are.
func TestDecisionsDoNotDependOnWorkers(t *testing.T) {
	score := func(j Job) float64 { return math.Sin(float64(7*j.Trial)) + 0.1*math.Cos(float64(j.Trial*j.Rung)) }
	for _, budget := range []Budget{{Runs: 40}, {Epochs: 120}} {
		p := Plan{Rungs: Rungs(1, 9, 3), Reduction: 3, Lag: 4, Seeds: 1, Budget: budget}
		want, _ := p.Jobs(func(j Job) (Outcome, bool) { return Outcome{Score: score(j)}, true })
		for seed := range uint64(50) {
			r := rand.New(rand.NewPCG(seed, 1))
			ended := map[Job]bool{}
			for {
				jobs, all := p.Jobs(func(j Job) (Outcome, bool) { return Outcome{Score: score(j)}, ended[j] })
				open := slices.DeleteFunc(slices.Clone(jobs), func(j Job) bool { return ended[j] })
				if !slices.Equal(jobs, want[:len(jobs)]) || len(open) > p.Lag {
					t.Fatalf("seed %d: got %s, %d open, want the begin of %s", seed, written(jobs), len(open), written(want))
				}
				if len(open) == 0 {
					if !all || len(jobs) != len(want) {
						t.Fatalf("seed %d: ended after %s, all %v, want %s", seed, written(jobs), all, written(want))
					}
					break
				}
				ended[open[r.IntN(len(open))]] = true
			}
		}
	}
}

// asha returns the best score at the full fidelity that ASHA finds with a budget of epochs.
func asha(t *testing.T, f function, seed uint64, epochs int) float64 {
	t.Helper()
	var space Space
	for d := range f.dimensions {
		if err := space.Add(fmt.Sprint("x", d), "uniform(0, 1)"); err != nil {
			t.Fatal(err)
		}
	}
	trials := Suggest(&space, seed, nil)
	p := Plan{Rungs: Rungs(1, 27, 3), Reduction: 3, Lag: 8, Seeds: 1, Budget: Budget{Epochs: epochs}}
	outcome := func(j Job) (Outcome, bool) {
		trial, _ := trials.At(j.Trial)
		return Outcome{Score: f.at(trial.Units, float64(p.Rungs[j.Rung])/27)}, true
	}
	jobs, _ := p.Jobs(outcome)
	best := math.Inf(-1)
	for _, j := range jobs {
		if o, _ := outcome(j); j.Rung == len(p.Rungs)-1 {
			best = max(best, o.Score)
		}
	}
	return best
}

// On published functions ASHA finds, on average over five seeds and from four of them at least, a better point than the
// best of a grid, with a third of the grid's epochs. docs/studies.md has the table, which this test prints.
func TestASHABeatsGrid(t *testing.T) {
	for _, f := range functions {
		n := map[int]int{2: 8, 3: 4, 6: 3}[f.dimensions]
		points := grid(f.dimensions, n)
		best := math.Inf(-1)
		for _, x := range points {
			best = max(best, f.at(x, 1))
		}
		var found []float64
		sum, squares, reached := 0.0, 0.0, 0
		for seed := range uint64(5) {
			v := asha(t, f, seed+1, len(points)*27/3)
			if found = append(found, v); v >= best {
				reached++
			}
			sum += v
			squares += v * v
		}
		mean := sum / 5
		t.Logf("%s: optimum %.3f; grid of %d points, %d epochs: %.3f; ASHA, a third of them: %.3f ± %.3f, %d of 5 as good",
			f.name, f.optimum, len(points), 27*len(points), best, mean, math.Sqrt((squares-5*mean*mean)/4), reached)
		if !(mean >= best) || reached < 4 {
			t.Errorf("%s: got %v, want %v at least", f.name, found, best)
		}
	}
}

// Rungs end at the epochs of a whole run, whatever the numbers.
func TestRungs(t *testing.T) {
	for _, c := range []struct {
		least, most, reduction int
		want                   []int
	}{
		{1, 9, 3, []int{1, 3, 9}},
		{2, 11, 2, []int{2, 4, 8, 11}},
		{4, 4, 3, []int{4}},
		{1, 9, 1, []int{1, 9}},
		{2, 9, 1 << 62, []int{2, 9}},
		{2, math.MaxInt, 1 << 40, []int{2, 1 << 41, math.MaxInt}},
	} {
		if got := Rungs(c.least, c.most, c.reduction); !slices.Equal(got, c.want) {
			t.Errorf("from %d to %d by %d: got %v, want %v", c.least, c.most, c.reduction, got, c.want)
		}
	}
}

func TestPlanErrors(t *testing.T) {
	good := Plan{Rungs: []int{1, 3}, Reduction: 3, Lag: 1, Seeds: 3, Budget: Budget{Runs: 3}}
	for _, c := range []struct {
		change func(*Plan)
		want   string
	}{
		{func(p *Plan) { p.Rungs = []int{3, 1} }, "search: rungs [3 1]: want epochs of at least 1, in order"},
		{func(p *Plan) { p.Rungs = []int{3, 3} }, "search: rungs [3 3]: want epochs of at least 1, in order"},
		{func(p *Plan) { p.Rungs = Rungs(0, 9, 3) }, "search: rungs [0 9]: want epochs of at least 1, in order"},
		{func(p *Plan) { p.Reduction = 1 }, "search: reduction 1: want at least 2"},
		{func(p *Plan) { p.Lag = 0 }, "search: lag 0: want at least 1"},
		{func(p *Plan) { p.Seeds = 0 }, "search: 0 seeds: want at least 1"},
		{func(p *Plan) { p.Budget = Budget{} }, "search: budget 0s: want some runs, epochs or time, and one of these only"},
		{
			func(p *Plan) { p.Budget = Budget{Runs: 9, Epochs: 9} },
			"search: budget 9 runs: want some runs, epochs or time, and one of these only",
		},
		{
			func(p *Plan) { p.Budget = Budget{Runs: -1, Epochs: 9} },
			"search: budget 9 epochs: want some runs, epochs or time, and one of these only",
		},
		{
			func(p *Plan) { p.Budget = Budget{Runs: 2} },
			"search: budget 2 runs: want at least 3, those of one setting from 3 seeds",
		},
		{
			func(p *Plan) { p.Rungs, p.Budget = []int{4}, Budget{Epochs: 11} },
			"search: budget 11 epochs: want at least 12, those of one setting: 4 from 3 seeds",
		},
	} {
		p := good
		c.change(&p)
		if err := p.Check(); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}

func TestParseBudget(t *testing.T) {
	for text, want := range map[string]Budget{
		"60": {Runs: 60}, "60 runs": {Runs: 60}, "1run": {Runs: 1}, "200 epochs": {Epochs: 200}, "1 epoch": {Epochs: 1},
		"2h30m": {Time: 150 * time.Minute}, "90s": {Time: 90 * time.Second},
	} {
		b, err := ParseBudget(text)
		if err != nil || b != want {
			t.Errorf("%s: got %+v, %v, want %+v", text, b, err, want)
		}
		if again, err := ParseBudget(b.String()); err != nil || again != b {
			t.Errorf("%s: written as %s, which is %+v, %v", text, b, again, err)
		}
	}
	for _, text := range []string{
		"", "0", "-3", "0 epochs", "3 weeks", "1.5 runs", "-2h", "0s", "runs", "9999999999999999999",
	} {
		if b, err := ParseBudget(text); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("got %q, want", text)) {
			t.Errorf("%q: got %+v, %v", text, b, err)
		}
	}
}
