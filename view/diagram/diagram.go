// Package diagram draws networks: a row for each layer, the first at the top, with the forward pass on the left and the
// backward pass on the right. Of makes the Diagram of a program of package graph. SVG and DOT write it, as a
// self-contained file and for Graphviz.
package diagram

// Diagram is the picture of a network. The same Diagram gives the same bytes.
type Diagram struct {
	Title  string
	Layers []Layer
	Arrows []Arrow
}

// Layer is one row. Within a column, boxes stand one below the other; time runs down in Forward and up in Backward.
type Layer struct {
	Name       string // "" for none
	Parameters []Box  // and other values from outside
	Forward    []Box
	Backward   []Box
	Gradients  []Box
}

// Box is a node of the graph.
type Box struct {
	ID    string // unique in the diagram
	Title string
	Shape string // of its value, "" for none
	Kind  Kind
}

// Kind says what a box stands for.
type Kind int

// The kinds of boxes.
const (
	Op        Kind = iota
	Input          // data that a run gets
	Parameter      // what training moves
	Buffer         // what the layers themselves move, such as running statistics
	Loss
	Gradient // of a parameter
)

// Arrow says that the box To takes the value of the box From.
type Arrow struct {
	From, To string // IDs
	Label    string // "" for none
	Kept     bool   // the backward pass reads a value that the forward pass kept
}

// style says how a box looks. Lines differ too, so that kinds can be told apart in print.
type style struct {
	fill, line string
	dashed     bool
	width      float64
}

const (
	ink    = "#1a1a1a"
	faint  = "#5a5a5a"
	blue   = "#4a77a8"
	orange = "#b8713a"
)

// look returns the style of a box of this kind. backward says that the box is in the right half.
func look(k Kind, backward bool) style {
	switch {
	case k == Input:
		return style{"#f0f0f0", faint, false, 1}
	case k == Parameter:
		return style{"#ffffff", faint, false, 1}
	case k == Buffer:
		return style{"#ffffff", faint, true, 1}
	case k == Loss:
		return style{"#e4e4e4", ink, false, 2}
	case k == Gradient:
		return style{"#ffffff", orange, false, 1}
	case backward:
		return style{"#fbeee2", orange, false, 1.2}
	}
	return style{"#e9f1fa", blue, false, 1.2}
}

// legend returns an entry for each kind of box that d has.
func (d *Diagram) legend() []entry {
	var list []entry
	for _, e := range []entry{
		{"input", Input, false},
		{"parameter", Parameter, false},
		{"running statistic", Buffer, false},
		{"forward", Op, false},
		{"backward", Op, true},
		{"gradient, for the solver", Gradient, true},
	} {
		for _, l := range d.Layers {
			if e.in(l) {
				list = append(list, e)
				break
			}
		}
	}
	return list
}

// entry is one line of the legend.
type entry struct {
	text     string
	kind     Kind
	backward bool
}

func (e entry) in(l Layer) bool {
	halves := [][]Box{l.Parameters, l.Forward}
	if e.backward {
		halves = [][]Box{l.Backward, l.Gradients}
	}
	for _, boxes := range halves {
		for _, b := range boxes {
			if b.Kind == e.kind {
				return true
			}
		}
	}
	return false
}
