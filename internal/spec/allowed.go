package spec

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// allowed is what a setting's value may be.
type allowed struct {
	what      string // such as "a whole number"; "" if any value is allowed
	each      string // between what and the range: ", each" if there are several numbers
	get       func() (shown string, numbers []float64)
	low, high float64
	above     bool // low itself is not allowed
	below     bool // high itself is not allowed
	inOrder   bool // the numbers must not fall
	stated    bool // zero must be negative zero
	words     []string
	word      *string
}

// anything returns what a variable of dest's type may be if its setting states no range.
func anything(dest any) allowed {
	a := allowed{low: math.Inf(-1), high: math.Inf(1)}
	switch dest := dest.(type) {
	case *int:
		a.what = "a whole number"
		a.get = func() (string, []float64) { return format(*dest), []float64{float64(*dest)} }
	case *float64:
		a.what = "a finite number"
		a.get = func() (string, []float64) { return fmt.Sprint(*dest), []float64{*dest} }
	case **float64:
		a.what = "a finite number"
		a.get = func() (string, []float64) {
			if *dest == nil {
				return "", nil
			}
			return fmt.Sprint(**dest), []float64{**dest}
		}
	case *[]int:
		a.what, a.each = "whole numbers", ", each"
		a.get = func() (string, []float64) {
			numbers := make([]float64, len(*dest))
			for i, n := range *dest {
				numbers[i] = float64(n)
			}
			return format(*dest), numbers
		}
	case *[]float64:
		a.what, a.each = "finite numbers", ", each"
		a.get = func() (string, []float64) { return format(*dest), *dest }
	case *[3]float64:
		a.what, a.each = "three finite numbers", ", each"
		a.get = func() (string, []float64) { return format(*dest), (*dest)[:] }
	case *[2]float64:
		a.what, a.each = "two finite numbers", ", each"
		a.get = func() (string, []float64) { return format(*dest), (*dest)[:] }
	case *string:
		a.word = dest
	}
	return a
}

// AtLeast returns s as a setting whose numbers are at least low.
func (s Setting) AtLeast(low float64) Setting { s.allowed.low = low; return s }

// Above returns s as a setting whose numbers are above low.
func (s Setting) Above(low float64) Setting { s.allowed.low, s.allowed.above = low, true; return s }

// AtMost returns s as a setting whose numbers are at most high.
func (s Setting) AtMost(high float64) Setting { s.allowed.high = high; return s }

// Below returns s as a setting whose numbers are below high.
func (s Setting) Below(high float64) Setting { s.allowed.high, s.allowed.below = high, true; return s }

// Within returns s as a setting whose numbers are at least low and at most high.
func (s Setting) Within(low, high float64) Setting { return s.AtLeast(low).AtMost(high) }

// InOrder returns s as a setting whose numbers do not fall from one to the next.
func (s Setting) InOrder() Setting { s.allowed.inOrder = true; return s }

// OneOf returns s as a setting whose text is one of words.
func (s Setting) OneOf(words ...string) Setting { s.allowed.words = words; return s }

// Validate returns an error, which begins with name, for the first of settings whose value is not allowed.
func Validate(name string, settings ...Setting) error {
	for _, s := range settings {
		if err := s.check(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// check returns an error unless the value of s is allowed.
func (s Setting) check() error {
	a := s.allowed
	if a.words != nil && !slices.Contains(a.words, *a.word) {
		return fmt.Errorf("%s is %s: want %s", s.key, format(*a.word), either(a.words))
	}
	if a.get == nil {
		return nil
	}
	shown, numbers := a.get()
	for i, x := range numbers {
		if a.stated && x == 0 && !math.Signbit(x) {
			a.above = true
			return fmt.Errorf("%s is 0: want %s", s.key, a)
		}
		if !a.includes(x) || a.inOrder && i > 0 && x < numbers[i-1] {
			return fmt.Errorf("%s is %s: want %s", s.key, shown, a)
		}
	}
	return nil
}

func (a allowed) includes(x float64) bool {
	return x-x == 0 && a.low <= x && x <= a.high && !(a.above && x == a.low) && !(a.below && x == a.high)
}

// String says what is allowed, such as "a finite number of at least 0".
func (a allowed) String() string {
	what := a.what
	if a.inOrder {
		what += " in order"
	}
	hasLow, hasHigh := !math.IsInf(a.low, -1), !math.IsInf(a.high, 1)
	if hasLow && hasHigh {
		what = strings.Replace(what, "finite ", "", 1)
	}
	var bounds []string
	switch {
	case hasLow && hasHigh && !a.above && !a.below:
		return fmt.Sprintf("%s%s from %v to %v", what, a.each, a.low, a.high)
	case a.above:
		bounds = append(bounds, fmt.Sprintf(" above %v", a.low))
	case hasLow:
		bounds = append(bounds, fmt.Sprintf(" of at least %v", a.low))
	}
	switch {
	case a.below:
		bounds = append(bounds, fmt.Sprintf(" below %v", a.high))
	case hasHigh:
		bounds = append(bounds, fmt.Sprintf(" at most %v", a.high))
	}
	if bounds == nil {
		return what
	}
	return what + a.each + strings.Join(bounds, " and")
}

// either lists words in quotes: 'a', 'b' or 'c'.
func either(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	last := len(quoted) - 1
	if last == 0 {
		return quoted[0]
	}
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
