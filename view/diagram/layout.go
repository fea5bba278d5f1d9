package diagram

import "unicode/utf8"

// The measures of a diagram, in pixels.
const (
	fontSize   = 12.0
	lineHeight = 16.0
	margin     = 24.0
	opHeight   = 2*lineHeight + 10
	chipHeight = lineHeight + 6 // of parameters and gradients: title and shape in one line
	stackGap   = 4.0            // between boxes of a layer in one column
	opGap      = 16.0           // with room for an arrow
	rowGap     = 18.0           // between layers, for arrows
	rowPadding = 8.0
	columnGap  = 40.0
)

// The columns of a diagram.
const (
	parameters = iota
	forward
	backward
	gradients
	columns
)

func (l *Layer) boxes(column int) []Box {
	return [columns][]Box{l.Parameters, l.Forward, l.Backward, l.Gradients}[column]
}

// place is a box with its position.
type place struct {
	box         Box
	row, column int
	order       int     // within the column, from the top of the diagram
	x, y, w, h  float64 // left, top, width, height
}

func (p *place) middle() float64 { return p.x + p.w/2 }
func (p *place) centre() float64 { return p.y + p.h/2 }

// layout is a diagram's geometry.
type layout struct {
	width, height float64
	places        map[string]*place
	list          []*place // layer by layer
	rows          []band
	left, right   [columns]float64 // of each column; equal if the column is empty
	names         float64          // the left end of the layers' names
}

// band is the strip that a layer occupies.
type band struct{ top, height float64 }

// textWidth estimates the width of text in a sans-serif font.
func textWidth(text string) float64 { return 0.6 * fontSize * float64(utf8.RuneCountInString(text)) }

func (b Box) height(column int) float64 {
	if column == parameters || column == gradients {
		return chipHeight
	}
	if b.Shape == "" {
		return chipHeight
	}
	return opHeight
}

func (b Box) width(column int) float64 {
	if column == parameters || column == gradients {
		return textWidth(b.Title+"   "+b.Shape) + 16
	}
	return max(textWidth(b.Title), textWidth(b.Shape)) + 24
}

func gap(column int) float64 {
	if column == parameters || column == gradients {
		return stackGap
	}
	return opGap
}

func (d *Diagram) layout() *layout {
	l := &layout{places: make(map[string]*place), names: margin}
	var widths [columns]float64
	names := 0.0
	for i := range d.Layers {
		names = max(names, 1.1*textWidth(d.Layers[i].Name))
		for c := range columns {
			for _, b := range d.Layers[i].boxes(c) {
				widths[c] = max(widths[c], b.width(c))
			}
		}
	}
	labels := 0.0 // of arrows from the forward to the backward half
	for _, a := range d.Arrows {
		labels = max(labels, textWidth(a.Label))
	}
	x := margin + names + 16
	for c := range columns {
		if widths[c] == 0 {
			l.left[c], l.right[c] = x, x
			continue
		}
		l.left[c], l.right[c] = x, x+widths[c]
		x += widths[c] + columnGap
		if c == forward {
			x += max(labels-10, 10)
		}
	}
	if l.left[backward] == l.right[backward] {
		x += columnGap // for arcs on the right of the forward column
	}
	l.width = max(x-columnGap+margin, 420)

	y := margin + 3*lineHeight
	var order [columns]int
	for i := range d.Layers {
		height := 0.0
		for c := range columns {
			height = max(height, stackHeight(d.Layers[i].boxes(c), c))
		}
		l.rows = append(l.rows, band{y, height + 2*rowPadding})
		for c := range columns {
			boxes := d.Layers[i].boxes(c)
			top := y + rowPadding + (height-stackHeight(boxes, c))/2
			for _, b := range boxes {
				p := &place{box: b, row: i, column: c, order: order[c], x: l.left[c], y: top, w: widths[c], h: b.height(c)}
				l.places[b.ID], l.list = p, append(l.list, p)
				order[c]++
				top += p.h + gap(c)
			}
		}
		y += height + 2*rowPadding + rowGap
	}
	l.height = y - rowGap + 2*lineHeight + margin
	return l
}

func stackHeight(boxes []Box, column int) float64 {
	height := 0.0
	for i, b := range boxes {
		if i > 0 {
			height += gap(column)
		}
		height += b.height(column)
	}
	return height
}
