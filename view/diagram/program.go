package diagram

import (
	"fmt"
	"slices"
	"strings"

	"anneal/graph"
)

// Of returns the diagram of the graph that p runs: a row for each layer, the loss last, gradients beside their
// layers. Every node that Program.Nodes lists is a box. Arrows are the graph's, with two exceptions. The arrows from
// a layer to its own gradient are merged into one, whose label lists what the gradient uses: x, the layer's input; y,
// its result; parameters by their names. Gradients that one kernel computes together share the arrows of the first
// one.
func Of(p *graph.Program) *Diagram {
	nodes := p.Nodes()
	d := drawing{
		nodes: nodes, rows: make([]int, len(nodes)), column: slices.Repeat([]int{undrawn}, len(nodes)),
		boxes: make([]string, len(nodes)),
	}
	d.forward()
	d.backward()
	d.arrows()
	return &d.Diagram
}

// undrawn is the column of a node that has no box yet.
const undrawn = -1

// drawing is the Diagram of a program while it is made. Nodes are known by their places in the program's list.
type drawing struct {
	Diagram
	nodes  []graph.NodeInfo
	order  []int    // the nodes that have boxes, in the order in which they got them
	rows   []int    // of each node
	column []int    // of each node
	boxes  []string // of each node: its box's ID
}

// forward draws the forward pass: a row for each layer.
func (d *drawing) forward() {
	layers := make(map[int]int) // the rows of the Builder's layers
	for n, node := range d.nodes {
		switch node.Kind {
		case graph.InputNode:
			d.Layers = append(d.Layers, Layer{})
			d.add(n, len(d.Layers)-1, forward, Box{Title: node.Name, Shape: sizes(node.Shape), Kind: Input})
		case graph.ForwardNode, graph.LossNode:
			row := len(d.Layers)
			if node.Layer != 0 {
				if at, drawn := layers[node.Layer]; drawn {
					row = at
				}
				layers[node.Layer] = row
			}
			if row == len(d.Layers) {
				d.Layers = append(d.Layers, Layer{})
			}
			d.parameters(n, row)
			box := Box{Title: title(node), Shape: sizes(node.Shape)}
			if node.Kind == graph.LossNode {
				box.Shape, box.Kind = "loss", Loss
			}
			d.add(n, row, forward, box)
		}
	}
	for _, l := range d.Layers { // drop what the row's name says already
		for i := range l.Parameters {
			l.Parameters[i].Title = strings.TrimPrefix(l.Parameters[i].Title, l.Name+".")
		}
	}
}

// parameters draws the parameters and the other values from outside that node n takes, unless they are drawn already.
func (d *drawing) parameters(n, row int) {
	l := &d.Layers[row]
	for _, from := range d.nodes[n].Inputs {
		node := d.nodes[from]
		if d.column[from] != undrawn || node.Kind != graph.ParamNode && node.Kind != graph.ValueNode {
			continue
		}
		box := Box{Title: node.Name, Shape: sizes(node.Shape), Kind: Input}
		if p := node.Param; p != nil {
			box.Kind = Parameter
			if !p.Trainable() {
				box.Kind = Buffer
			}
			if name := p.Layer(); !slices.Contains(strings.Split(l.Name, ", "), name) {
				l.Name = strings.TrimPrefix(l.Name+", "+name, ", ")
			}
		}
		d.add(from, row, parameters, box)
	}
}

// backward draws the backward pass.
func (d *drawing) backward() {
	layers := make(map[int]int) // the rows of the Builder's layers
	for _, n := range d.order {
		layers[d.nodes[n].Layer] = d.rows[n]
	}
	for n, node := range d.nodes {
		if node.Kind != graph.BackwardNode && node.Kind != graph.GradientNode {
			continue
		}
		row := len(d.Layers) - 1
		if node.Layer != 0 {
			row = layers[node.Layer]
		} else {
			for _, from := range node.Inputs { // the first layer whose result or gradient it takes
				if d.column[from] >= forward {
					row = min(row, d.rows[from])
				}
			}
		}
		if node.Kind == graph.GradientNode {
			d.add(n, row, gradients, Box{Title: "∂ " + node.Param.Name(), Shape: sizes(node.Shape), Kind: Gradient})
		} else {
			d.add(n, row, backward, Box{Title: title(node), Shape: sizes(node.Shape)})
		}
	}
}

// add gives node n its box.
func (d *drawing) add(n, row, column int, box Box) {
	box.ID = fmt.Sprintf("n%d", len(d.order))
	d.order = append(d.order, n)
	d.rows[n], d.column[n], d.boxes[n] = row, column, box.ID
	switch l := &d.Layers[row]; column {
	case parameters:
		l.Parameters = append(l.Parameters, box)
	case forward:
		l.Forward = append(l.Forward, box)
	case backward:
		l.Backward = slices.Insert(l.Backward, 0, box) // time runs up
	case gradients:
		l.Gradients = append(l.Gradients, box)
	}
}

// title returns an op's name for people. Gorgonia's names of its operators say whether they keep the type.
func title(n graph.NodeInfo) string {
	if n.Layer != 0 {
		return n.Name
	}
	return strings.TrimSuffix(strings.TrimSuffix(n.Name, " false"), " true")
}

// sizes writes a shape as in 64×10×24×24, and that of a number as "".
func sizes(shape []int) string {
	text := make([]string, len(shape))
	for i, size := range shape {
		text[i] = fmt.Sprint(size)
	}
	return strings.Join(text, "×")
}
