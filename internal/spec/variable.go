package spec

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// assign sets the variable at dest to v. The error says what v must be.
func assign(dest any, v Value) error {
	switch dest := dest.(type) {
	case *int:
		f, err := strconv.ParseFloat(v.Text, 64)
		if v.Kind != Number || err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return fmt.Errorf("a whole number")
		}
		*dest = int(f)
	case *float64:
		if v.Kind != Number {
			return fmt.Errorf("a number")
		}
		*dest, _ = strconv.ParseFloat(v.Text, 64)
	case *bool:
		if v.Kind != Bool {
			return fmt.Errorf("either True or False")
		}
		*dest = v.Text == "True"
	case *string:
		if v.Kind != String {
			return fmt.Errorf("a string in quotes")
		}
		*dest = v.Text
	case **float64:
		var x float64
		if err := assign(&x, v); err != nil {
			return err
		}
		*dest = &x
	case *[]int:
		return assignList(dest, v, "a list of whole numbers")
	case *[]float64:
		if v.Kind == Number {
			v = Value{Kind: List, Items: []Value{v}}
		}
		return assignList(dest, v, "a number or a list of numbers")
	case *[3]float64:
		var list []float64
		if err := assignList(&list, v, ""); err != nil || len(list) != 3 {
			return fmt.Errorf("three numbers, such as (3.4445, -4.775, 2.0315)")
		}
		*dest = [3]float64(list)
	case *[2]float64:
		var list []float64
		if err := assignList(&list, v, ""); err != nil || len(list) != 2 {
			return fmt.Errorf("two numbers, such as (0.9, 0.999)")
		}
		*dest = [2]float64(list)
	}
	return nil
}

func assignList[T int | float64](dest *[]T, v Value, want string) error {
	list := make([]T, len(v.Items))
	for i, item := range v.Items {
		if assign(&list[i], item) != nil {
			return fmt.Errorf("%s", want)
		}
	}
	if v.Kind != List && v.Kind != Tuple {
		return fmt.Errorf("%s", want)
	}
	*dest = list
	return nil
}

// format spells a variable's value as Python does.
func format(x any) string {
	switch x := x.(type) {
	case float64:
		return formatFloat(x)
	case bool:
		if x {
			return "True"
		}
		return "False"
	case string:
		return quote(x)
	case *float64:
		if x == nil {
			return "None"
		}
		return formatFloat(*x)
	case []int:
		return "[" + joinFormatted(x) + "]"
	case []float64:
		if len(x) == 1 {
			return formatFloat(x[0])
		}
		return "[" + joinFormatted(x) + "]"
	case [3]float64:
		return "(" + joinFormatted(x[:]) + ")"
	case [2]float64:
		return "(" + joinFormatted(x[:]) + ")"
	default:
		return fmt.Sprint(x)
	}
}

func joinFormatted[T int | float64](list []T) string {
	text := make([]string, len(list))
	for i, x := range list {
		text[i] = format(x)
	}
	return strings.Join(text, ", ")
}

// formatFloat writes the fewest digits that read back to x, in the layout of Python's repr.
func formatFloat(x float64) string {
	x += 0 // negative zero is 0
	if a := math.Abs(x); a != 0 && !(1e-4 <= a && a < 1e16) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// Assign sets the variable at dest to v, for settings of Custom. The error says what v must be.
func Assign[T variable](dest *T, v Value) error { return assign(dest, v) }

// Spell spells a value as Format does, for settings of Custom.
func Spell[T variable](x T) string { return format(x) }
