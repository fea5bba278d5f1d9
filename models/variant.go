package models

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"anneal/graph"
	"anneal/internal/nearest"
)

// variant is what a name stands for: a network of the registry, with another norm or another size if it has settings.
//
//	lenet-bn(norm=group(groups=2), classes=37)
type variant struct {
	entry Entry
	norm  string // "": its own
	size  int    // 0: its own
}

// sizeKey is the setting of e's size.
func (e Entry) sizeKey() string {
	if e.Loss == nil {
		return "classes"
	}
	return "values"
}

// size is the size of e's Draw.
func (e Entry) size() int {
	if e.Loss == nil {
		return 10
	}
	return 1
}

// forms says which names e's network has.
func (e Entry) forms() string {
	var settings []string
	if _, ok := normed[e.Name]; ok {
		settings = append(settings, "norm=…")
	}
	if e.Sized != nil {
		settings = append(settings, e.sizeKey()+"=…")
	}
	if settings == nil {
		return e.Name
	}
	return fmt.Sprintf("%s or %[1]s(%s)", e.Name, strings.Join(settings, ", "))
}

// parse reads a name.
func parse(name string) (variant, error) {
	base, rest, settings := strings.Cut(name, "(")
	var v variant
	for _, e := range All() {
		if e.Name == base {
			v.entry = e
		}
	}
	switch {
	case v.entry.Draw == nil:
		return v, fmt.Errorf("models: there is no model %q: want one of %s%s",
			name, strings.Join(Names(), ", "), nearest.Hint(base, Names()))
	case !settings:
		return v, nil
	}
	unknown := fmt.Errorf("models: there is no model %q: want %s", name, v.entry.forms())
	if !strings.HasSuffix(rest, ")") {
		return variant{}, unknown
	}
	for _, s := range split(strings.TrimSuffix(rest, ")")) {
		switch key, value, ok := strings.Cut(s, "="); {
		case key == "norm" && value != "" && v.norm == "":
			v.norm = value
		case key == v.entry.sizeKey() && ok && v.size == 0:
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 || n > math.MaxInt32 {
				return variant{}, fmt.Errorf("models: %s: %s is %q: want a whole number of at least 1", base, key, value)
			}
			v.size = n
		default:
			return variant{}, unknown
		}
	}
	return v, nil
}

// split splits settings at the commas that are in no parentheses.
func split(settings string) (list []string) {
	depth, from := 0, 0
	for i, c := range settings {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				list, from = append(list, strings.TrimSpace(settings[from:i])), i+1
			}
		}
	}
	return append(list, strings.TrimSpace(settings[from:]))
}

// String returns the name.
func (v variant) String() string {
	var settings []string
	if v.norm != "" {
		settings = append(settings, "norm="+v.norm)
	}
	if v.size != 0 && v.size != v.entry.size() {
		settings = append(settings, fmt.Sprintf("%s=%d", v.entry.sizeKey(), v.size))
	}
	if settings == nil {
		return v.entry.Name
	}
	return fmt.Sprintf("%s(%s)", v.entry.Name, strings.Join(settings, ", "))
}

// model returns the network.
func (v variant) model() (graph.Model, error) {
	if v.norm != "" {
		n, err := normOf(v.entry.Name, v.norm)
		if err != nil {
			return nil, err
		}
		return normed[v.entry.Name].with(cmp.Or(v.size, v.entry.size()), n), nil
	}
	switch {
	case v.size == 0:
		return v.entry.Draw, nil
	case v.entry.Sized == nil:
		return nil, fmt.Errorf("models: %s has no other number of %s than its own", v.entry.Name, v.entry.sizeKey())
	}
	return v.entry.Sized(v.size), nil
}

// WithSize returns the name under which Get knows the network with so many classes, or values of a regression:
// "resnet20(classes=37)", or the network's own name for the size that it has by itself: ten classes, or one value. A
// name that has a size already, and a network that cannot have another, stay as they are. The error is Get's, or that
// size is below 1.
func WithSize(name string, size int) (string, error) {
	v, err := parse(name)
	if err != nil {
		return name, err
	}
	switch {
	case size < 1:
		return name, fmt.Errorf("models: %s: %d %s: want at least 1", name, size, v.entry.sizeKey())
	case v.size != 0 || v.entry.Sized == nil:
		return name, nil
	}
	v.size = size
	return v.String(), nil
}

// Base returns the name of the network without its settings, such as a norm. The error is Get's.
func Base(name string) (string, error) {
	v, err := parse(name)
	return v.entry.Name, err
}
