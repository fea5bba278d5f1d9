// Package picture reads pictures and turns them into the pixels of samples. What a network is trained on and what it
// later runs on are read by the same rules.
//
// A sample's pixels are bytes, [C, H, W], with one channel (grey) or three (red, green, blue).
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // Decode reads GIF,
	_ "image/jpeg" // JPEG,
	_ "image/png"  // PNG,
	"slices"
	"strings"

	_ "golang.org/x/image/bmp"  // BMP,
	_ "golang.org/x/image/tiff" // TIFF
	_ "golang.org/x/image/webp" // and WebP
)

// Header is what the beginning of a picture says about it.
type Header struct {
	Format        string // such as png
	Width, Height int    // as stored, before the picture is turned
	Grey          bool   // it has no colours
	Memory        int64  // about how many bytes it takes to decode the picture
}

// Inspect reads the header of an encoded picture, of which b may be the beginning.
func Inspect(b []byte) (Header, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(b))
	if errors.Is(err, image.ErrFormat) {
		err = fmt.Errorf("%s, want PNG, JPEG, GIF, TIFF, BMP or WebP", foreign(b))
	}
	if err != nil {
		return Header{}, fmt.Errorf("%s: %w", inWords(format), err)
	}
	h := Header{Format: format, Width: config.Width, Height: config.Height, Grey: grey(config.ColorModel)}
	if format == "webp" {
		w, high := frame(b) // the decoder makes room for this, whatever the container says
		h.Width, h.Height = max(h.Width, w), max(h.Height, high)
	}
	h.Memory = int64(h.Width) * int64(h.Height) * perPixel(config.ColorModel)
	if format == "jpeg" && progressive(b) {
		h.Memory *= 5 // with the coefficients, four bytes each
	}
	return h, nil
}

// Decode reads an encoded picture, the first frame of an animation or the first page of a scan. It turns the picture as
// its EXIF data says, since cameras store pictures as they are held. Callers ask Inspect first how much memory it
// takes.
func Decode(b []byte) (image.Image, error) {
	img, format, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", inWords(format), err)
	}
	return turn(img, Orientation(b)), nil
}

// inWords returns "png picture", or "picture" if the format is not known.
func inWords(format string) string { return strings.TrimSpace(format + " picture") }

// grey reports whether a picture of that model has no colours.
func grey(m color.Model) bool {
	if p, ok := m.(color.Palette); ok {
		return !slices.ContainsFunc(p, func(c color.Color) bool {
			r, g, b, _ := c.RGBA()
			return r != g || g != b
		})
	}
	return m == color.GrayModel || m == color.Gray16Model
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

// progressive reports whether a JPEG stores the coefficients of the whole picture in several scans.
func progressive(b []byte) bool {
	found := false
	segments(b, func(marker byte, _ []byte) bool {
		const startOfFrame2 = 0xc2
		found = marker == startOfFrame2
		return found
	})
	return found
}

// frame returns the size of the frame in a WebP file.
func frame(b []byte) (width, height int) {
	if len(b) < 12 {
		return 0, 0
	}
	if f := chunk(b[12:], "VP8L", ofWebP); len(f) >= 5 { // RFC 9649, 3.4
		n := uint32(f[1]) | uint32(f[2])<<8 | uint32(f[3])<<16 | uint32(f[4])<<24
		return 1 + int(n&0x3fff), 1 + int(n>>14&0x3fff)
	}
	if f := chunk(b[12:], "VP8 ", ofWebP); len(f) >= 10 { // RFC 6386, 9.1
		return int(f[6]) | int(f[7]&0x3f)<<8, int(f[8]) | int(f[9]&0x3f)<<8
	}
	return 0, 0
}
