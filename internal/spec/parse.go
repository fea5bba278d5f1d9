package spec

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds how deep brackets and powers may nest, and maxSize how many values a text may have.
const (
	maxDepth = 100
	maxSize  = 100_000
)

// Parse reads one call, such as StepLR(5, gamma=0.1), or a bare name, which is a call without arguments. Of several
// statements it returns the last, in which names stand for what the statements before it assigned to them.
func Parse(s string) (Value, error) {
	calls, err := statements(s)
	if err != nil {
		return Value{}, err
	}
	return calls[len(calls)-1].value, nil
}

// ParseArgs reads what would stand between the brackets of a call of name, such as lr=0.5, weight_decay=1e-4.
func ParseArgs(name, s string) (Value, error) {
	p := &parser{s: s, depth: 1}
	args, err := p.args(0)
	if err != nil {
		return Value{}, err
	}
	return Value{Kind: Call, Col: 1, Text: name, Args: args}, nil
}

// parser stands before byte i of s.
type parser struct {
	s     string
	i     int
	depth int // of brackets
	size  int // values so far
	names map[string]*statement
}

func (p *parser) col() int { return 1 + utf8.RuneCountInString(p.s[:p.i]) }

// peek skips white space and comments, within brackets also ends of lines, and returns the byte that follows, 0 at the
// end.
func (p *parser) peek() byte {
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' && p.depth > 0:
			p.i++
		case c == '#':
			for p.i < len(p.s) && p.s[p.i] != '\n' {
				p.i++
			}
		case c == '\\' && strings.HasPrefix(strings.TrimPrefix(p.s[p.i+1:], "\r"), "\n"):
			p.i += 1 + strings.IndexByte(p.s[p.i:], '\n')
		default:
			return c
		}
	}
	return 0
}

// next quotes the character ahead for an error.
func (p *parser) next() string {
	if p.i == len(p.s) {
		return "the end"
	}
	_, n := utf8.DecodeRuneInString(p.s[p.i:])
	return strconv.Quote(p.s[p.i : p.i+n])
}

// value reads an expression. What only Python can evaluate, such as a lambda, becomes one Opaque value.
func (p *parser) value() (Value, error) {
	p.peek()
	start, depth := p.i, p.depth
	if p.size++; p.size > maxSize {
		return Value{}, Errorf(p.col(), "more than %d values", maxSize)
	}
	v, err := p.sum()
	if err == errPython || err == nil && p.continues() {
		p.i, p.depth = start, depth
		return p.opaque()
	}
	return v, err
}

// primary reads what operators stand between.
func (p *parser) primary() (Value, error) {
	c := p.peek()
	v := Value{Col: p.col()}
	var err error
	switch {
	case c == '\'' || c == '"':
		v.Kind = String
		v.Text, err = p.text(c)
	case c == '[':
		if list, ok := p.comprehension(); ok {
			return list, nil
		}
		v.Kind = List
		v.Items, _, err = p.items('[', ']')
	case c == '(':
		var comma bool
		v.Kind = Tuple
		v.Items, comma, err = p.items('(', ')')
		if err == nil && len(v.Items) == 1 && !comma { // brackets around one value only group
			return v.Items[0], nil
		}
	case c == '{' || c == '*':
		return v, errPython
	case c == '.' || isDigit(c):
		v.Kind = Number
		v.Text, err = p.number()
	default:
		return p.name()
	}
	return v, err
}

// name reads a constant, a name, or a call.
func (p *parser) name() (Value, error) {
	v := Value{Col: p.col(), Text: p.word()}
	var err error
	switch v.Text {
	case "":
		return v, Errorf(v.Col, "a value is needed here, not %s", p.next())
	case "True", "False":
		v.Kind = Bool
	case "None":
		v.Kind, v.Text = None, ""
	case "lambda", "not":
		return v, errPython
	default:
		v.Kind = Call
		if p.peek() == '(' {
			if v.Args, err = p.bracketed(); err == nil {
				v, err = builtin(v)
			}
		} else if known := p.names[v.Text]; known != nil {
			if p.size += known.size; p.size > maxSize {
				return v, Errorf(v.Col, "more than %d values", maxSize)
			}
			known.used = true
			col := v.Col
			v = known.value
			v.Col = col
		}
	}
	return v, err
}

