package predict

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // Decode reads GIF,
	_ "image/jpeg" // JPEG
	_ "image/png"  // and PNG
	"io"
)

// The largest pictures that Decode reads.
const (
	MaxBytes = 16 << 20 // of the encoded picture
	MaxSide  = 4096     // its width and height in pixels
)

// Decode reads a PNG, JPEG or GIF picture, and the first frame of an animation. A picture beyond MaxBytes or MaxSide is
// an error, which Decode returns before it allocates memory for the pixels. It ignores the orientation that cameras
// write to EXIF.
func Decode(r io.Reader) (image.Image, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("predict: picture: %w", err)
	}
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("predict: picture: more than %d bytes, want at most that", MaxBytes)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err == image.ErrFormat {
		return nil, fmt.Errorf("predict: picture: unknown format, want PNG, JPEG or GIF")
	}
	if err != nil {
		return nil, fmt.Errorf("predict: %s picture: %w", format, err)
	}
	if max(config.Width, config.Height) > MaxSide {
		return nil, fmt.Errorf("predict: %s picture of %d×%d pixels, want at most %d×%d",
			format, config.Width, config.Height, MaxSide, MaxSide)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("predict: %s picture: %w", format, err)
	}
	return img, nil
}
