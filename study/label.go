package study

import (
	"fmt"
	"slices"
	"strings"
)

// Label returns a name for a cell among others: of its model, setting, rate, batch size and augmentation, those that
// differ between them, or the model if nothing does.
func Label(c Cell, others []Cell) string {
	parts := c.differing(others)
	if len(parts) == 0 || slices.ContainsFunc(others, func(o Cell) bool { return o.Model != c.Model }) {
		parts = append([]string{c.Model}, parts...)
	}
	return strings.Join(parts, ", ")
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
