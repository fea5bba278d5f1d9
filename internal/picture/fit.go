package picture

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
)

// Fit returns the pixels of a picture in the middle of a sample of that shape: as it is if it has the size, else scaled
// until it fits, with its aspect ratio kept. Transparent parts, and what the picture does not cover, have the value
// background.
//
// With one channel a colour becomes its luma, 0.299·R + 0.587·G + 0.114·B. Any other number of channels than 1 and 3 is
// an error, and so is an empty picture.
func Fit(img image.Image, shape [3]int, background byte) ([]byte, error) {
	if err := check(img, shape); err != nil {
		return nil, err
	}
	from := img.Bounds()
	width, height := shape[2], shape[1]
	scale := min(float64(width)/float64(from.Dx()), float64(height)/float64(from.Dy()))
	side := func(n int) int { return max(1, int(math.Round(scale*float64(n)))) }
	at := image.Rect(0, 0, side(from.Dx()), side(from.Dy()))
	at = at.Add(image.Pt((width-at.Dx())/2, (height-at.Dy())/2))
	pixels := make([]byte, shape[0]*height*width)
	fill(pixels, img, from, shape, at, background)
	return pixels, nil
}

// Crop returns the pixels of the middle of a picture, the largest part that has the aspect ratio of the shape, scaled
// to a sample. Transparent parts have the value background; channels are Fit's.
//
// It is torchvision's Resize, with antialias, then CenterCrop, except that the part begins and ends at whole pixels of
// the picture.
func Crop(img image.Image, shape [3]int, background byte) ([]byte, error) {
	pixels := make([]byte, shape[0]*shape[1]*shape[2])
	return pixels, CropTo(pixels, img, shape, background)
}

// CropTo is Crop to pixels, which has room for a sample.
func CropTo(pixels []byte, img image.Image, shape [3]int, background byte) error {
	if err := check(img, shape); err != nil {
		return err
	}
	from := img.Bounds()
	scale := min(float64(from.Dx())/float64(shape[2]), float64(from.Dy())/float64(shape[1]))
	side := func(n, most int) int { return min(most, max(1, int(math.Round(scale*float64(n))))) }
	part := image.Rect(0, 0, side(shape[2], from.Dx()), side(shape[1], from.Dy()))
	part = part.Add(from.Min).Add(image.Pt((from.Dx()-part.Dx())/2, (from.Dy()-part.Dy())/2))
	fill(pixels, img, part, shape, image.Rect(0, 0, shape[2], shape[1]), background)
	return nil
}

// check returns an error if a picture cannot become a sample.
func check(img image.Image, shape [3]int) error {
	if shape[0] != 1 && shape[0] != 3 {
		return fmt.Errorf("a picture for samples of %d channels: want 1 or 3", shape[0])
	}
	if b := img.Bounds(); b.Empty() {
		return fmt.Errorf("picture of %d×%d pixels, want at least one", b.Dx(), b.Dy())
	}
	return nil
}

// fill writes to pixels a sample with part of a picture drawn at a place.
func fill(
	pixels []byte, img image.Image, part image.Rectangle, shape [3]int, at image.Rectangle, background byte,
) {
	channels, height, width := shape[0], shape[1], shape[2]
	sheet := image.Rect(0, 0, width, height)
	if part.Size() == sheet.Size() && copied(pixels, img, part, channels) {
		return
	}
	on := image.NewRGBA(sheet)
	draw.Draw(on, sheet, image.NewUniform(color.Gray{background}), image.Point{}, draw.Src)
	if part.Size() == sheet.Size() {
		draw.Draw(on, sheet, img, part.Min, draw.Over)
	} else {
		Scale(on, at, img, part, draw.Over)
	}
	opaque(pixels, on.Pix, channels, height*width)
}
