package spec

import (
	"math"
	"strconv"
	"strings"
)

// sum reads terms with + and - between them.
func (p *parser) sum() (Value, error) {
	v, err := p.product()
	for err == nil {
		c := p.peek()
		if c != '+' && c != '-' {
			break
		}
		p.i++
		var right Value
		if right, err = p.product(); err == nil {
			v, err = operate(string(c), v, right)
		}
	}
	return v, err
}

// product reads factors with *, /, // and % between them.
func (p *parser) product() (Value, error) {
	v, err := p.signed()
	for err == nil {
		operator := ""
		p.peek()
		for _, o := range []string{"**", "//", "*", "/", "%"} {
			if strings.HasPrefix(p.s[p.i:], o) {
				operator = o
				break
			}
		}
		if operator == "" {
			break
		}
		p.i += len(operator)
		var right Value
		if right, err = p.signed(); err == nil {
			v, err = operate(operator, v, right)
		}
	}
	return v, err
}

// signed reads a power with signs before it, which bind less than the power does.
func (p *parser) signed() (Value, error) {
	p.peek()
	col, negative, signed := p.col(), false, false
	for c := p.peek(); c == '+' || c == '-'; c = p.peek() {
		negative, signed = negative != (c == '-'), true
		p.i++
	}
	v, err := p.primary()
	if err == nil && p.peek() == '*' && strings.HasPrefix(p.s[p.i:], "**") {
		if p.depth++; p.depth > maxDepth {
			return v, Errorf(p.col(), "powers nest deeper than %d", maxDepth)
		}
		p.i += 2
		var exponent Value
		if exponent, err = p.signed(); err == nil {
			v, err = operate("**", v, exponent)
		}
		p.depth--
	}
	if err != nil || !signed {
		return v, err
	}
	if v.Kind != Number {
		if v.Kind == Call && v.Text != "inf" && v.Text != "nan" {
			return v, errPython
		}
		sign := "+"
		if negative {
			sign = "-"
		}
		return v, Errorf(col, "%s%s is not a number", sign, v)
	}
	v.Col = col
	if negative {
		if rest, ok := strings.CutPrefix(v.Text, "-"); ok {
			v.Text = rest
		} else {
			v.Text = "-" + v.Text
		}
	}
	return v, nil
}

// operate returns the number that Python computes from a and b. Numbers without a point and an exponent are integers.
func operate(operator string, a, b Value) (Value, error) {
	for _, v := range []Value{a, b} {
		if v.Kind == Call {
			return v, errPython
		}
		if v.Kind != Number {
			return v, Errorf(v.Col, "%s is not a number, which %s needs", v, operator)
		}
	}
	x, y := a.Float(), b.Float()
	whole := a.integer() && b.integer()
	var r float64
	switch operator {
	case "+":
		r = x + y
	case "-":
		r = x - y
	case "*":
		r = x * y
	case "/":
		r, whole = x/y, false
	case "//":
		r = math.Floor(x / y)
	case "%":
		if r = math.Mod(x, y); r != 0 && (r < 0) != (y < 0) {
			r += y
		}
	case "**":
		r = math.Pow(x, y)
		whole = whole && y >= 0
	}
	if r-r != 0 {
		return a, Errorf(a.Col, "%s %s %s is not a number, or not one that 64 bits hold", a, operator, b)
	}
	return number(a.Col, r, whole), nil
}

// number returns a Number, written without a point if it is whole and not too large.
func number(col int, x float64, whole bool) Value {
	v := Value{Kind: Number, Col: col, Text: formatFloat(x)}
	if whole && math.Abs(x) <= 1<<53 {
		v.Text = strconv.FormatFloat(x, 'f', -1, 64)
	}
	return v
}

// Float returns the value of a Number.
func (v Value) Float() float64 {
	x, _ := strconv.ParseFloat(v.Text, 64) // it was read before
	return x
}

// integer reports whether a Number is one of Python's integers.
func (v Value) integer() bool { return !strings.ContainsAny(v.Text, ".eE") }

// NumberOf returns a Number at column col.
func NumberOf(col int, x float64) Value { return number(col, x, x == math.Trunc(x)) }
