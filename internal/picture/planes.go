package picture

import (
	"image"
	"image/color"
)

// copied writes part of a picture that needs no scaling to pixels, [C, H, W], as drawing it on a sheet would. It
// returns false if a pixel is transparent or the picture is of a rare kind; some pixels may then be written.
func copied(pixels []byte, img image.Image, part image.Rectangle, channels int) bool {
	width, plane := part.Dx(), part.Dx()*part.Dy()
	switch img := img.(type) {
	case *image.Gray:
		for y := range part.Dy() {
			row := img.Pix[img.PixOffset(part.Min.X, part.Min.Y+y):][:width]
			for c := range channels {
				copy(pixels[c*plane+y*width:], row)
			}
		}
		return true
	case *image.RGBA:
		return rows(pixels, img.Pix, img.PixOffset, part, channels)
	case *image.NRGBA:
		return rows(pixels, img.Pix, img.PixOffset, part, channels)
	case *image.Paletted:
		return paletted(pixels, img, part, channels)
	}
	return false
}

// rows writes pixels of four bytes, of which the last is the alpha. It returns false if one is transparent.
func rows(pixels, pix []byte, offset func(x, y int) int, part image.Rectangle, channels int) bool {
	width, plane := part.Dx(), part.Dx()*part.Dy()
	for y := range part.Dy() {
		row := pix[offset(part.Min.X, part.Min.Y+y):][:4*width]
		for i := 3; i < len(row); i += 4 {
			if row[i] != 255 {
				return false
			}
		}
		opaque(pixels[y*width:], row, channels, plane)
	}
	return true
}

// paletted writes the pixels of a picture with a palette. It returns false if a colour is transparent.
func paletted(pixels []byte, img *image.Paletted, part image.Rectangle, channels int) bool {
	var palette [4 * 256]byte
	for i, c := range img.Palette {
		r, g, b, alpha := c.RGBA()
		if alpha != 0xffff {
			return false
		}
		palette[4*i], palette[4*i+1], palette[4*i+2] = byte(r>>8), byte(g>>8), byte(b>>8)
	}
	width, plane := part.Dx(), part.Dx()*part.Dy()
	for y := range part.Dy() {
		row := img.Pix[img.PixOffset(part.Min.X, part.Min.Y+y):][:width]
		for x, index := range row {
			opaque(pixels[y*width+x:], palette[4*int(index):4*int(index)+4], channels, plane)
		}
	}
	return true
}

// opaque writes pixels of four bytes, whose alpha does not matter, to planes of so many pixels.
func opaque(pixels, pix []byte, channels, plane int) {
	for i := range len(pix) / 4 {
		c := color.RGBA{pix[4*i], pix[4*i+1], pix[4*i+2], 255}
		if channels == 1 {
			pixels[i] = luma(c)
			continue
		}
		pixels[i], pixels[plane+i], pixels[2*plane+i] = c.R, c.G, c.B
	}
}

// luma returns what color.GrayModel makes of a colour: 0.299·R + 0.587·G + 0.114·B.
func luma(c color.RGBA) byte {
	return byte((19595*257*uint32(c.R) + 38470*257*uint32(c.G) + 7471*257*uint32(c.B) + 1<<15) >> 24)
}
