package picture

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
)

// bytesFor returns the bytes of width×height pixels of so many bytes, at most math.MaxInt64.
func bytesFor(width, height int, perPixel int64) int64 {
	if total := float64(width) * float64(height) * float64(perPixel); total >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(width) * int64(height) * perPixel
}

// costByColor is the cost of a picture that is decoded pixel by pixel.
func costByColor(_ []byte, c image.Config) cost {
	return cost{memory: bytesFor(c.Width, c.Height, perPixel(c.ColorModel))}
}

// perPixel returns the bytes that a decoded pixel takes.
func perPixel(m color.Model) int64 {
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	switch m {
	case color.GrayModel, color.AlphaModel:
		return 1
	case color.Gray16Model, color.Alpha16Model:
		return 2
	case color.YCbCrModel:
		return 3
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	return 4
}

// costOfPNG counts the alpha that a tRNS chunk gives to grey pixels, and the passes of an interlaced picture, which are
// decoded to pictures of their own.
func costOfPNG(b []byte, c image.Config) cost {
	pixel := perPixel(c.ColorModel)
	const afterHead, depth, interlace = 8 + 25, 24, 28
	if len(b) >= afterHead {
		if _, palette := c.ColorModel.(color.Palette); !palette && hasChunk(b[8:], "tRNS") {
			pixel = max(4, int64(b[depth])/2)
		}
		if b[interlace] != 0 {
			pixel *= 2
		}
	}
	return cost{memory: bytesFor(c.Width, c.Height, pixel)}
}

// hasChunk reports whether a PNG has a chunk of a kind before its pixels.
func hasChunk(b []byte, kind string) bool {
	for len(b) >= 8 && string(b[4:8]) != "IDAT" {
		size := uint64(binary.BigEndian.Uint32(b)) + 12
		if string(b[4:8]) == kind {
			return true
		}
		if size > uint64(len(b)) {
			return false
		}
		b = b[size:]
	}
	return false
}

// costOfGIF counts two bytes per pixel, since an interlaced frame is decoded to memory of its own first.
func costOfGIF(_ []byte, c image.Config) cost { return cost{memory: bytesFor(c.Width, c.Height, 2)} }

// How many pixels a WebP may have: the decoder of lossy ones takes up to 35 ns for each, and that of lossless ones and
// of alpha channels 120 ns where it asks for more bits than there are.
const (
	maxLossy    = 16 << 20
	maxLossless = 5 << 20
)

// forSize returns how much work a picture may take, where one of 4 MiB or less may take most.
func forSize(most int64, b []byte) int64 {
	return max(most, int64(float64(most)*float64(len(b))/(4<<20)))
}

// costOfWebP counts what the decoder of lossless pictures and alpha channels makes room for besides the pixels. The
// work is that of the pixels.
func costOfWebP(b []byte, c image.Config) cost {
	pixel, most := int64(3), int64(maxLossy)
	switch {
	case c.ColorModel == color.NYCbCrAModel:
		pixel, most = 12, maxLossless
	case chunk(b[12:], "VP8 ", ofWebP) == nil:
		pixel, most = 9, maxLossless
	}
	return cost{
		memory: bytesFor(c.Width, c.Height, pixel),
		work:   bytesFor(c.Width, c.Height, 1), most: forSize(most, b), unit: "pixels",
	}
}
