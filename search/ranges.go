package search

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Range is a number or a choice that a search draws.
type Range struct {
	// Name is what people call it: the key before it, such as momentum, or the name of its Setting if it is the whole of
	// it. The name of the call around it comes first if there are several calls to choose from, as in "SGD momentum".
	Name string
	// Kind is uniform, log, integer, log_integer or choice.
	Kind string
	// Low and High are the least and the largest value of a range of numbers, both included.
	Low, High float64
	// Choices are the texts of a choice.
	Choices []string

	parts  []template // of the choices
	parent int        // the place in the Space of the choice that this range is inside of, -1: of none
	branch int        // which of the choices of parent it is in
}

// kinds are the calls that are ranges.
var kinds = []string{"uniform", "log", "integer", "log_integer", "choice"}

// digits is the number of significant digits of a value that is drawn. More would not matter to training, and would
// make names unreadable.
const digits = 4

// newRange returns the range of a call, such as log(1e-4, 1).
func newRange(kind string, args []string) (Range, error) {
	r := Range{Kind: kind, parent: -1}
	call := fmt.Sprintf("%s(%s)", kind, strings.Join(args, ", "))
	if kind == "choice" {
		for i, arg := range args {
			if arg == "" || slices.Contains(args[:i], arg) {
				return r, fmt.Errorf("%s: got %q as choice %d, want texts that are not empty and differ", call, arg, i+1)
			}
		}
		if len(args) < 2 {
			return r, fmt.Errorf("%s: want at least two choices", call)
		}
		r.Choices = args
		return r, nil
	}
	if len(args) != 2 {
		return r, fmt.Errorf("%s: got %d arguments, want two: the least and the largest value", call, len(args))
	}
	for i, end := range []*float64{&r.Low, &r.High} {
		v, err := strconv.ParseFloat(args[i], 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return r, fmt.Errorf("%s: got %q, want a finite number", call, args[i])
		}
		*end = v
	}
	return r, r.check(call)
}

// check checks the ends of a range of numbers.
func (r Range) check(call string) error {
	whole := func(v float64) bool { return v == math.Trunc(v) && math.Abs(v) <= 1<<53 }
	switch {
	case !(r.Low < r.High):
		return fmt.Errorf("%s: %v is not below %v: want the least value first, and a larger one", call, r.Low, r.High)
	case strings.HasPrefix(r.Kind, "log") && !(r.Low > 0):
		return fmt.Errorf("%s: got %v, want a least value above 0, since the range is logarithmic", call, r.Low)
	case strings.HasSuffix(r.Kind, "integer") && !(whole(r.Low) && whole(r.High)):
		return fmt.Errorf("%s: want whole numbers", call)
	}
	return nil
}

// At returns the value at u, which is from 0 to 1: the least at 0, the largest at 1, and for a log the geometric mean
// at 0.5. Of whole numbers and choices each has an equal share; of log_integer, a share as its logarithm.
func (r Range) At(u float64) string {
	u = min(max(u, 0), 1)
	switch r.Kind {
	case "choice":
		return r.Choices[r.Branch(u)]
	case "integer":
		return whole(min(r.High, r.Low+math.Floor(u*(r.High-r.Low+1))))
	case "log_integer":
		return whole(min(r.High, math.Floor(r.Low*math.Pow((r.High+1)/r.Low, u)*(1+1e-12))))
	case "log":
		return r.rounded(r.Low * math.Pow(r.High/r.Low, u))
	}
	return r.rounded(r.Low + u*(r.High-r.Low))
}

// Label returns a short text for a choice: the name of a call with ranges in it, such as SGD, if no other choice is a
// call of that name; else the choice itself.
func (r Range) Label(i int) string {
	name := func(text string) string { before, _, _ := strings.Cut(text, "("); return before }
	label := name(r.Choices[i])
	for k, other := range r.Choices {
		if k != i && name(other) == label {
			return r.Choices[i]
		}
	}
	if len(r.parts[i].ranges) == 0 || slices.Contains(kinds, label) || label == "" {
		return r.Choices[i]
	}
	return label
}

// Branch returns the number of the choice at u; see At.
func (r Range) Branch(u float64) int { return min(len(r.Choices)-1, int(u*float64(len(r.Choices)))) }

// Middle returns the middle of the places of choice i.
func (r Range) Middle(i int) float64 { return (float64(i) + 0.5) / float64(len(r.Choices)) }

// rounded writes v with as many digits as a value has, unless that leaves the range.
func (r Range) rounded(v float64) string {
	v = min(max(v, r.Low), r.High)
	text := strconv.FormatFloat(v, 'g', digits, 64)
	if short, err := strconv.ParseFloat(text, 64); err == nil && short >= r.Low && short <= r.High {
		v = short
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func whole(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
