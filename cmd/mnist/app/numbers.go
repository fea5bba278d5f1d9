package app

import (
	"fmt"
	"math"
	"strconv"
)

// Numbers within bounds.
type (
	positive float64 // finite and above 0
	share    float64 // above 0 and at most 1
	atLeast0 float64 // finite and at least 0
	belowOne float64 // at least 0 and below 1
	inside   float64 // above 0 and below 1
)

func (n *positive) UnmarshalText(text []byte) error {
	return parse(n, text, "a finite number above 0", func(v float64) bool { return v > 0 && v <= math.MaxFloat64 })
}

func (n *share) UnmarshalText(text []byte) error {
	return parse(n, text, "a number above 0 and at most 1", func(v float64) bool { return v > 0 && v <= 1 })
}

func (n *atLeast0) UnmarshalText(text []byte) error {
	return parse(n, text, "a finite number of at least 0", func(v float64) bool { return v >= 0 && v <= math.MaxFloat64 })
}

func (n *belowOne) UnmarshalText(text []byte) error {
	return parse(n, text, "a number of at least 0 and below 1", func(v float64) bool { return v >= 0 && v < 1 })
}

func (n *inside) UnmarshalText(text []byte) error {
	return parse(n, text, "a number above 0 and below 1", func(v float64) bool { return v > 0 && v < 1 })
}

// parse reads a number for which allowed must be true. want says in words what is allowed.
func parse[N ~float64](n *N, text []byte, want string, allowed func(float64) bool) error {
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !allowed(v) {
		return fmt.Errorf("got %q, want %s", text, want)
	}
	*n = N(v)
	return nil
}

// count is a whole number of at least 1.
type count int

func (n *count) UnmarshalText(text []byte) error {
	v, err := strconv.Atoi(string(text))
	if err != nil || v < 1 {
		return fmt.Errorf("got %q, want a whole number of at least 1", text)
	}
	*n = count(v)
	return nil
}

// seed is a random seed, a whole number of at least 0.
type seed uint64

func (s *seed) UnmarshalText(text []byte) error {
	v, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return fmt.Errorf("got %q, want a whole number of at least 0", text)
	}
	*s = seed(v)
	return nil
}