func (p *parser) items(open, closing byte) (items []Value, comma bool, err error) {
	start := p.col()
	if err := p.enter(); err != nil {
		return nil, false, err
	}
	for p.peek() != closing {
		if p.i == len(p.s) {
			return nil, false, Errorf(start, "this %q is not closed", open)
		}
		v, err := p.value()
		if err != nil {
			return nil, false, err
		}
		items, comma = append(items, v), p.peek() == ','
		if comma {
			p.i++
		} else if p.peek() != closing && p.i < len(p.s) {
			return nil, false, Errorf(p.col(), "a comma or %q is needed here, not %s", closing, p.next())
		}
	}
	p.i++
	p.depth--
	return items, comma, nil
}

func (p *parser) enter() error {
	if p.depth == maxDepth {
		return Errorf(p.col(), "brackets nest deeper than %d", maxDepth)
	}
	p.depth++
	p.i++
	return nil
}

// bracketed reads the arguments of a call with their brackets.
func (p *parser) bracketed() ([]Arg, error) {
	start := p.col()
	if err := p.enter(); err != nil {
		return nil, err
	}
	args, err := p.args(')')
	if err != nil {
		return nil, err
	}
	if p.i == len(p.s) {
		return nil, Errorf(start, "this '(' is not closed")
	}
	p.i++
	p.depth--
	return args, nil
}

// args reads arguments up to closing, or to the end of the text.
func (p *parser) args(closing byte) ([]Arg, error) {
	var args []Arg
	seen := map[string]bool{}
	for p.peek() != closing && p.i < len(p.s) {
		a := Arg{Col: p.col()}
		start := p.i
		if key := p.word(); key != "" && p.peek() == '=' {
			a.Key = key
			p.i++
		} else {
			p.i = start
		}
		switch {
		case a.Key == "" && len(seen) > 0:
			return nil, Errorf(a.Col, "a value without a key stands after one with a key")
		case seen[a.Key]:
			return nil, Errorf(a.Col, "%s is given twice", a.Key)
		case a.Key != "":
			seen[a.Key] = true
		}
		var err error
		if a.Value, err = p.value(); err != nil {
			return nil, err
		}
		args = append(args, a)
		if p.peek() == ',' {
			p.i++
		} else if p.peek() != closing && p.i < len(p.s) {
			return nil, Errorf(p.col(), "a comma or the closing bracket is needed here, not %s", p.next())
		}
	}
	if closing == 0 && p.i < len(p.s) {
		return nil, Errorf(p.col(), "a setting is needed here, not %s", p.next())
	}
	return args, nil
}

// word reads a name with the module path before it; it is empty if no name is ahead.
func (p *parser) word() string {
	p.peek()
	start := p.i
	for p.i < len(p.s) && (isLetter(p.s[p.i]) || p.i > start && (isDigit(p.s[p.i]) || p.s[p.i] == '.')) {
		p.i++
	}
	return p.s[start:p.i]
}

func (p *parser) text(quote byte) (string, error) {
	n := strings.IndexByte(p.s[p.i+1:], quote)
	if n < 0 || strings.ContainsAny(p.s[p.i+1:p.i+1+n], "\r\n\\") {
		return "", Errorf(p.col(), "this string is not closed by %c on its line, or holds a backslash", quote)
	}
	text := p.s[p.i+1 : p.i+1+n]
	p.i += n + 2
	return text, nil
}

// number reads a decimal number without a sign: digits, which underscores may separate, point, exponent.
func (p *parser) number() (string, error) {
	col, start := p.col(), p.i
	for p.i < len(p.s) {
		c := p.s[p.i]
		exponent := p.i > start && (p.s[p.i-1] == 'e' || p.s[p.i-1] == 'E')
		if !isDigit(c) && !isLetter(c) && c != '.' && !((c == '+' || c == '-') && exponent) {
			break
		}
		p.i++
	}
	text := p.s[start:p.i]
	plain := separators.ReplaceAllString(text, "$1$2")
	plain = separators.ReplaceAllString(plain, "$1$2") // 1_2_3: matches do not overlap
	if f, err := strconv.ParseFloat(plain, 64); err != nil || strings.ContainsAny(plain, "_xX_pPiInN") || f-f != 0 {
		return "", Errorf(col, "%s is not a number, or not one that 64 bits hold", text)
	}
	return plain, nil
}

var separators = regexp.MustCompile(`([0-9])_([0-9])`)

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
