package predict

import (
	"image"
	"image/color"
	"iter"
	"slices"
)

const (
	faintest  = 32 // of 255: a picture is blank if no pixel differs from the background by as much
	clearance = 3  // times the border's own noise: a pixel that differs from the background by less is paper
)

// separate returns each pixel's distance from the background, stretched to 0 to 255, with img laid on a sheet of that
// grey. Where light falls unevenly, distances are shares of the background's brightness, since ink in the shadow
// differs less from paper; such a picture is a photograph. It returns nil if the picture is blank.
func separate(img image.Image, sheet uint32) (ink *image.Gray, photograph bool) {
	b := img.Bounds()
	if b.Empty() {
		return nil, false
	}
	at := opaque(img, sheet)
	paper, noise, photograph := background(b, at)
	ink = image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	strongest := 0
	for y := range b.Dy() {
		for x := range b.Dx() {
			below := paper(b.Min.X+x, b.Min.Y+y)
			d := distance(at(b.Min.X+x, b.Min.Y+y), below)
			if photograph {
				d = min(d*255/max(darkest, int(slices.Max(below[:]))), 255)
			}
			strongest = max(strongest, d)
			ink.Pix[y*ink.Stride+x] = byte(d)
		}
	}
	if strongest < faintest {
		return nil, photograph
	}
	free := min(clearance*noise, strongest/2)
	for i, d := range ink.Pix {
		ink.Pix[i] = byte(max(int(d)-free, 0) * 255 / (strongest - free))
	}
	return ink, photograph
}

type rgb [3]uint8

// opaque returns a function for the pixels of img laid on a sheet of that grey.
func opaque(img image.Image, sheet uint32) func(x, y int) rgb {
	at := func(x, y int) color.RGBA64 { return color.RGBA64Model.Convert(img.At(x, y)).(color.RGBA64) }
	if fast, ok := img.(image.RGBA64Image); ok {
		at = fast.RGBA64At
	}
	return func(x, y int) rgb {
		c := at(x, y)
		through := sheet * (0xffff - uint32(c.A)) / 0xffff
		on := func(channel uint16) uint8 { return uint8((uint32(channel) + through) >> 8) }
		return rgb{on(c.R), on(c.G), on(c.B)}
	}
}

// distance returns the largest difference of two colours in a channel.
func distance(p, q rgb) int {
	d := 0
	for i := range p {
		d = max(d, int(p[i])-int(q[i]), int(q[i])-int(p[i]))
	}
	return d
}

// border returns the median colour of the outermost pixels, channel by channel, and the median of their distances from
// it.
func border(b image.Rectangle, at func(x, y int) rgb) (colour rgb, noise int) {
	var pixels []rgb
	for p := range edge(b) {
		pixels = append(pixels, at(p.X, p.Y))
	}
	values := make([]int, len(pixels))
	for c := range colour {
		for i, p := range pixels {
			values[i] = int(p[c])
		}
		colour[c] = uint8(medianOf(values))
	}
	for i, p := range pixels {
		values[i] = distance(p, colour)
	}
	return colour, medianOf(values)
}

// edge yields the places of the outermost pixels, those of the corners twice.
func edge(b image.Rectangle) iter.Seq[image.Point] {
	return func(yield func(image.Point) bool) {
		for x := b.Min.X; x < b.Max.X; x++ {
			if !yield(image.Pt(x, b.Min.Y)) || !yield(image.Pt(x, b.Max.Y-1)) {
				return
			}
		}
		for y := b.Min.Y; y < b.Max.Y; y++ {
			if !yield(image.Pt(b.Min.X, y)) || !yield(image.Pt(b.Max.X-1, y)) {
				return
			}
		}
	}
}

// medianOf sorts values.
func medianOf(values []int) int {
	slices.Sort(values)
	return values[len(values)/2]
}
