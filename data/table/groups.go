package table

import (
	"fmt"
	"strings"

	"anneal/data"
	"anneal/internal/delimited"
)

// grouping numbers the groups of the rows, by the texts of a column.
type grouping struct {
	name string // of the column; "": there are no groups
	at   int    // its place; −1: there is no such column
	seen map[string]int32
	of   []int32 // by row; −1: missing
}

// add appends the group of a row.
func (g *grouping) add(cells []string) {
	if g.name == "" || g.at < 0 {
		return
	}
	text := cells[g.at]
	if delimited.Missing(text) {
		g.of = append(g.of, -1)
		return
	}
	n, ok := g.seen[text]
	if !ok {
		n = int32(len(g.seen))
		g.seen[strings.Clone(text)] = n
	}
	g.of = append(g.of, n)
}

// checkGroups returns an error if the groups cannot be those of a column.
func (t *rows) checkGroups(o Options) error {
	switch {
	case o.Groups == "":
		return nil
	case o.Groups == o.Target:
		return fmt.Errorf("groups: got %s, the target: want another column", o.Groups)
	}
	return t.known("groups", []string{o.Groups})
}

// check returns an error if a row has no group.
func (g *grouping) check(row int) error {
	if g.name != "" && g.of[row] < 0 {
		return fmt.Errorf("column %s: got nothing, want the group", g.name)
	}
	return nil
}

// groups returns the groups of some rows, nil if there are none.
func (g *grouping) groups(rows []int) (list []int32) {
	if g.name == "" {
		return nil
	}
	for _, r := range rows {
		list = append(list, g.of[r])
	}
	return list
}

// split is data.SplitByGroups of some rows.
func (g *grouping) split(rows []int, size float64, seed uint64) (train, test []int, err error) {
	if train, test, err = data.SplitByGroups(g.groups(rows), size, seed); err != nil {
		err = fmt.Errorf("groups by column %s: %w", g.name, err)
	}
	return train, test, err
}

// shared returns a note if a group has rows in several parts, which come from files of their own.
func (g *grouping) shared(parts [3][]int) string {
	part, shared := make(map[int32]int), make(map[int32]bool)
	for p, rows := range parts {
		for _, n := range g.groups(rows) {
			if first, ok := part[n]; ok && first != p {
				shared[n] = true
			}
			part[n] = p
		}
	}
	if len(shared) == 0 {
		return ""
	}
	return fmt.Sprintf("%d of the %d groups by column %s have rows in more than one of the files", len(shared), len(part),
		g.name)
}
