package predict

import (
	"image"
	"image/color"
	"slices"
)

const (
	faintest  = 32 // of 255: a picture is blank if no pixel differs from the background by as much
	clearance = 3  // times the border's own noise: a pixel that differs from the background by less is paper
)

// separate returns each pixel's distance from the background, stretched to 0 to 255, with img laid on a sheet of that
// grey. It returns nil if the picture is blank.
func separate(img image.Image, sheet uint32) *image.Gray {
	b := img.Bounds()
	if b.Empty() {
		return nil
	}
	at := opaque(img, sheet)
	background, noise := border(b, at)
	ink := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	strongest := 0
	for y := range b.Dy() {
		for x := range b.Dx() {
			d := distance(at(b.Min.X+x, b.Min.Y+y), background)
			strongest = max(strongest, d)
			ink.Pix[y*ink.Stride+x] = byte(d)
		}
	}
	if strongest < faintest {
		return nil
	}
	paper := min(clearance*noise, strongest/2)
	for i, d := range ink.Pix {
		ink.Pix[i] = byte(max(int(d)-paper, 0) * 255 / (strongest - paper))
	}
	return ink
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
func border(b image.Rectangle, at func(x, y int) rgb) (background rgb, noise int) {
	var pixels []rgb
	for x := b.Min.X; x < b.Max.X; x++ {
		pixels = append(pixels, at(x, b.Min.Y), at(x, b.Max.Y-1))
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		pixels = append(pixels, at(b.Min.X, y), at(b.Max.X-1, y))
	}
	values := make([]int, len(pixels))
	median := func() int {
		slices.Sort(values)
		return values[len(values)/2]
	}
	for c := range background {
		for i, p := range pixels {
			values[i] = int(p[c])
		}
		background[c] = uint8(median())
	}
	for i, p := range pixels {
		values[i] = distance(p, background)
	}
	return background, median()
}
