package picture

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

const (
	many = 4 << 20 // pixels of a picture that Scale makes smaller in two steps
	gap  = 2       // how much larger than asked for the first step leaves the picture
)

// Scale draws part of a picture at a place of dst, as draw.BiLinear does. A picture of more than 4 Mi pixels that
// becomes less than a quarter as wide and high takes the way of Pillow's reducing_gap: the means of squares of pixels
// are scaled in its place, which takes less work and memory.
func Scale(dst draw.Image, at image.Rectangle, img image.Image, part image.Rectangle, op draw.Op) {
	n := min(part.Dx()/at.Dx(), part.Dy()/at.Dy()) / gap
	if n > 1 && part.Dx()*part.Dy() > many {
		img = reduced(img, part, n)
		part = img.Bounds()
	}
	draw.BiLinear.Scale(dst, at, img, part, op, nil)
}

// reduced returns part of a picture an n-th as wide and high. Each pixel is the mean of n×n pixels, or of the few more
// that cover the part where n does not divide its sides.
func reduced(img image.Image, part image.Rectangle, n int) image.Image {
	if t, ok := img.(turned); ok {
		return turned{reduced(t.stored, t.area(part), n), t.orientation}
	}
	columns, rows := cut(part.Min.X, part.Max.X, n), cut(part.Min.Y, part.Max.Y, n)
	small := image.NewRGBA64(image.Rect(0, 0, len(columns)-1, len(rows)-1))
	mean := meanOf(img)
	for y := range small.Rect.Max.Y {
		for x := range small.Rect.Max.X {
			small.SetRGBA64(x, y, mean(image.Rect(columns[x], rows[y], columns[x+1], rows[y+1])))
		}
	}
	return small
}

// cut returns where stretches of n pixels, or a few more, begin between two places, and the end.
func cut(from, to, n int) []int {
	stretches := (to - from) / n
	places := make([]int, stretches+1)
	for i := range places {
		places[i] = from + i*(to-from)/stretches
	}
	return places
}

// meanOf returns a function that returns the mean colour of a part of a picture.
func meanOf(img image.Image) func(part image.Rectangle) color.RGBA64 {
	switch img := img.(type) {
	case *image.Gray:
		return func(part image.Rectangle) color.RGBA64 {
			return grey16(0x101*totalOf(img.Pix, img.PixOffset, part), area(part))
		}
	case *image.Gray16:
		return func(part image.Rectangle) color.RGBA64 {
			var total uint64
			for y := part.Min.Y; y < part.Max.Y; y++ {
				pix := img.Pix[img.PixOffset(part.Min.X, y):][:2*part.Dx()]
				for i := 0; i < len(pix); i += 2 {
					total += uint64(pix[i])<<8 | uint64(pix[i+1])
				}
			}
			return grey16(total, area(part))
		}
	case *image.RGBA:
		return func(part image.Rectangle) color.RGBA64 {
			var r, g, b, a uint64
			for y := part.Min.Y; y < part.Max.Y; y++ {
				pix := img.Pix[img.PixOffset(part.Min.X, y):][:4*part.Dx()]
				for i := 0; i < len(pix); i += 4 {
					r, g, b, a = r+uint64(pix[i]), g+uint64(pix[i+1]), b+uint64(pix[i+2]), a+uint64(pix[i+3])
				}
			}
			return mean(0x101*r, 0x101*g, 0x101*b, 0x101*a, area(part))
		}
	case *image.NRGBA:
		return func(part image.Rectangle) color.RGBA64 {
			var r, g, b, a uint64
			for y := part.Min.Y; y < part.Max.Y; y++ {
				pix := img.Pix[img.PixOffset(part.Min.X, y):][:4*part.Dx()]
				for i := 0; i < len(pix); i += 4 {
					alpha := uint64(pix[i+3])
					r, g, b, a = r+uint64(pix[i])*alpha, g+uint64(pix[i+1])*alpha, b+uint64(pix[i+2])*alpha, a+alpha
				}
			}
			return mean(0x101*r/0xff, 0x101*g/0xff, 0x101*b/0xff, 0x101*a, area(part))
		}
	case *image.CMYK:
		return func(part image.Rectangle) color.RGBA64 {
			var r, g, b uint64
			for y := part.Min.Y; y < part.Max.Y; y++ {
				pix := img.Pix[img.PixOffset(part.Min.X, y):][:4*part.Dx()]
				for i := 0; i < len(pix); i += 4 {
					white := 0xff - uint64(pix[i+3])
					r, g, b = r+(0xff-uint64(pix[i]))*white, g+(0xff-uint64(pix[i+1]))*white, b+(0xff-uint64(pix[i+2]))*white
				}
			}
			n := area(part)
			return mean(0x101*r/0xff, 0x101*g/0xff, 0x101*b/0xff, 0xffff*n, n)
		}
	case *image.YCbCr:
		return meanOfYCbCr(img)
	case *image.Paletted:
		palette := colours(img.Palette)
		return meanOfColours(func(x, y int) color.RGBA64 { return palette[img.Pix[img.PixOffset(x, y)]] })
	case image.RGBA64Image:
		return meanOfColours(img.RGBA64At)
	}
	return meanOfColours(func(x, y int) color.RGBA64 {
		return color.RGBA64Model.Convert(img.At(x, y)).(color.RGBA64)
	})
}

