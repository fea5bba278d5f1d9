package app

import (
	"maps"
	"math"
	"slices"
	"testing"
)

// near compares what was measured again with what the page says: in each column of a selection the means differ by no
// more than two standard deviations, or by what slack has for the column if that is more.
func near(t *testing.T, selection string, got, want []map[string]string) {
	t.Helper()
	columns, conditions := columnsOf(selection)
	for _, column := range columns {
		least, ok := slack[column]
		if !ok {
			t.Fatalf("%s: slack has no column %s, only %v", selection, column, slices.Sorted(maps.Keys(slack)))
		}
		one := column + " of " + conditions
		g, _ := moments(selected(t, got, one))
		w, d := moments(selected(t, want, one))
		if math.IsNaN(d) { // of one number
			d = 0
		}
		if math.IsNaN(g) != math.IsNaN(w) || math.Abs(g-w) > max(2*d, least.absolute, least.relative*math.Abs(w)) {
			t.Errorf("%s: got a mean of %v again, want %v ± %v", one, g, w, d)
		}
	}
}

// slack is by how much a mean may differ when it is measured again, however small its standard deviation. The same
// kernels give the same bits; with others, a training takes another course.
var slack = map[string]struct{ absolute, relative float64 }{
	"final_accuracy":    {absolute: 1e-3},
	"test_accuracy":     {absolute: 1e-3},
	"ema_test_accuracy": {absolute: 1e-3},
	"final_train_loss":  {relative: 0.1},
	"train_loss":        {relative: 0.1},
	"steps":             {},
	"steps_to_98":       {absolute: 860}, // an epoch: a run is tested after each
	"collapsed":         {absolute: 0.1},
	"rate":              {absolute: 0.03}, // the mean over 20 epochs: a fall comes some epochs earlier or later
	"recommended":       {relative: 0.8},  // the rate that lrfind tries next
	"largest_usable":    {relative: 0.8},
	"result_15":         {absolute: 0.5, relative: 0.3}, // of one seed
	"result_50":         {absolute: 0.5, relative: 0.3},
	"result_85":         {absolute: 0.5, relative: 0.3},
	"gradient_15":       {relative: 0.5},
	"gradient_85":       {relative: 0.5},
	"dead":              {absolute: 0.15},
}
