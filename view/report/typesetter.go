package report

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// typesetter sets lines of text in any script. The font of pictures has Latin, Greek and Cyrillic. In a PNG, other
// characters are set in a font of the system that has them; if none has, they are written as in Go, \u56fa, so that no
// name loses them. An SVG has the text itself, and who shows it has the fonts.
type typesetter struct{ text.Plain }

// piece is a part of a text that one font has.
type piece struct {
	text string
	font *opentype.Font // nil: that of the style
}

// Box returns the size of a line.
func (t typesetter) Box(line string, f font.Font) (width, height, depth vg.Length) {
	_, height, depth = t.Plain.Box("", f)
	for _, p := range t.pieces(line, f) {
		face := t.face(p, f)
		width += face.Width(p.text)
	}
	return width, height, depth
}

// Draw draws a line.
func (t typesetter) Draw(c vg.Canvas, line string, s text.Style, at vg.Point) {
	if line == "" {
		return
	}
	c.SetColor(s.Color)
	if s.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(s.Rotation)
		sin, cos := math.Sincos(s.Rotation)
		x, y := float64(at.X), float64(at.Y)
		at = vg.Point{X: vg.Length(x*cos + y*sin), Y: vg.Length(y*cos - x*sin)}
	}
	width, height, depth := t.Box(line, s.Font)
	pieces := t.pieces(line, s.Font)
	if isSVG(c) {
		width, pieces = t.plainWidth(line, s.Font), []piece{{text: line}}
	}
	at.X += vg.Length(s.XAlign) * width
	at.Y += vg.Length(s.YAlign)*(height+depth) - height + s.Font.Size
	for _, p := range pieces {
		face := t.face(p, s.Font)
		c.FillString(face, at, p.text)
		at.X += face.Width(p.text)
	}
}

// isSVG reports whether what is drawn on c, which may be a part of another canvas, goes into an SVG.
func isSVG(c vg.Canvas) bool {
	switch c := c.(type) {
	case *draw.Canvas:
		return isSVG(c.Canvas)
	case draw.Canvas:
		return isSVG(c.Canvas)
	case *vgsvg.Canvas:
		return true
	}
	return false
}

func (t typesetter) face(p piece, f font.Font) font.Face {
	face := t.Fonts.Lookup(f, f.Size)
	if p.font != nil {
		face.Face = p.font
	}
	return face
}

// pieces cuts a line into parts of one font each.
func (t typesetter) pieces(line string, f font.Font) []piece {
	own := t.face(piece{}, f).Face
	var list []piece
	for _, r := range line {
		p := piece{text: string(r)}
		switch {
		case has(own, r):
		case unicode.IsSpace(r):
			p.text = " "
		default:
			if p.font = fonts.find(r); p.font == nil {
				p.text = strings.Trim(fmt.Sprintf("%+q", r), "'")
			}
		}
		if n := len(list); n > 0 && list[n-1].font == p.font {
			list[n-1].text += p.text
		} else {
			list = append(list, p)
		}
	}
	return list
}

// plainWidth returns about the width of a line where all characters that f lacks are as wide as high.
func (t typesetter) plainWidth(line string, f font.Font) vg.Length {
	face := t.face(piece{}, f)
	foreign := 0
	known := strings.Map(func(r rune) rune {
		if has(face.Face, r) {
			return r
		}
		foreign++
		return -1
	}, line)
	return face.Width(known) + vg.Length(foreign)*f.Size
}

// has reports whether a font can draw a character.
func has(f *opentype.Font, r rune) bool {
	var b sfnt.Buffer
	i, err := f.GlyphIndex(&b, r)
	return err == nil && i != 0
}
