package main

import (
	"fmt"
	"os"
	"text/tabwriter"
)

// row is what became of one case. Accuracies are fractions.
type row struct {
	model, set            string
	seed                  uint64
	rate                  float64 // 0: none was recommended
	constant, cycle, best float64
	bestRate              float64
	accuracies            map[float64]float64 // of the grid, by rate
}

// guessing is the accuracy below which a network on ten classes of equal shares counts as one that guesses.
const guessing = 0.2

// points returns how far an accuracy is below the best of the grid, in percentage points.
func (r row) points(accuracy float64) float64 { return 100 * (r.best - accuracy) }

// collapsed reports whether there was no recommendation, or the network guessed with it.
func (r row) collapsed() bool { return r.rate == 0 || min(r.constant, r.cycle) < guessing }

// print prints the cases, and what they are on average. It reports whether one was missed: a network collapsed, or the
// mean over the seeds of a network and a data set is too far below that of the best rate of the grid. With a single
// seed, even that rate is often further below the best of eleven, which is that of the luckiest; the table counts how
// often.
func print(cases []*testCase) (missed bool) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "data\tnetwork\tseed\trate\taccuracy\tdistance\tOneCycle\tdistance\tbest of grid\tat\t")
	type group struct{ set, model string }
	var groups []group
	by := make(map[group][]*testCase)
	for _, c := range cases {
		fmt.Fprintf(w, "%s\t%s\t%d\t%v\t%.2f\t%+.2f\t%.2f\t%+.2f\t%.2f\t%v\t\n", c.set, c.model, c.seed, c.rate,
			100*c.constant, c.points(c.constant), 100*c.cycle, c.points(c.cycle), 100*c.best, c.bestRate)
		g := group{c.set, c.model}
		if by[g] == nil {
			groups = append(groups, g)
		}
		by[g] = append(by[g], c)
	}
	w.Flush()
	fmt.Println("\nMeans over the seeds; above 0.3: the seeds further than 0.3 below the best of their grid, with the " +
		"recommended rate and with the grid's best one")
	fmt.Fprintln(w, "data\tnetwork\taccuracy\tdistance\tOneCycle\tdistance\tbest of grid\tat\tabove 0.3\tgrid's\t"+
		"collapsed\t")
	for _, g := range groups {
		s := summarize(by[g])
		fmt.Fprintf(w, "%s\t%s\t%.2f\t%+.2f\t%.2f\t%+.2f\t%.2f\t%v\t%d of %d\t%d\t%d\t\n", g.set, g.model,
			100*s.constant, s.points(s.constant), 100*s.cycle, s.points(s.cycle), 100*s.best, s.bestRate,
			s.far, len(by[g]), s.gridFar, s.collapses)
		missed = missed || s.collapses > 0 || !(s.points(s.constant) <= most)
	}
	w.Flush()
	return missed
}

// summary is a row of means over the seeds. best is the mean of the grid's rate with the highest mean.
type summary struct {
	row
	far, gridFar int // seeds that are too far below the best of their grid
	collapses    int
}

func summarize(cases []*testCase) summary {
	var s summary
	n := float64(len(cases))
	for _, rate := range rates() {
		mean, far := 0.0, 0
		for _, c := range cases {
			mean += c.accuracies[rate] / n
			if !(c.points(c.accuracies[rate]) <= most) {
				far++
			}
		}
		if mean > s.best {
			s.best, s.bestRate, s.gridFar = mean, rate, far
		}
	}
	for _, c := range cases {
		s.constant, s.cycle = s.constant+c.constant/n, s.cycle+c.cycle/n
		if !(c.points(c.constant) <= most) {
			s.far++
		}
		if c.collapsed() {
			s.collapses++
		}
	}
	return s
}
