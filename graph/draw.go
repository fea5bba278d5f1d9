package graph

import (
	"fmt"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"anneal/view/diagram"
)

// Draw draws the graph of the program that Compile makes of model and cfg, in float32: what it runs, layer by layer, with the
// cross-entropy at the end and, for training, the gradients beside. Every node is a box, but for constants and for the
// nodes through which Gorgonia reads results. Arrows are the graph's, but for two kinds. Those from a layer to its own
// gradient are one, whose label lists what it takes: x, the layer's input; y, its result; and parameters by their names.
// And of the gradients that one kernel computes together, each is drawn as computed from what the first is. The error is Compile's.
func Draw(model Model, cfg Config) (*diagram.Diagram, error) {
	p, b, err := compileGraph(model, NewParams(0, tensor.Float32), cfg)
	if err != nil {
		return nil, err
	}
	d := drawing{rows: make(map[*Node]int), column: make(map[*Node]column), boxes: make(map[*Node]string), param: make(map[*Node]*Param)}
	for param, n := range b.drawn {
		d.param[n] = param
	}
	d.forward(p)
	d.backward(p)
	d.arrows()
	return &d.Diagram, nil
}

// column is where a node stands in its layer's row.
type column int

const (
	besides  column = iota // not drawn
	taken                  // an input or a parameter
	computed               // forward
	derived                // backward
	gradient               // of a parameter
)

// drawing is a Diagram at work.
type drawing struct {
	diagram.Diagram
	loss   *Node
	order  []*Node // drawn, each after those that it needs
	rows   map[*Node]int
	column map[*Node]column
	boxes  map[*Node]string // their IDs
	param  map[*Node]*Param
}

// forward draws what the loss, or the result of a program without one, is computed from: a row for each layer.
func (d *drawing) forward(p *Program) {
	end := through(p.outputs[0])
	if len(p.outputs) > 1 {
		end = through(p.outputs[1])
		d.loss = end
	}
	layers := make(map[int]int) // rows of ours
	for _, n := range upstream(end) {
		switch {
		case n == p.x:
			d.Layers = append(d.Layers, diagram.Layer{})
			d.add(n, len(d.Layers)-1, computed, diagram.Box{Title: inputName, Shape: sizes(n), Kind: diagram.Input})
		case n.Op() == nil || constant(n):
		default:
			row := len(d.Layers)
			if o, ours := n.Op().(*op); ours {
				if at, drawn := layers[o.layer]; drawn {
					row = at
				}
				layers[o.layer] = row
			}
			if row == len(d.Layers) {
				d.Layers = append(d.Layers, diagram.Layer{})
			}
			d.inputs(n, row)
			box := diagram.Box{Title: title(n), Shape: sizes(n)}
			if n == d.loss {
				box = diagram.Box{Title: title(n), Shape: "loss", Kind: diagram.Loss}
			}
			d.add(n, row, computed, box)
		}
	}
	for _, l := range d.Layers { // what the row says already
		for i := range l.Parameters {
			l.Parameters[i].Title = strings.TrimPrefix(l.Parameters[i].Title, l.Name+".")
		}
	}
}

// inputs draws the parameters of n, and labels, that are not drawn yet.
func (d *drawing) inputs(n *Node, row int) {
	l := &d.Layers[row]
	for _, child := range children(n) {
		if d.column[child] != besides || child.Op() != nil {
			continue
		}
		p := d.param[child]
		if p == nil {
			d.add(child, row, taken, diagram.Box{Title: child.Name(), Shape: sizes(child), Kind: diagram.Input})
			continue
		}
		box := diagram.Box{Title: p.name, Shape: sizes(child), Kind: diagram.Parameter}
		if !p.Trainable() {
			box.Kind = diagram.Buffer
		}
		d.add(child, row, taken, box)
		if name := prefix(p.name); !slices.Contains(strings.Split(l.Name, ", "), name) {
			l.Name = strings.TrimPrefix(l.Name+", "+name, ", ")
		}
	}
}

// backward draws what else the program computes.
func (d *drawing) backward(p *Program) {
	gradients := make(map[*Node]*Param)
	for i, g := range p.gradients {
		gradients[through(p.outputs[2+i])] = g.(*Gradient).param
	}
	layers := make(map[int]int)
	for _, n := range d.order {
		if o, ours := n.Op().(*op); ours {
			layers[o.layer] = d.rows[n]
		}
	}
	for _, n := range upstream(p.outputs...) {
		if d.column[n] != besides || n.Op() == nil || constant(n) || through(n) != n {
			continue
		}
		row := len(d.Layers) - 1
		if o, ours := n.Op().(*op); ours {
			row = layers[o.layer]
		} else {
			for _, child := range children(n) { // the first layer whose result or gradient it takes
				if c := d.column[child]; c == computed || c >= derived {
					row = min(row, d.rows[child])
				}
			}
		}
		if param := gradients[n]; param != nil {
			d.add(n, row, gradient, diagram.Box{Title: "∂ " + param.name, Shape: sizes(n), Kind: diagram.Gradient})
		} else {
			d.add(n, row, derived, diagram.Box{Title: title(n), Shape: sizes(n)})
		}
	}
}

// add draws a node.
func (d *drawing) add(n *Node, row int, c column, box diagram.Box) {
	box.ID = fmt.Sprintf("n%d", len(d.order))
	d.order = append(d.order, n)
	d.rows[n], d.column[n], d.boxes[n] = row, c, box.ID
	switch l := &d.Layers[row]; c {
	case taken:
		l.Parameters = append(l.Parameters, box)
	case computed:
		l.Forward = append(l.Forward, box)
	case derived:
		l.Backward = slices.Insert(l.Backward, 0, box) // time runs up
	case gradient:
		l.Gradients = append(l.Gradients, box)
	}
}

// through is the node whose result n reads if it is one of Gorgonia's Read, else n.
func through(n *Node) *Node {
	if n.Op() != nil && n.Op().String() == "print" {
		return children(n)[0]
	}
	return n
}

// constant reports whether n takes nothing: a number that Gorgonia put into the graph.
func constant(n *Node) bool { return n.Op() != nil && len(children(n)) == 0 }

func children(n *Node) (list []*Node) {
	for all := n.Graph().From(n.ID()); all.Next(); {
		list = append(list, all.Node().(*Node))
	}
	return list
}

// title is an op's name for people.
func title(n *Node) string {
	name := n.Op().String()
	if _, ours := n.Op().(*op); !ours {
		name = strings.TrimSuffix(strings.TrimSuffix(name, " false"), " true")
	}
	return name
}

// sizes is a shape as in 64×10×24×24, "" for a number.
func sizes(n *Node) string {
	if n.Shape().IsScalar() {
		return ""
	}
	text := make([]string, n.Dims())
	for i, size := range n.Shape() {
		text[i] = fmt.Sprint(size)
	}
	return strings.Join(text, "×")
}

// last is a parameter's name in its layer.
func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
