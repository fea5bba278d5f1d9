// Package contact draws contact sheets: pictures of the samples of a data set, with the names of their classes, and of
// what augmentation makes of them.
package contact

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
)

// Row is a row of a sheet.
type Row struct {
	Name     string     // written before it
	Images   [][]byte   // each [C, H, W]
	Captions [][]string // lines below each image; nil: none in the row
}

// Sheet is a picture of rows of images.
type Sheet struct {
	Shape [3]int // C, H, W of each image: three channels are red, green and blue, of others the first is drawn
	Rows  []Row
	// First sets the first image of each row apart from the others.
	First bool
}

// What surrounds the images, in pixels. Grey is visible beside dark and light images, and on dark and light pages.
const (
	gap   = 3
	apart = 9
	least = 56
)

var (
	paper = color.Gray{Y: 0x70} // on which white letters have a contrast of 4.9
	ink   = color.Gray{Y: 0xff}
)

// Image draws the sheet. Small images are enlarged by a whole factor.
func (s Sheet) Image() image.Image {
	h, w := s.Shape[1], s.Shape[2]
	scale := max(1, (least+max(h, w)-1)/max(h, w))
	columns, widest, height, p := 0, 0, gap, newPen(nil)
	for _, r := range s.Rows {
		columns, widest = max(columns, len(r.Images)), max(widest, p.width(p.cut(r.Name, widestName)))
		height += h*scale + gap + r.lines()*lineHeight
	}
	margin := gap
	if widest > 0 {
		margin = widest + 3*gap
	}
	x := func(column int) int {
		at := margin + column*(w*scale+gap)
		if s.First && column > 0 {
			at += apart - gap
		}
		return at
	}
	canvas := image.NewRGBA(image.Rect(0, 0, x(columns), height))
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	p.on = canvas
	top := gap
	for _, r := range s.Rows {
		p.write(p.cut(r.Name, widestName), gap, top+h*scale/2+4)
		for j, pixels := range r.Images {
			s.paste(canvas, pixels, x(j), top, scale)
			if j < len(r.Captions) {
				for line, text := range r.Captions[j] {
					p.write(p.cut(text, w*scale), x(j), top+h*scale+(line+1)*lineHeight-gap)
				}
			}
		}
		top += h*scale + gap + r.lines()*lineHeight
	}
	return canvas
}

// lines returns the number of lines below the row's images.
func (r Row) lines() int {
	most := 0
	for _, c := range r.Captions {
		most = max(most, len(c))
	}
	return most
}

// paste draws an image.
func (s Sheet) paste(canvas *image.RGBA, pixels []byte, left, top, scale int) {
	c, h, w := s.Shape[0], s.Shape[1], s.Shape[2]
	for y := range h * scale {
		for x := range w * scale {
			at := y/scale*w + x/scale
			v := color.RGBA{pixels[at], pixels[at], pixels[at], 0xff}
			if c == 3 {
				v.G, v.B = pixels[h*w+at], pixels[2*h*w+at]
			}
			canvas.SetRGBA(left+x, top+y, v)
		}
	}
}

// Write writes the sheet as PNG.
func (s Sheet) Write(w io.Writer) error { return png.Encode(w, s.Image()) }
