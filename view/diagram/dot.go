package diagram

import (
	"fmt"
	"strings"
)

// DOT returns the diagram as text for Graphviz: dot -Tsvg FILE.
func (d *Diagram) DOT() []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("digraph network {")
	const font = "Helvetica,Arial,sans-serif"
	line("\tgraph [label=%s labelloc=t fontsize=16 newrank=true splines=line nodesep=0.3 ranksep=0.35 fontname=%q]",
		quote(d.Title), font)
	line("\tnode [shape=box fontsize=11 margin=\"0.12,0.06\" fontname=%q]", font)
	line("\tedge [fontsize=9 arrowsize=0.7 fontname=%q]", font)
	where := make(map[string]int) // the column of each box
	for half, name := range []string{"forward", "backward"} {
		line("\tsubgraph cluster_%s {", name)
		line("\t\tlabel=%s color=\"#bbbbbb\" fontcolor=%q", quote(name), faint)
		for i := range d.Layers {
			l := &d.Layers[i]
			var boxes []string
			for _, c := range [][]int{{parameters, forward}, {backward, gradients}}[half] {
				for _, box := range l.boxes(c) {
					where[box.ID] = c
					boxes = append(boxes, node(box, c))
				}
			}
			if len(boxes) == 0 {
				continue
			}
			line("\t\tsubgraph cluster_%s_%d {", name, i)
			if l.Name == "" {
				line("\t\t\tstyle=invis")
			} else {
				line("\t\t\tlabel=%s style=\"rounded,filled\" fillcolor=\"#f7f7f5\" color=\"#dddddd\" fontcolor=%q",
					quote(l.Name), ink)
			}
			line("\t\t\t%s", strings.Join(boxes, "\n\t\t\t"))
			line("\t\t}")
		}
		line("\t}")
	}
	for _, l := range d.Layers { // both halves of a layer at one height
		if len(l.Forward) > 0 && len(l.Backward) > 0 {
			line("\t{ rank=same %s %s }", quote(l.Forward[0].ID), quote(l.Backward[0].ID))
		}
	}
	for _, a := range d.Arrows {
		line("\t%s", edge(a, where))
	}
	line("}")
	return []byte(b.String())
}

// node returns the declaration of a box.
func node(b Box, column int) string {
	s, lines, label := look(b.Kind, column >= backward), "rounded,filled", b.Title
	if s.dashed {
		lines += ",dashed"
	}
	if b.Shape != "" {
		label += "\n" + b.Shape
	}
	return fmt.Sprintf("%s [label=%s style=%q fillcolor=%q color=%q penwidth=%g]",
		quote(b.ID), quote(label), lines, s.fill, s.line, s.width)
}

// edge returns the declaration of an arrow. An arrow of the backward half is declared from its end, so that Graphviz
// puts its end above its beginning.
func edge(a Arrow, where map[string]int) string {
	from, to := where[a.From], where[a.To]
	colour, more := blue, ""
	switch {
	case a.Kept:
		colour = faint
		more = fmt.Sprintf(" style=dashed constraint=false fontcolor=%q taillabel=%s labeldistance=3.5 labelangle=12",
			faint, quote(a.Label))
	case from >= backward:
		a.From, a.To = a.To, a.From
		colour, more = orange, " dir=back"
	case to >= backward:
		colour, more = orange, " constraint=false"
	case from == parameters:
		colour = faint
	}
	return fmt.Sprintf("%s -> %s [color=%q%s]", quote(a.From), quote(a.To), colour, more)
}

// quote returns text as a DOT string, in which a backslash begins an escape.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}
