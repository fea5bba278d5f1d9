package tensorboard

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"anneal/runs"
)

// Confusion draws a confusion matrix: a row for each true class, a column for each predicted one, the counts in the
// cells. The larger the share of a cell in its row, the darker it is: by the square root of the share, so that rare
// mistakes show.
//
// names are those of the classes, which stand before their rows; the columns have the classes' numbers.
func Confusion(counts [][]int, names ...string) image.Image {
	n := len(counts)
	cell := 44 // wide enough for 5 digits
	if n > 25 {
		cell = max(6, 1100/n) // without numbers
	}
	const top, margin = 64, 16
	left, labels := 64, make([]string, n)
	for i := range labels {
		labels[i] = strconv.Itoa(i)
		if runs.HasNames(names) && i < len(names) {
			labels[i] = names[i] + "  " + labels[i]
		}
		left = max(left, font.MeasureString(textFace(), labels[i]).Ceil()+20)
	}
	m := image.NewRGBA(image.Rect(0, 0, left+n*cell+margin, top+n*cell+margin))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	p := pen{m, textFace()}
	p.write("predicted class →", left, top-38, 0, image.Black)
	p.write("true ↓", 10, top-14, 0, image.Black)
	every := (20 + cell) / cell // so that the classes' numbers have room
	for i, row := range counts {
		middle := i*cell + cell/2
		if i%every == 0 {
			p.write(strconv.Itoa(i), left+middle, top-14, 0.5, image.Black)
			p.write(labels[i], left-10, top+middle, 1, image.Black)
		}
		total := 0
		for _, c := range row {
			total += c
		}
		for j, c := range row {
			if c == 0 {
				continue
			}
			depth := math.Sqrt(float64(c) / float64(total))
			square := image.Rect(0, 0, cell-1, cell-1).Add(image.Pt(left+j*cell, top+i*cell))
			draw.Draw(m, square, image.NewUniform(shade(depth)), image.Point{}, draw.Src)
			if n > 25 {
				continue
			}
			ink := image.Black
			if depth > 0.6 {
				ink = image.White
			}
			p.write(strconv.Itoa(c), left+j*cell+cell/2, top+middle, 0.5, ink)
		}
	}
	frame(m, image.Rect(left-1, top-1, left+n*cell, top+n*cell))
	return m
}

// shade goes from white at 0 to dark blue at 1.
func shade(depth float64) color.Color {
	mix := func(to float64) uint8 { return uint8(math.Round(255 + (to-255)*depth)) }
	return color.RGBA{mix(8), mix(69), mix(148), 255}
}

// frame draws a thin line just inside r.
func frame(m draw.Image, r image.Rectangle) {
	grey := image.NewUniform(color.Gray{160})
	for _, side := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+1)},
		{r.Min, image.Pt(r.Min.X+1, r.Max.Y)},
		{image.Pt(r.Min.X, r.Max.Y-1), r.Max},
		{image.Pt(r.Max.X-1, r.Min.Y), r.Max},
	} {
		draw.Draw(m, side, grey, image.Point{}, draw.Src)
	}
}

// pen writes on a picture.
type pen struct {
	on   draw.Image
	face font.Face
}

// write writes text with its middle at the height y; align says how much of its width is left of x: 0, 0.5 or 1.
func (p pen) write(text string, x, y int, align float64, ink image.Image) {
	d := font.Drawer{Dst: p.on, Src: ink, Face: p.face}
	d.Dot = fixed.P(x, y+p.face.Metrics().CapHeight.Round()/2)
	d.Dot.X -= fixed.Int26_6(align * float64(d.MeasureString(text)))
	d.DrawString(text)
}

// textFace returns the font of pictures. The Go font is part of the program, so it can be read.
func textFace() font.Face {
	f, err := opentype.Parse(goregular.TTF)
	if err == nil {
		var face font.Face
		if face, err = opentype.NewFace(f, &opentype.FaceOptions{Size: 13, DPI: 72}); err == nil {
			return face
		}
	}
	panic("tensorboard: the Go font: " + err.Error())
}
