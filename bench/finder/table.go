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
}

// collapsed is the accuracy below which a network on ten classes of equal shares counts as one that guesses.
const collapsed = 0.2

// points returns how far an accuracy is below the best of the grid, in percentage points.
func (r row) points(accuracy float64) float64 { return 100 * (r.best - accuracy) }

// missed reports whether the recommendation was bad.
func (r row) missed() bool {
	return r.rate == 0 || r.constant < collapsed || r.cycle < collapsed || !(r.points(r.constant) <= most)
}

// print prints the cases. It reports whether one was missed.
func print(cases []*testCase) (missed bool) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprintln(w, "data\tnetwork\tseed\trate\taccuracy\tOneCycle\tbest of grid\tat\tdistance\tOneCycle\t\t")
	count := 0
	for _, r := range cases {
		note := ""
		if r.missed() {
			note = "missed"
			count++
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%v\t%.2f\t%.2f\t%.2f\t%v\t%+.2f\t%+.2f\t%s\t\n", r.set, r.model, r.seed, r.rate,
			100*r.constant, 100*r.cycle, 100*r.best, r.bestRate, r.points(r.constant), r.points(r.cycle), note)
	}
	fmt.Fprintf(w, "missed: %d of %d\n", count, len(cases))
	return count > 0
}
