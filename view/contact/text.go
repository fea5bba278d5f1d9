package contact

import (
	"image"
	"image/draw"
	"strconv"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

const (
	fontSize   = 13  // pixels
	lineHeight = 16  // of a caption
	widestName = 180 // pixels of a row's name
)

// letters is the font. It has the Latin, the Greek and the Cyrillic letters.
var letters = sync.OnceValue(func() *sfnt.Font {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic("contact: the Go font: " + err.Error()) // it is part of the program
	}
	return f
})

// legible returns name, or the number of the class if the font lacks a letter of it.
func legible(name string, class int) string {
	for _, r := range name {
		if i, err := letters().GlyphIndex(nil, r); err != nil || i == 0 {
			return strconv.Itoa(class)
		}
	}
	return name
}

// pen writes on a picture.
type pen struct {
	on   draw.Image
	face font.Face
}

func newPen(on draw.Image) pen {
	options := opentype.FaceOptions{Size: fontSize, DPI: 72, Hinting: font.HintingFull}
	face, err := opentype.NewFace(letters(), &options)
	if err != nil {
		panic("contact: the Go font: " + err.Error())
	}
	return pen{on, face}
}

// width returns that of a text in pixels.
func (p pen) width(text string) int { return font.MeasureString(p.face, text).Ceil() }

// cut shortens a text to a width.
func (p pen) cut(text string, most int) string {
	if p.width(text) <= most {
		return text
	}
	runes := []rune(text)
	for len(runes) > 1 && p.width(string(runes)+"…") > most {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// write writes a text, whose letters stand on the line y.
func (p pen) write(text string, x, y int) {
	d := font.Drawer{Dst: p.on, Src: image.NewUniform(ink), Face: p.face, Dot: fixed.P(x, y)}
	d.DrawString(text)
}
