package graph

import (
	"fmt"
	"reflect"
	"strings"
)

// Setting is one setting of a layer.
type Setting struct {
	Name  string // such as "stride"; "" if the value speaks for itself
	Value any    // such as an int, a float64, a string, a bool, [2]int for height and width, or []int for axes
	Usual any    // the default, which Layer.String leaves out; nil: none
}

// String returns the setting as a summary shows it, such as "stride 2" or "5x5", or "" if it is the default.
func (s Setting) String() string {
	if s.Usual != nil && reflect.DeepEqual(s.Value, s.Usual) {
		return ""
	}
	text := fmt.Sprint(s.Value)
	switch v := s.Value.(type) {
	case [2]int:
		text = fmt.Sprintf("%dx%d", v[0], v[1])
		if v[0] == v[1] && s.Name != "" {
			text = fmt.Sprint(v[0])
		}
	case []int:
		text = strings.Trim(text, "[]")
	case bool:
		if text = s.Name; !v {
			text = "no " + s.Name
		}
		return text
	}
	return strings.TrimSpace(s.Name + " " + text)
}