// area returns how many pixels a part has.
func area(part image.Rectangle) uint64 { return uint64(part.Dx()) * uint64(part.Dy()) }

// mean returns the mean of n colours with these sums.
func mean(r, g, b, a, n uint64) color.RGBA64 {
	of := func(total uint64) uint16 { return uint16((total + n/2) / n) }
	return color.RGBA64{of(r), of(g), of(b), of(a)}
}

// grey16 returns the mean of n opaque greys with that sum.
func grey16(total, n uint64) color.RGBA64 { return mean(total, total, total, 0xffff*n, n) }

// totalOf returns the sum of the bytes of a part, which has one for each pixel.
func totalOf(pix []byte, offset func(x, y int) int, part image.Rectangle) (total uint64) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for _, v := range pix[offset(part.Min.X, y):][:part.Dx()] {
			total += uint64(v)
		}
	}
	return total
}

func meanOfColours(at func(x, y int) color.RGBA64) func(part image.Rectangle) color.RGBA64 {
	return func(part image.Rectangle) color.RGBA64 {
		var r, g, b, a uint64
		for y := part.Min.Y; y < part.Max.Y; y++ {
			for x := part.Min.X; x < part.Max.X; x++ {
				c := at(x, y)
				r, g, b, a = r+uint64(c.R), g+uint64(c.G), b+uint64(c.B), a+uint64(c.A)
			}
		}
		return mean(r, g, b, a, area(part))
	}
}

// meanOfYCbCr finds the mean before it becomes red, green and blue.
func meanOfYCbCr(img *image.YCbCr) func(part image.Rectangle) color.RGBA64 {
	wide := 1 // pixels of a row that have the same Cb and Cr
	switch img.SubsampleRatio {
	case image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420:
		wide = 2
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		wide = 4
	}
	return func(part image.Rectangle) color.RGBA64 {
		var cb, cr uint64
		for y := part.Min.Y; y < part.Max.Y; y++ {
			for x, i := part.Min.X, img.COffset(part.Min.X, y); x < part.Max.X; i++ {
				next := min(part.Max.X, (x/wide+1)*wide)
				cb += uint64(img.Cb[i]) * uint64(next-x)
				cr += uint64(img.Cr[i]) * uint64(next-x)
				x = next
			}
		}
		n := area(part)
		byteOf := func(total uint64) uint8 { return uint8((total + n/2) / n) }
		r, g, b := color.YCbCrToRGB(byteOf(totalOf(img.Y, img.YOffset, part)), byteOf(cb), byteOf(cr))
		return mean(0x101*uint64(r), 0x101*uint64(g), 0x101*uint64(b), 0xffff, 1)
	}
}

// colours returns the colours of a palette.
func colours(p color.Palette) (list [256]color.RGBA64) {
	for i, c := range p {
		list[i] = color.RGBA64Model.Convert(c).(color.RGBA64)
	}
	return list
}
