package study

import (
	"fmt"
	"slices"
	"strings"
)

// Label returns a name for a cell among others: of its model, setting, rate, batch size and augmentation, those that
// differ between them, or the model if nothing does. A setting is without what all have in common; see Apart.
func Label(c Cell, others []Cell) string {
	settings := []string{c.Setting}
	for _, o := range others {
		settings = append(settings, o.Setting)
	}
	parts := c.differing(others)
	if len(parts) > 0 && parts[0] == c.Setting {
		parts[0] = Apart(settings)[0]
	}
	if len(parts) == 0 || slices.ContainsFunc(others, func(o Cell) bool { return o.Model != c.Model }) {
		parts = append([]string{c.Model}, parts...)
	}
	return strings.Join(parts, ", ")
}

// Apart returns the names of settings without the solver that all of them begin with, as in "SGD(momentum=0.9),
// StepLR(step_size=5)", except for one that is this solver alone.
func Apart(settings []string) []string {
	list := slices.Clone(settings)
	if len(list) == 0 {
		return list
	}
	common := solverOf(list[0])
	if slices.ContainsFunc(list, func(s string) bool { return s != common && !strings.HasPrefix(s, common+", ") }) {
		return list
	}
	for i, s := range list {
		list[i] = strings.TrimPrefix(s, common+", ")
	}
	return list
}

// solverOf returns the solver with settings that a name begins with, such as "SGD(momentum=0.9)", or the whole name.
func solverOf(setting string) string {
	depth := 0
	for i, r := range setting {
		switch r {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 && strings.HasPrefix(setting[i:], "), ") {
				return setting[:i+1]
			}
		}
	}
	return setting
}

// differing returns what of a cell, except its model and its seed, differs between others.
func (c Cell) differing(others []Cell) []string {
	var parts []string
	add := func(text string, differs func(Cell) bool) {
		if slices.ContainsFunc(others, differs) {
			parts = append(parts, text)
		}
	}
	add(c.Setting, func(o Cell) bool { return o.Setting != c.Setting })
	add("lr "+shortest(c.LR), func(o Cell) bool { return o.LR != c.LR })
	add(fmt.Sprint("batch ", c.Batch), func(o Cell) bool { return o.Batch != c.Batch })
	add(c.Augment.String(), func(o Cell) bool { return o.Augment.String() != c.Augment.String() })
	return parts
}
