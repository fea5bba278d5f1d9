package diagram

import (
	"slices"
	"strings"

	"anneal/graph"
)

// arrows draws what each node takes.
func (d *drawing) arrows() {
	for _, n := range d.order {
		layer := d.layer(d.rows[n])
		var own []int // what n takes from its layer
		for _, from := range d.sources(n) {
			a := Arrow{From: d.boxes[from], To: d.boxes[n]}
			switch column := d.column[from]; {
			case column == undrawn:
			case d.column[n] < backward || column >= backward || d.nodes[from].Kind == graph.LossNode:
				d.Arrows = append(d.Arrows, a)
			case layer != undrawn && (from == layer || slices.Contains(d.nodes[layer].Inputs, from)):
				own = append(own, from)
			default:
				a.Kept = true
				d.Arrows = append(d.Arrows, a)
			}
		}
		if own != nil {
			d.Arrows = append(d.Arrows, Arrow{From: d.boxes[layer], To: d.boxes[n], Label: d.label(layer, own), Kept: true})
		}
	}
}

// sources returns the nodes that n takes. Of a gradient that a kernel computes together with another one, it returns
// those of its layer's gradient from which that other is computed.
func (d *drawing) sources(n int) (list []int) {
	for _, from := range d.nodes[n].Inputs {
		if d.column[n] != gradients || d.column[from] != gradients || d.rows[n] != d.rows[from] {
			list = append(list, from)
			continue
		}
		for _, source := range d.sources(from) {
			if d.column[source] >= backward {
				list = append(list, source)
			}
		}
	}
	return list
}

// layer returns the last forward op of a row, or undrawn.
func (d *drawing) layer(row int) int {
	for _, n := range slices.Backward(d.order) {
		if d.rows[n] == row && d.column[n] == forward && d.nodes[n].Kind != graph.InputNode {
			return n
		}
	}
	return undrawn
}

// label lists what a layer's gradient takes from the layer, in the order of the computation.
func (d *drawing) label(layer int, taken []int) string {
	var names []string
	for _, n := range append(slices.Clone(d.nodes[layer].Inputs), layer) {
		switch p := d.nodes[n].Param; {
		case !slices.Contains(taken, n):
		case p != nil:
			names = append(names, p.Name()[strings.LastIndexByte(p.Name(), '.')+1:])
		case n == layer:
			names = append(names, "y")
		default:
			names = append(names, "x")
		}
	}
	return strings.Join(names, ", ")
}
