package spec

import (
	"math"
	"testing"
)

// one declares the setting x of a value.
func one[T variable](value T) Setting { return Required("x", &value) }

func TestAllowed(t *testing.T) {
	for _, tt := range []struct {
		s    Setting
		want string // "" if the value is allowed
	}{
		{one(0.0).AtLeast(0), ""},
		{one(-0.5).AtLeast(0), "A: x is -0.5: want a finite number of at least 0"},
		{one(math.NaN()), "A: x is NaN: want a finite number"},
		{one(math.Inf(1)).Above(0), "A: x is +Inf: want a finite number above 0"},
		{one(0.0).Above(0), "A: x is 0: want a finite number above 0"},
		{one(1.0).Above(0).AtMost(1), ""},
		{one(0.0).Above(0).AtMost(1), "A: x is 0: want a number above 0 and at most 1"},
		{one(1.0).AtLeast(0).Below(1), "A: x is 1: want a number of at least 0 and below 1"},
		{one(1.5).Within(0, 1), "A: x is 1.5: want a number from 0 to 1"},
		{one(2.0).Below(2), "A: x is 2: want a finite number below 2"},
		{one(0).AtLeast(1), "A: x is 0: want a whole number of at least 1"},
		{one([]int{3, -1}).AtLeast(0), "A: x is [3, -1]: want whole numbers, each of at least 0"},
		{one([]float64{0.5, math.NaN()}), "A: x is [0.5, NaN]: want finite numbers"},
		{one([]float64{-1}).AtLeast(0), "A: x is -1.0: want finite numbers, each of at least 0"},
		{one([2]float64{0.9, 1}).AtLeast(0).Below(1), "A: x is (0.9, 1.0): want two numbers, each of at least 0 and below 1"},
		{one([2]float64{1, 0.5}).Within(0, 2).InOrder(), "A: x is (1.0, 0.5): want two numbers in order, each from 0 to 2"},
		{one([2]float64{1, 1}).Within(0, 2).InOrder(), ""},
		{one((*float64)(nil)).AtLeast(0), ""},
		{one(new(-1.0)).AtLeast(0), "A: x is -1: want a finite number of at least 0"},
		{one("b").OneOf("a", "b"), ""},
		{one("c").OneOf("a", "b", "it's"), `A: x is 'c': want 'a', 'b' or "it's"`},
		{one("c").OneOf("a"), "A: x is 'c': want 'a'"},
		{one(true), ""},
	} {
		got := ""
		if err := Validate("A", tt.s); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// A number behind a pointer may be left out, or be None, and is then nil.
func TestPointer(t *testing.T) {
	var x *float64
	settings := []Setting{Optional("x", &x, nil).OrNone().AtLeast(0)}
	for text, want := range map[string]string{
		"A": "A()", "A(None)": "A()", "A(x=0)": "A(x=0.0)",
		"A(-1)": "", "A('a')": "",
	} {
		call, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err = Bind(call, settings...); err == nil {
			got = Format("A", settings...)
		}
		if got != want {
			t.Errorf("%s: got %q, %v, want %q", text, got, err, want)
		}
	}
}
