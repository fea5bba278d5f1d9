package spec

import (
	"strings"
)

// statement is one statement of a text: an assignment, or a value alone.
type statement struct {
	target string // what it assigns to, with dots; "" if to nothing
	value  Value
	size   int  // the number of values in it
	used   bool // whether a later statement names target
}

// statements reads the statements of a text, which new lines or semicolons separate. There is at least one, and the
// last is a call.
func statements(s string) ([]*statement, error) {
	p := &parser{s: s, names: map[string]*statement{}}
	var list []*statement
	for p.separator(); p.i < len(p.s); p.separator() {
		if p.imports() {
			continue
		}
		next, err := p.statement()
		if err != nil {
			return nil, err
		}
		list = append(list, next)
		if next.target != "" {
			p.names[next.target] = next
		}
	}
	if len(list) == 0 {
		return nil, Errorf(1, "nothing here; a name is needed, such as StepLR(5, 0.1)")
	}
	if v := list[len(list)-1].value; v.Kind != Call {
		return nil, Errorf(v.Col, "%s is not a name; one is needed, such as StepLR(5, 0.1)", v)
	}
	return list, nil
}

func (p *parser) statement() (*statement, error) {
	s := &statement{size: p.size}
	start := p.i
	if p.word() != "return" || p.i == len(p.s) || p.s[p.i] != ' ' {
		p.i = start
	}
	start = p.i
	name := p.word()
	if before := p.i; name != "" && p.peek() == ':' { // a type
		p.i++
		if p.word() == "" || p.peek() != '=' {
			p.i = before
		}
	}
	if name != "" && p.peek() == '=' && !strings.HasPrefix(p.s[p.i:], "==") {
		s.target = name
		p.i++
		p.separator()
	} else {
		p.i = start
	}
	var err error
	if s.value, err = p.value(); err != nil {
		return nil, err
	}
	s.size = p.size - s.size
	if p.peek() == ',' { // the end of an element of a list
		p.i++
	}
	if c := p.peek(); c != ';' && c != '\n' && p.i < len(p.s) {
		if s.value.Kind != Call {
			return nil, Errorf(s.value.Col, "%s is not a name; one is needed, such as StepLR(5, 0.1)", s.value)
		}
		return nil, Errorf(p.col(), "%s stands after the end of %s", p.next(), s.value.Text)
	}
	return s, nil
}

// separator skips what stands between statements, prompts of an interpreter included.
func (p *parser) separator() {
	for {
		c := p.peek()
		switch {
		case c == ';' || c == '\n':
			p.i++
		case strings.HasPrefix(p.s[p.i:], ">>>"), strings.HasPrefix(p.s[p.i:], "..."):
			p.i += 3
		default:
			return
		}
	}
}

// imports skips a statement that imports names, and reports whether there was one.
func (p *parser) imports() bool {
	start := p.i
	first := p.word()
	if (first == "from" || first == "import") && p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\t') {
		for p.i < len(p.s) && p.s[p.i] != '\n' && p.s[p.i] != ';' {
			p.i++
		}
		return true
	}
	p.i = start
	return false
}
