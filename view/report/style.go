package report

import (
	"image/color"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Lengths of a figure that is as wide as the text of a page, in points unless a unit is given.
const (
	width       = 8 * vg.Inch
	panelHeight = 3.6 * vg.Inch
	dpi         = 144 // of a PNG

	margin      vg.Length = 12
	titleHeight vg.Length = 22
	lineHeight  vg.Length = 15 // in the legend
	sample      vg.Length = 34 // of a line in the legend
)

// colours begin with those of Okabe and Ito, Color Universal Design, 2008, that are easy to see on white, in an order
// in which neighbours differ in lightness too. People with any colour vision can tell these apart.
var colours = []color.NRGBA{
	{0x00, 0x72, 0xb2, 0xff}, // blue
	{0xd5, 0x5e, 0x00, 0xff}, // vermilion
	{0x00, 0x9e, 0x73, 0xff}, // bluish green
	{0xcc, 0x79, 0xa7, 0xff}, // reddish purple
	{0xe6, 0x9f, 0x00, 0xff}, // orange
	{0x56, 0xb4, 0xe9, 0xff}, // sky blue
	{0x00, 0x00, 0x00, 0xff}, // black

	// Nine more for large studies, as in charts.css.
	{0x7b, 0x3f, 0xb5, 0xff},
	{0x8c, 0x51, 0x0a, 0xff},
	{0x9a, 0x9a, 0x00, 0xff},
	{0xd8, 0x1b, 0x60, 0xff},
	{0x00, 0xa5, 0xb5, 0xff},
	{0x7f, 0x7f, 0x7f, 0xff},
	{0x7c, 0xb5, 0x18, 0xff},
	{0x3d, 0x34, 0x8b, 0xff},
	{0xff, 0x8f, 0xa3, 0xff},
}

var shapes = []draw.GlyphDrawer{draw.PyramidGlyph{}, draw.CircleGlyph{}, draw.BoxGlyph{}}

var (
	white    = color.White
	ink      = color.NRGBA{0x22, 0x22, 0x22, 0xff}
	gridLine = draw.LineStyle{Color: color.NRGBA{0xdd, 0xdd, 0xdd, 0xff}, Width: 0.6}
	axisLine = draw.LineStyle{Color: color.NRGBA{0x88, 0x88, 0x88, 0xff}, Width: 0.8}
	ruleLine = draw.LineStyle{Color: color.NRGBA{0x88, 0x88, 0x88, 0xff}, Width: 0.6}
)

// colour returns the colour of the lines with the n-th name, and of lines without a name for n < 0.
func colour(n int) color.NRGBA {
	if n < 0 {
		return ink
	}
	return colours[n%len(colours)]
}

// stroke returns the style of a line with the n-th name. Training is dashed, and nothing else is.
func stroke(n int, l Line) draw.LineStyle {
	s := draw.LineStyle{Color: colour(n), Width: 1.8}
	switch {
	case l.Faint:
		c := colour(n)
		c.A = 0x50
		s = draw.LineStyle{Color: c, Width: 0.8}
	case l.Dashed:
		s.Width, s.Dashes = 1.3, []vg.Length{5, 3}
	}
	return s
}

// pale returns the colour of the bands of the n-th name.
func pale(n int) color.NRGBA {
	c := colour(n)
	c.A = 0x33
	return c
}

// dot returns the style of a single point of a line.
func dot(s draw.LineStyle) draw.GlyphStyle {
	return draw.GlyphStyle{Color: s.Color, Radius: 1.5 * s.Width, Shape: draw.CircleGlyph{}}
}

// glyph returns the style of the k-th mark of the n-th name.
func glyph(n, k int) draw.GlyphStyle {
	return draw.GlyphStyle{Color: colour(n), Radius: 5, Shape: shapes[k%len(shapes)]}
}

// letters returns the style of text of a size in points.
func letters(size vg.Length) (s text.Style) {
	restyle(&s, size)
	return s
}

// restyle sets s to the style that letters returns.
func restyle(s *text.Style, size vg.Length) {
	s.Color, s.Handler = ink, typesetter{text.Plain{Fonts: font.DefaultCache}}
	s.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}
