package predict

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
)

// Fit returns the pixels, [C, H, W] from 0 to 255, of a picture in the middle of a sample of that shape: as it is if it
// has the size, else scaled until it fits, with its aspect ratio kept. Transparent parts, and what the picture does not
// cover, have the value background.
//
// With one channel a colour becomes its luma, 0.299·R + 0.587·G + 0.114·B; three channels are red, green and blue. Any
// other number of channels is an error, and so is an empty picture.
func Fit(img image.Image, shape [3]int, background byte) ([]byte, error) {
	channels, height, width := shape[0], shape[1], shape[2]
	if channels != 1 && channels != 3 {
		return nil, fmt.Errorf("predict: a picture for samples of %d channels: want 1 or 3", channels)
	}
	from := img.Bounds()
	if from.Empty() {
		return nil, fmt.Errorf("predict: picture of %d×%d pixels, want at least one", from.Dx(), from.Dy())
	}
	sheet := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(sheet, sheet.Rect, image.NewUniform(color.Gray{background}), image.Point{}, draw.Src)
	if from.Size() == sheet.Rect.Size() {
		draw.Draw(sheet, sheet.Rect, img, from.Min, draw.Over)
	} else {
		scale := min(float64(width)/float64(from.Dx()), float64(height)/float64(from.Dy()))
		side := func(n int) int { return max(1, int(math.Round(scale*float64(n)))) }
		at := image.Rect(0, 0, side(from.Dx()), side(from.Dy()))
		at = at.Add(image.Pt((width-at.Dx())/2, (height-at.Dy())/2))
		draw.BiLinear.Scale(sheet, at, img, from, draw.Over, nil)
	}
	pixels := make([]byte, channels*height*width)
	for i := range height * width {
		c := color.RGBA{sheet.Pix[4*i], sheet.Pix[4*i+1], sheet.Pix[4*i+2], 255}
		if channels == 1 {
			pixels[i] = color.GrayModel.Convert(c).(color.Gray).Y
			continue
		}
		pixels[i], pixels[height*width+i], pixels[2*height*width+i] = c.R, c.G, c.B
	}
	return pixels, nil
}
