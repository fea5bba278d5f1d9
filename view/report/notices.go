package report

import (
	"fmt"

	"anneal/internal/plural"
	"anneal/runs"
)

// guessing is what a page says of a run that ended so.
const guessing = "no better than guessing"

// outcome says why the run ended, and that it had only guessed.
func (r *Run) outcome() string {
	if r.Guesses() {
		return r.Reason() + ", " + guessing
	}
	return r.Reason()
}

// notices lists what went wrong in the runs of a page.
func notices(all []Run) []string {
	var list []string
	if len(all) != 1 {
		guess := 0
		for i := range all {
			if all[i].Guesses() && !all[i].Diverged() {
				guess++
			}
		}
		if guess > 0 {
			list = append(list, fmt.Sprintf("%s of %d ended %s.", plural.Of(guess, "run"), len(all), guessing))
		}
		return list
	}
	told := false
	for _, n := range all[0].Notices {
		list = append(list, fmt.Sprintf("Epoch %d, step %d: %s", n.Epoch, n.Step, n.Text))
		told = told || n.Kind == runs.Guessing
	}
	if all[0].Guesses() && !told { // a run of an older version of the program
		list = append(list, "The network ended "+guessing+".")
	}
	return list
}
