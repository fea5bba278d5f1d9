package diagram

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// SVG returns the diagram as a self-contained SVG file, on white.
func (d *Diagram) SVG() []byte {
	l := d.layout()
	var s svg
	s.line(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f"`+
		` font-family="Helvetica, Arial, Liberation Sans, sans-serif" font-size="%g">`,
		l.width, l.height, l.width, l.height, fontSize)
	s.line(`<title>%s</title>`, escape(d.Title))
	s.line(`<defs>`)
	for _, c := range []struct{ name, colour string }{{"grey", faint}, {"blue", blue}, {"orange", orange}} {
		s.line(`<marker id="%s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">`+
			`<path d="M0 0.5 8 4 0 7.5z" fill="%s"/></marker>`, c.name, c.colour)
	}
	s.line(`</defs>`)
	s.line(`<rect width="%.0f" height="%.0f" fill="#ffffff"/>`, l.width, l.height)
	s.text(margin, margin+4, "start", ink, `font-size="15" font-weight="bold"`, d.Title)
	for c, name := range []string{"parameters", "forward ↓", "backward ↑", "gradients"} {
		if l.left[c] < l.right[c] {
			s.text((l.left[c]+l.right[c])/2, margin+2.4*lineHeight, "middle", faint, "", name)
		}
	}
	for i, r := range l.rows {
		s.line(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="6" fill="#f7f7f5"/>`,
			margin-8, r.top, l.width-2*margin+16, r.height)
		s.text(l.names, r.top+r.height/2+4, "start", ink, `font-weight="bold"`, d.Layers[i].Name)
	}
	for _, a := range d.Arrows {
		s.arrow(l, a)
	}
	for _, p := range l.list {
		s.box(p)
	}
	s.legend(d.legend(), d.kept(), l)
	s.line(`</svg>`)
	return s.Bytes()
}

// kept reports whether d has an arrow for a value that the backward pass reads.
func (d *Diagram) kept() bool {
	for _, a := range d.Arrows {
		if a.Kept {
			return true
		}
	}
	return false
}

// svg is a file that is being written.
type svg struct{ bytes.Buffer }

func (s *svg) line(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

// text writes text, unless it is empty, with its baseline at y.
func (s *svg) text(x, y float64, anchor, colour, attributes, text string) {
	if text != "" {
		s.line(`<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s" %s>%s</text>`,
			x, y, anchor, colour, attributes, escape(text))
	}
}

func escape(text string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err) // a Buffer takes everything
	}
	return b.String()
}

func (s *svg) box(p *place) {
	s.line(`<g id="%s">`, escape(p.box.ID))
	s.frame(look(p.box.Kind, p.column >= backward), p.x, p.y, p.w, p.h)
	switch {
	case p.column == parameters || p.column == gradients:
		s.text(p.x+8, p.centre()+4, "start", ink, "", p.box.Title)
		s.text(p.x+p.w-8, p.centre()+4, "end", faint, "", p.box.Shape)
	case p.box.Shape == "":
		s.text(p.middle(), p.centre()+4, "middle", ink, "", p.box.Title)
	default:
		s.text(p.middle(), p.centre()-4, "middle", ink, "", p.box.Title)
		s.text(p.middle(), p.centre()+12, "middle", faint, "", p.box.Shape)
	}
	s.line(`</g>`)
}

func (s *svg) frame(look style, x, y, w, h float64) {
	dash := ""
	if look.dashed {
		dash = ` stroke-dasharray="4 3"`
	}
	s.line(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="5" fill="%s" stroke="%s" stroke-width="%g"%s/>`,
		x, y, w, h, look.fill, look.line, look.width, dash)
}

// legend writes the bottom line, which explains the boxes and the dashed arrow.
func (s *svg) legend(entries []entry, kept bool, l *layout) {
	x, y := margin, l.height-margin
	for _, e := range entries {
		s.frame(look(e.kind, e.backward), x, y-10, 18, 12)
		s.text(x+24, y, "start", faint, "", e.text)
		x += 24 + textWidth(e.text) + 18
	}
	if kept {
		s.line(`<path d="M%.1f %.1fh22" stroke="%s" stroke-dasharray="3 3" marker-end="url(#grey)"/>`, x, y-4, faint)
		s.text(x+28, y, "start", faint, "", "kept for the backward pass")
	}
}
