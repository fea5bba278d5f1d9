package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// PNG encodes a picture of [C, H, W] bytes. It is grey unless C is 3.
func PNG(shape [3]int, pixels []byte) ([]byte, error) {
	c, h, w := shape[0], shape[1], shape[2]
	if c < 1 || h < 1 || w < 1 || len(pixels) != c*h*w {
		return nil, fmt.Errorf("got %d bytes of shape %v, want C, H and W of at least 1 and as many bytes",
			len(pixels), shape)
	}
	var m image.Image
	if c == 3 {
		rgb := image.NewNRGBA(image.Rect(0, 0, w, h))
		for i := range h * w {
			rgb.SetNRGBA(i%w, i/w, color.NRGBA{pixels[i], pixels[h*w+i], pixels[2*h*w+i], 0xff})
		}
		m = rgb
	} else {
		m = &image.Gray{Pix: pixels[:h*w], Stride: w, Rect: image.Rect(0, 0, w, h)}
	}
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}

// Shrink returns a picture of [C, H, W] bytes with sides of at most most pixels: each of its pixels is the mean of a
// square of pixels. What does not fill a square at the right and the lower edge is cut off.
func Shrink(shape [3]int, pixels []byte, most int) ([3]int, []byte) {
	c, h, w := shape[0], shape[1], shape[2]
	k := (max(h, w) + most - 1) / most
	if k <= 1 || h < k || w < k {
		return shape, pixels
	}
	small := [3]int{c, h / k, w / k}
	means := make([]byte, 0, c*small[1]*small[2])
	for channel := range c {
		for y := range small[1] {
			for x := range small[2] {
				sum := k * k / 2
				for i := range k * k {
					sum += int(pixels[(channel*h+y*k+i/k)*w+x*k+i%k])
				}
				means = append(means, byte(sum/(k*k)))
			}
		}
	}
	return small, means
}
