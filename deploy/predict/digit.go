package predict

import (
	"errors"
	"image"
	"math"

	"golang.org/x/image/draw"

	"anneal/internal/picture"
)

// Size is the height and width of an Image.
const Size = 28

// Image is a grey picture, row by row, as MNIST stores it: 0 is paper, 255 is ink.
type Image [Size * Size]byte

// ErrBlank is the error for a picture with nothing on it.
var ErrBlank = errors.New("predict: the picture is blank: no pixel stands out from its border")

const (
	box     = 20 // MNIST's digits fit a square of 20×20 pixels
	outline = 77 // of 255: fainter ink is ignored when the digit is measured
	enough  = 600
)

// Digit prepares a picture of one digit as MNIST's makers prepared theirs: it scales the digit, anti-aliased and with
// its aspect ratio kept, to fit 20×20 pixels, and places its centre of mass in the middle of the 28×28.
//
// The picture may have any size and colours. Transparent parts become white, or black if nothing could be seen on
// white. The background is the median colour of the outermost pixels. A pixel's ink is the distance of its colour from
// the background, in the channel where they differ most, so dark on light and light on dark give the same image. The
// strongest ink becomes 255.
//
// On a photograph of a page, unevenly lit, the background is a smooth surface instead of one colour, and what reaches
// the edge of the picture is not part of the digit. Specks and strips along the edge, as scanners leave them, are not
// part of it on any picture.
//
// A picture with nothing on it gives ErrBlank.
//
// Source: LeCun, Cortes and Burges, The MNIST database of handwritten digits.
func Digit(img image.Image) (*Image, error) {
	img = reduce(img)
	ink, photograph := separate(img, 0xffff)
	if ink == nil {
		ink, photograph = separate(img, 0)
	}
	if ink == nil {
		return nil, ErrBlank
	}
	clean(ink, photograph)
	return centre(shrink(ink)), nil
}

// reduce scales a picture whose longer side has more than twice as many pixels as are enough to that side, which also
// averages a camera's noise away.
func reduce(img image.Image) image.Image {
	b := img.Bounds()
	longer := max(b.Dx(), b.Dy())
	if longer <= 2*enough {
		return img
	}
	side := func(n int) int { return max(1, int(math.Round(enough*float64(n)/float64(longer)))) }
	small := image.NewRGBA64(image.Rect(0, 0, side(b.Dx()), side(b.Dy())))
	picture.Scale(small, small.Rect, img, b, draw.Src)
	return small
}

// shrink returns the part of ink that the digit fills, scaled until its longer side is that of the box.
func shrink(ink *image.Gray) *image.Gray16 {
	var filled image.Rectangle
	for y := range ink.Rect.Dy() {
		for x, v := range ink.Pix[y*ink.Stride:][:ink.Rect.Dx()] {
			if v >= outline {
				filled = filled.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	longer := float64(max(filled.Dx(), filled.Dy()))
	side := func(n int) int { return max(1, int(math.Round(box*float64(n)/longer))) }
	small := image.NewGray16(image.Rect(0, 0, side(filled.Dx()), side(filled.Dy())))
	draw.CatmullRom.Scale(small, small.Rect, ink, filled, draw.Src, nil)
	return small
}

// centre places a digit no larger than the box so that its centre of mass falls into the pixel right of and below the
// middle, as in MNIST, or as near to it as the digit fits. Its strongest ink becomes 255, since scaling makes thin
// strokes faint.
func centre(digit *image.Gray16) *Image {
	width, height := digit.Rect.Dx(), digit.Rect.Dy()
	var strongest, mass, sumX, sumY int
	for y := range height {
		for x := range width {
			v := int(digit.Gray16At(x, y).Y)
			strongest = max(strongest, v)
			mass, sumX, sumY = mass+v, sumX+v*x, sumY+v*y
		}
	}
	offset := func(sum, side int) int {
		return min(max(Size/2-int(math.Round(float64(sum)/float64(mass))), 0), Size-side)
	}
	left, top := offset(sumX, width), offset(sumY, height)
	img := new(Image)
	for y := range height {
		for x := range width {
			img[(top+y)*Size+left+x] = byte(int(digit.Gray16At(x, y).Y) * 255 / strongest)
		}
	}
	return img
}
