package diagram

import (
	"fmt"
	"math"
)

// arrow draws a from the side of one box to the side of the other that its columns suggest.
func (s *svg) arrow(l *layout, a Arrow) {
	from, to := l.places[a.From], l.places[a.To]
	colour, name := blue, "blue"
	switch {
	case a.Kept || from.column == parameters:
		colour, name = faint, "grey"
	case to.column >= backward:
		colour, name = orange, "orange"
	}
	dash := ""
	if a.Kept {
		dash = ` stroke-dasharray="3 3"`
	}
	s.line(`<path d="%s" fill="none" stroke="%s"%s marker-end="url(#%s)"/>`, path(from, to), colour, dash, name)
	if a.Label != "" {
		x := (from.x + from.w + to.x) / 2
		if to.column == gradients { // past the backward column
			x = from.x + from.w + textWidth(a.Label)/2 + 14
		}
		halo := `font-size="11" stroke="#f7f7f5" stroke-width="3" paint-order="stroke"`
		s.text(x, (from.within(to.centre())+to.centre())/2-5, "middle", faint, halo, a.Label)
	}
}

// path returns the path of an arrow.
func path(from, to *place) string {
	switch {
	case from.column == to.column && (from.column == forward || from.column == backward):
		return along(from, to)
	case from.column == backward && to.column == gradients && from.row != to.row:
		// To the gradients of a layer that needs no more than this one's result.
		x, y, turn := from.middle(), to.centre()+4, 8.0
		if to.y > from.y {
			return fmt.Sprintf("M%.1f %.1fV%.1fQ%.1f %.1f %.1f %.1fH%.1f", x, from.y+from.h, y-turn, x, y, x+turn, y, to.x)
		}
		return fmt.Sprintf("M%.1f %.1fV%.1fQ%.1f %.1f %.1f %.1fH%.1f", x, from.y, y+turn, x, y, x+turn, y, to.x)
	}
	y1, y2 := from.centre(), to.centre()
	switch { // the side of the larger box at the height of the smaller, as far as that goes
	case to.h > from.h:
		y2 = to.within(y1)
	case from.h > to.h && from.column != backward:
		y1 = from.within(y2)
	}
	x1, x2 := from.x+from.w, to.x
	return fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x1, y1, x1+30, y1, x2-30, y2, x2, y2)
}

// within returns the height at p's sides that is nearest to y.
func (p *place) within(y float64) float64 { return min(max(y, p.y+8), p.y+p.h-8) }

// along returns the path between two boxes of one column: straight if they are neighbours, else an arc on their right.
func along(from, to *place) string {
	if down := to.order - from.order; down == 1 {
		return fmt.Sprintf("M%.1f %.1fV%.1f", from.middle(), from.y+from.h, to.y)
	} else if down == -1 {
		return fmt.Sprintf("M%.1f %.1fV%.1f", from.middle(), from.y, to.y+to.h)
	}
	x := from.x + from.w
	out := x + 14 + 6*math.Abs(float64(to.order-from.order))
	shift := math.Copysign(9, to.y-from.y)
	y1, y2 := from.centre()+shift, to.centre()-shift
	return fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x, y1, out, y1, out, y2, x, y2)
}
