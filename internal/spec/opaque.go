package spec

import (
	"errors"
	"slices"
	"strings"
)

// errPython stops the reading of an expression that only Python can evaluate.
var errPython = errors.New("only Python can evaluate this")

// continues reports whether Python's expression goes on after what was read: a subscript, a method, a condition, a
// comprehension.
func (p *parser) continues() bool {
	c := p.peek()
	if c == '[' || c == '.' {
		return true
	}
	start := p.i
	word := p.word()
	p.i = start
	return slices.Contains([]string{"for", "if", "or", "and", "in", "is", "not"}, word)
}

// opaque reads up to the end of an expression: a comma, a closing bracket, or outside of brackets the end of a
// statement. The value's text is on one line and without comments.
func (p *parser) opaque() (Value, error) {
	v := Value{Kind: Opaque, Col: p.col()}
	var text strings.Builder
	var open []int // columns of the brackets that are open
	parameters := strings.HasPrefix(p.s[p.i:], "lambda")
	outer := p.depth
	defer func() { p.depth = outer }()
	for {
		before := p.i
		c := p.peek()
		if p.i == len(p.s) {
			break
		}
		if p.i > before && text.Len() > 0 {
			text.WriteByte(' ')
		}
		end := strings.IndexByte(")]}", c) >= 0 || c == ',' && !parameters || outer == 0 && (c == ';' || c == '\n')
		if end && len(open) == 0 {
			break
		}
		if p.depth == 0 && c == '\n' {
			break
		}
		switch {
		case strings.IndexByte("([{", c) >= 0:
			if len(open) == maxDepth {
				return v, Errorf(p.col(), "brackets nest deeper than %d", maxDepth)
			}
			open = append(open, p.col())
			p.depth++
		case strings.IndexByte(")]}", c) >= 0:
			open = open[:len(open)-1]
			p.depth--
		case c == ':' && len(open) == 0:
			parameters = false
		case c == '\'' || c == '"':
			start := p.i
			if _, err := p.text(c); err != nil {
				return v, err
			}
			text.WriteString(p.s[start:p.i])
			continue
		}
		text.WriteByte(c)
		p.i++
	}
	if len(open) > 0 {
		return v, Errorf(open[len(open)-1], "this bracket is not closed")
	}
	v.Text = strings.TrimSpace(text.String())
	return v, nil
}
