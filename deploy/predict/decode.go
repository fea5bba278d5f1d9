package predict

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // Decode reads GIF,
	_ "image/jpeg" // JPEG,
	_ "image/png"  // PNG,
	"io"

	_ "golang.org/x/image/bmp"  // BMP,
	_ "golang.org/x/image/tiff" // TIFF
	_ "golang.org/x/image/webp" // and WebP
)

// The largest pictures that Decode reads.
const (
	MaxBytes  = 64 << 20 // of the encoded picture
	MaxPixels = 64 << 20 // its width times its height
)

// Decode reads a PNG, JPEG, GIF, TIFF, BMP or WebP picture, and the first frame of an animation or page of a scan. It
// turns the picture as its EXIF data says, since cameras store pictures as they are held. A picture beyond MaxBytes or
// MaxPixels is an error, which Decode returns before it allocates memory for the pixels.
func Decode(r io.Reader) (image.Image, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("predict: picture: %w", err)
	}
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("predict: picture: more than %d bytes, want at most that", MaxBytes)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(b))
	if errors.Is(err, image.ErrFormat) {
		return nil, fmt.Errorf("predict: picture: %s, want PNG, JPEG, GIF, TIFF, BMP or WebP", foreign(b))
	}
	if err != nil {
		return nil, fmt.Errorf("predict: %s picture: %w", format, err)
	}
	if int64(config.Width)*int64(config.Height) > MaxPixels {
		return nil, fmt.Errorf("predict: %s picture of %d×%d pixels, want at most %d pixels",
			format, config.Width, config.Height, MaxPixels)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("predict: %s picture: %w", format, err)
	}
	return turn(img, orientation(b)), nil
}

// foreign says what a file is that people take for a picture.
func foreign(b []byte) string {
	for _, f := range []struct {
		at         int
		magic, say string
	}{
		{4, "ftyphei", "HEIC, as iPhones store it unless the camera is set to Most Compatible"},
		{4, "ftyphev", "HEIC, as iPhones store it unless the camera is set to Most Compatible"},
		{4, "ftypmif1", "HEIF"},
		{4, "ftypavif", "AVIF"},
		{4, "ftyp", "a film"},
		{0, "%PDF", "PDF: export the page as a picture"},
		{0, "<svg", "SVG"},
		{0, "<?xml", "XML, perhaps SVG"},
		{0, "8BPS", "Photoshop's PSD"},
		{0, "\xff\x0a", "JPEG XL"},
		{0, "\x00\x00\x00\x0cJXL ", "JPEG XL"},
		{0, "\x00\x00\x01\x00", "an icon (ICO)"},
		{0, "PK\x03\x04", "a ZIP archive"},
	} {
		if len(b) >= f.at && bytes.HasPrefix(b[f.at:], []byte(f.magic)) {
			return f.say
		}
	}
	if len(b) == 0 {
		return "empty"
	}
	return "unknown format"
}
