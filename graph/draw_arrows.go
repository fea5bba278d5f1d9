package graph

import (
	"slices"
	"strings"

	"anneal/view/diagram"
)

// arrows draws what each node takes.
func (d *drawing) arrows() {
	for _, n := range d.order {
		layer := d.layer(d.rows[n])
		var own []*Node // what n takes from its layer
		for _, child := range d.sources(n) {
			a := diagram.Arrow{From: d.boxes[child], To: d.boxes[n]}
			switch from := d.column[child]; {
			case from == besides:
			case d.column[n] < derived || from >= derived || child == d.loss:
				d.Arrows = append(d.Arrows, a)
			case child == layer || layer != nil && slices.Contains(children(layer), child):
				own = append(own, child)
			default:
				a.Kept = true
				d.Arrows = append(d.Arrows, a)
			}
		}
		if own != nil {
			d.Arrows = append(d.Arrows, diagram.Arrow{From: d.boxes[layer], To: d.boxes[n], Label: d.label(layer, own), Kept: true})
		}
	}
}

// sources are the nodes that n takes: for a gradient that a kernel computes together with another one, those of its layer's
// gradient from which that other is computed.
func (d *drawing) sources(n *Node) (list []*Node) {
	for _, child := range children(n) {
		if d.column[n] != gradient || d.column[child] != gradient || d.rows[n] != d.rows[child] {
			list = append(list, child)
			continue
		}
		for _, source := range d.sources(child) {
			if d.column[source] >= derived {
				list = append(list, source)
			}
		}
	}
	return list
}

// layer is the last forward op of a row, or nil.
func (d *drawing) layer(row int) *Node {
	for _, n := range slices.Backward(d.order) {
		if d.rows[n] == row && d.column[n] == computed && n.Op() != nil {
			return n
		}
	}
	return nil
}

// label lists what of a layer its gradient takes, in the order of the computation.
func (d *drawing) label(layer *Node, taken []*Node) string {
	var names []string
	for _, n := range append(children(layer), layer) {
		switch p := d.param[n]; {
		case !slices.Contains(taken, n):
		case p != nil:
			names = append(names, last(p.name))
		case n == layer:
			names = append(names, "y")
		default:
			names = append(names, "x")
		}
	}
	return strings.Join(names, ", ")
}
