package spec

import (
	"cmp"
	"math"
	"slices"
)

// builtin returns the value of a call of one of Python's functions for numbers and lists, and any other call as it is.
func builtin(call Value) (Value, error) {
	var args []Value
	for _, a := range call.Args {
		if a.Key != "" {
			return call, nil
		}
		args = append(args, a.Value)
	}
	switch call.Text {
	case "list", "tuple", "sorted":
		return listed(call, args), nil
	}
	for _, a := range args {
		if a.Kind != Number {
			return call, nil
		}
	}
	switch n := len(args); {
	case call.Text == "range" && 1 <= n && n <= 3:
		return ranged(call, args)
	case n == 1 && call.Text == "int":
		return number(call.Col, math.Trunc(args[0].Float()), true), nil
	case n == 1 && call.Text == "round":
		return number(call.Col, math.RoundToEven(args[0].Float()), true), nil
	case n == 1 && call.Text == "float":
		return number(call.Col, args[0].Float(), false), nil
	case n == 1 && call.Text == "abs":
		return number(call.Col, math.Abs(args[0].Float()), args[0].integer()), nil
	case n > 1 && (call.Text == "min" || call.Text == "max"):
		v := slices.MinFunc(args, byNumber)
		if call.Text == "max" {
			v = slices.MaxFunc(args, byNumber)
		}
		v.Col = call.Col
		return v, nil
	}
	return call, nil
}

func byNumber(a, b Value) int { return cmp.Compare(a.Float(), b.Float()) }

// listed returns the elements that list, tuple or sorted returns, or the call itself if they are not known.
func listed(call Value, args []Value) Value {
	if len(args) != 1 || args[0].Kind != List && args[0].Kind != Tuple {
		return call
	}
	items := args[0].Items
	if call.Text == "sorted" {
		if slices.ContainsFunc(items, func(v Value) bool { return v.Kind != Number }) {
			return call
		}
		items = slices.SortedStableFunc(slices.Values(items), byNumber)
	}
	return Value{Kind: List, Col: call.Col, Items: items}
}

// ranged returns the list of a range of whole numbers.
func ranged(call Value, args []Value) (Value, error) {
	const most = 10_000
	first, end, step := 0.0, args[0].Float(), 1.0
	if len(args) > 1 {
		first, end = end, args[1].Float()
	}
	if len(args) > 2 {
		step = args[2].Float()
	}
	for _, a := range args {
		if a.Float() != math.Trunc(a.Float()) || math.Abs(a.Float()) > 1<<53 {
			return call, Errorf(a.Col, "%s in a range: want a whole number", a)
		}
	}
	if step == 0 || (end-first)/step > most {
		return call, Errorf(call.Col, "%s: want a step other than 0, and at most %d numbers", call, most)
	}
	v := Value{Kind: List, Col: call.Col}
	for x := first; step > 0 && x < end || step < 0 && x > end; x += step {
		v.Items = append(v.Items, number(call.Col, x, true))
	}
	return v, nil
}
