package search

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// template is a text with ranges in it.
type template struct {
	texts  []string // before, between and after the ranges
	ranges []int    // their places in the Space
}

var (
	call = regexp.MustCompile(`[A-Za-z_][A-Za-z_0-9.]*\(`)
	key  = regexp.MustCompile(`([A-Za-z_]\w*)\s*=\s*$`)
)

// HasRanges reports whether there are ranges in text. The error is that of Space.Add.
func HasRanges(text string) (bool, error) {
	s := new(Space)
	_, err := s.parse(text, place{parent: -1})
	return len(s.Ranges) > 0, err
}

// place is where a template stands in the space.
type place struct {
	name           string // of the setting
	several        bool   // there are several calls to choose from
	parent, branch int    // of the choice around it
}

// parse adds the ranges in text to s and returns the template.
func (s *Space) parse(text string, at place) (template, error) {
	var t template
	rest := 0 // where the text begins that is not in t yet
	for from := 0; ; {
		found := call.FindStringIndex(text[from:])
		if found == nil {
			break
		}
		begin, open := from+found[0], from+found[1]
		kind := text[begin : open-1]
		if from = open; !slices.Contains(kinds, kind) {
			continue
		}
		args, end, err := arguments(text, open)
		if err != nil {
			return t, err
		}
		r, err := newRange(kind, args)
		if err != nil {
			return t, err
		}
		r.Name, r.parent, r.branch = s.unique(at.called(text[:begin], text[end:])), at.parent, at.branch
		i := len(s.Ranges)
		s.Ranges = append(s.Ranges, r)
		for k, choice := range r.Choices {
			inner, err := s.parse(choice, place{r.Name, false, i, k})
			if err != nil {
				return t, err
			}
			s.Ranges[i].parts = append(s.Ranges[i].parts, inner)
		}
		t.texts, t.ranges = append(t.texts, text[rest:begin]), append(t.ranges, i)
		rest, from = end, end
	}
	t.texts = append(t.texts, text[rest:])
	return t, nil
}

// arguments returns the arguments of a call whose first one begins at open, and where the call ends.
func arguments(text string, open int) (args []string, end int, err error) {
	depth, begin := 0, open
	for i := open; i < len(text); i++ {
		switch c := text[i]; {
		case c == '(' || c == '[':
			depth++
		case (c == ')' || c == ']') && depth > 0:
			depth--
		case c == ',' && depth == 0:
			args = append(args, strings.TrimSpace(text[begin:i]))
			begin = i + 1
		case c == ')':
			return append(args, strings.TrimSpace(text[begin:i])), i + 1, nil
		}
	}
	return nil, 0, fmt.Errorf("%s: the parenthesis at column %d is not closed", text, open)
}

// called returns the name of a range between two parts of a text.
func (at place) called(before, after string) string {
	if strings.TrimSpace(before) == "" && strings.TrimSpace(after) == "" {
		return at.name
	}
	around, number := enclosing(before)
	name := fmt.Sprintf("argument %d", number)
	if k := key.FindStringSubmatch(before); k != nil {
		name = k[1]
		if !at.several {
			return name
		}
	}
	return strings.TrimSpace(around + " " + name)
}

// enclosing returns the name of the call that text is inside of, and the number of the argument that comes next,
// counted from 1.
func enclosing(text string) (name string, number int) {
	number = 1
	depth := 0
	for i := len(text) - 1; i >= 0; i-- {
		switch c := text[i]; {
		case c == ')' || c == ']':
			depth++
		case (c == '(' || c == '[') && depth > 0:
			depth--
		case c == ',' && depth == 0:
			number++
		case c == '(':
			begin := i
			for begin > 0 && (text[begin-1] == '_' || text[begin-1] == '.' || isLetter(text[begin-1])) {
				begin--
			}
			return text[begin:i], number
		}
	}
	return "", number
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
