package predict

import (
	"context"
	"fmt"
	"image"
	"io"

	"anneal/internal/picture"
)

// The largest pictures that Decode reads.
const (
	MaxBytes  = 64 << 20 // of the encoded picture
	MaxPixels = 64 << 20 // its width times its height
)

// Decode reads a PNG, JPEG, GIF, TIFF, BMP or WebP picture, and the first frame of an animation or page of a scan. It
// turns the picture as its EXIF data says, since cameras store pictures as they are held. A picture beyond MaxBytes or
// MaxPixels is an error, which Decode returns before it allocates memory for the pixels, and so is one that takes more
// than 128 MiB to decode, or more work than pictures do, such as a JPEG with a thousand scans. In at most 4 MiB a
// picture may have 48 Mi pixels, or fewer if its format takes longer.
func Decode(r io.Reader) (image.Image, error) { return DecodeContext(context.Background(), r) }

// DecodeContext is Decode, and stops when ctx is done.
func DecodeContext(ctx context.Context, r io.Reader) (img image.Image, err error) {
	defer guard(&err)
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("predict: picture: %w", err)
	}
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("predict: picture: more than %d bytes, want at most that", MaxBytes)
	}
	file, err := picture.Open(b)
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	if int64(file.Width)*int64(file.Height) > MaxPixels {
		return nil, fmt.Errorf("predict: %s picture of %d×%d pixels, want at most %d pixels",
			file.Format, file.Width, file.Height, MaxPixels)
	}
	img, err = file.Decode(ctx, picture.MaxMemory)
	if err != nil {
		return nil, fmt.Errorf("predict: %w", err)
	}
	return img, nil
}
