package app

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A form writes the numbers of a claim's selections, as a text for each %s of the claim.
type form func(selections [][]float64) []string

// apiece is a form that writes a text for each selection.
func apiece(write func([]float64) string) form {
	return func(selections [][]float64) []string {
		var list []string
		for _, x := range selections {
			list = append(list, write(x))
		}
		return list
	}
}

// diverged is what the page writes for runs that have no result.
const diverged = "diverged"

var (
	// deviation writes accuracies in %, as their mean and their standard deviation.
	deviation = apiece(func(x []float64) string {
		if none(x) {
			return diverged
		}
		m, s := moments(x)
		return fmt.Sprintf("%.2f ± %.2f", 100*m, 100*s)
	})

	// mean writes accuracies in %, as their mean.
	mean = apiece(percents)

	// meanOrEach writes accuracies in %, as their mean, or one by one if some trained and some did not.
	meanOrEach = apiece(func(x []float64) string {
		if _, s := moments(x); !(s >= 0.1) {
			return percents(x)
		}
		var list []string
		for _, v := range x {
			list = append(list, percents([]float64{v}))
		}
		return strings.Join(list, ", ")
	})

	// span writes counts as the least and the most, or as one number if all are equal.
	span = apiece(func(x []float64) string {
		least, most := thousands(int(slices.Min(x))), thousands(int(slices.Max(x)))
		if least == most {
			return least
		}
		return least + " to " + most
	})
)

// decimals writes the mean of each selection, as it is.
func decimals(n int) form {
	return apiece(func(x []float64) string {
		m, _ := moments(x)
		return fmt.Sprintf("%.*f", n, m)
	})
}

// gains writes by how many points each selection is above the first one, from accuracies.
func gains(decimals int) form {
	return func(selections [][]float64) []string {
		base, _ := moments(selections[0])
		return apiece(func(x []float64) string {
			m, _ := moments(x)
			return fmt.Sprintf("%.*f", decimals, 100*(m-base))
		})(selections[1:])
	}
}

// fewerErrors writes by how many % the second selection makes fewer errors than the first one, from accuracies.
func fewerErrors(selections [][]float64) []string {
	before, _ := moments(selections[0])
	after, _ := moments(selections[1])
	return []string{fmt.Sprintf("%.0f", 100*(after-before)/(1-before))}
}

// tally writes of how many runs something is true, and of how many it could be.
func tally(selections [][]float64) []string {
	m, _ := moments(selections[0])
	n := len(selections[0])
	return []string{fmt.Sprint(math.Round(m * float64(n))), fmt.Sprint(n)}
}

// percents writes the mean of accuracies in %.
func percents(x []float64) string {
	if none(x) {
		return diverged
	}
	m, _ := moments(x)
	return fmt.Sprintf("%.2f", 100*m)
}

// none reports whether none of the runs has a result.
func none(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return !math.IsNaN(v) })
}

// moments returns the mean and the standard deviation, which a single number does not have.
func moments(x []float64) (mean, deviation float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, math.Sqrt(deviation)
}

// series writes the numbers of each selection one by one, times factor: "98.90, 99.01 and 98.57".
func series(factor float64, decimals int) form {
	return apiece(func(x []float64) string {
		texts := separate(x, factor, decimals)
		last := len(texts) - 1
		return strings.Join(texts[:last], ", ") + " and " + texts[last]
	})
}

// commas writes the numbers of each selection one by one, times factor: "98.61, 98.98, 98.37".
func commas(factor float64, decimals int) form {
	return apiece(func(x []float64) string { return strings.Join(separate(x, factor, decimals), ", ") })
}

func separate(x []float64, factor float64, decimals int) []string {
	var list []string
	for _, v := range x {
		list = append(list, fmt.Sprintf("%.*f", decimals, factor*v))
	}
	return list
}

var (
	// triples writes the numbers of each selection with a decimal if they are below 10: "−12, −4.5, −1.4".
	triples = apiece(func(x []float64) string {
		var list []string
		for _, v := range x {
			list = append(list, strings.Replace(rounded(v), "-", "−", 1))
		}
		return strings.Join(list, ", ")
	})

	// significant writes the mean of each selection to two digits: 0.032.
	significant = apiece(func(x []float64) string {
		m, _ := moments(x)
		return number(m, 2)
	})

	// falls writes after how many epochs the rate, of which each selection has those of a run, first fell.
	falls = apiece(func(x []float64) string {
		return fmt.Sprint(slices.IndexFunc(x, func(v float64) bool { return v < x[0] }))
	})

	// distances writes the mean distance of each selection, in millionths.
	distances = apiece(func(x []float64) string {
		d := 1e6 * distance(x)
		if d < 1 {
			return fmt.Sprintf("%.2f", d)
		}
		return rounded(d)
	})
)

// rounded writes a number with a decimal if it is below 10.
func rounded(v float64) string {
	if math.Abs(v) < 10 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// shrinking writes by what factor the mean distance of the first selection is below that of the second one, nine layers
// later, and by what factor it shrinks at each of these.
func shrinking(selections [][]float64) []string {
	factor := distance(selections[1]) / distance(selections[0])
	return []string{thousands(int(100 * math.Round(factor/100))), fmt.Sprintf("%.2f", math.Pow(factor, -1.0/9))}
}

// distance returns the mean of how far the second number of each pair is above the first one.
func distance(pairs []float64) float64 {
	sum := 0.0
	for i := 0; i < len(pairs); i += 2 {
		sum += pairs[i+1] - pairs[i]
	}
	return sum / float64(len(pairs)/2)
}
