package picture

import (
	"bytes"
	"context"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// format is a format of pictures.
type format struct {
	name   string
	magic  string // its first bytes, where ? is any
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	cost   func(b []byte, c image.Config) cost
	check  func(b []byte) error  // returns an error for what config should not read; nil: there is no such thing
	exif   func(b []byte) []byte // returns the TIFF structure of the EXIF data, nil if it has none; nil: none has
}

// cost is what decoding a picture takes.
type cost struct {
	memory int64
	work   int64 // in the format's own unit
	most   int64 // of work
	unit   string
}

var formats = []format{
	{"png", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode, costOfPNG, nil, exifOfPNG},
	{"jpeg", "\xff\xd8", jpeg.DecodeConfig, jpeg.Decode, costOfJPEG, nil, exifOfJPEG},
	{"gif", "GIF8?a", gif.DecodeConfig, gif.Decode, costOfGIF, nil, nil},
	{"bmp", "BM????\x00\x00\x00\x00", bmp.DecodeConfig, bmp.Decode, costByColor, nil, nil},
	{"tiff", "II*\x00", tiff.DecodeConfig, tiff.Decode, costOfTIFF, checkTIFF, exifOfTIFF},
	{"tiff", "MM\x00*", tiff.DecodeConfig, tiff.Decode, costOfTIFF, checkTIFF, exifOfTIFF},
	{"webp", "RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode, costOfWebP, nil, exifOfWebP},
}

// formatOf returns the format of an encoded picture, false if it has none of these.
func formatOf(b []byte) (format, bool) {
	for _, f := range formats {
		if matches(f.magic, b) {
			return f, true
		}
	}
	return format{}, false
}

func matches(magic string, b []byte) bool {
	if len(b) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != b[i] {
			return false
		}
	}
	return true
}

// source is where a decoder reads a picture from. It ends with the error of ctx when that is done. It is an
// io.ReaderAt: with any other reader the decoder of TIFF makes a buffer up to the highest offset, even of 4 GB.
type source struct {
	ctx context.Context
	r   *bytes.Reader
}

func newSource(ctx context.Context, b []byte) source {
	return source{ctx, bytes.NewReader(b)}
}

func (s source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

func (s source) ReadAt(p []byte, offset int64) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.ReadAt(p, offset)
}
