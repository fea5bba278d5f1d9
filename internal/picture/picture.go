// Package picture reads pictures and turns them into the pixels of samples. What a network is trained on and what it
// later runs on are read by the same rules.
//
// A sample's pixels are bytes, [C, H, W], with one channel (grey) or three (red, green, blue).
package picture

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"slices"
)

// Header is what the beginning of a picture says about it.
type Header struct {
	Format        string // such as png
	Width, Height int    // as stored, before the picture is turned
	Grey          bool   // it has no colours
	Memory        int64  // about how many bytes it takes to decode the picture
}

// MaxMemory is the most bytes that Decode takes for a picture.
const MaxMemory = 128 << 20

// maxPixels is how many pixels a picture may have in a file of 4 MiB or less.
const maxPixels = 48 << 20

// maxSide is the largest height and width, as JPEG and GIF have them. Scaling takes 32 bytes for each row of a picture,
// however narrow that is.
const maxSide = 1<<16 - 1

// File is an encoded picture whose header has been read.
type File struct {
	Header
	content []byte
	format  format
	cost    cost
}

// Open reads the header of an encoded picture, of which b may be the beginning. A panic of a decoder is an error.
func Open(b []byte) (file *File, err error) {
	defer damaged(&err)
	f, ok := formatOf(b)
	if !ok {
		return nil, fmt.Errorf("picture: %s, want PNG, JPEG, GIF, TIFF, BMP or WebP", foreign(b))
	}
	if f.check != nil {
		if err := f.check(b); err != nil {
			return nil, err
		}
	}
	config, err := f.config(newSource(context.Background(), b))
	if err != nil {
		return nil, fmt.Errorf("%s picture: %w", f.name, err)
	}
	if f.name == "webp" {
		w, high := frame(b) // the decoder makes room for this, whatever the container says
		config.Width, config.Height = max(config.Width, w), max(config.Height, high)
	}
	c := f.cost(b, config)
	return &File{Header{f.name, config.Width, config.Height, grey(config.ColorModel), c.memory}, b, f, c}, nil
}

// Inspect reads the header of an encoded picture as Open does.
func Inspect(b []byte) (Header, error) {
	f, err := Open(b)
	if err != nil {
		return Header{}, err
	}
	return f.Header, nil
}

// Work returns how much of the work that a picture of its format may take the picture takes, besides what its pixels
// do: 0 to 1, or more if Decode refuses it.
func (f *File) Work() float64 {
	if f.cost.most == 0 {
		return 0
	}
	return float64(f.cost.work) / float64(f.cost.most)
}

// limit returns an error if decoding a picture takes more than that much memory, or more work than a picture of its
// format should.
func (f *File) limit(memory int64) error {
	h, c := f.Header, f.cost
	if c.memory > memory {
		return fmt.Errorf("%s picture of %d×%d pixels, which take %d bytes to decode: want at most %d",
			h.Format, h.Width, h.Height, c.memory, memory)
	}
	if c.most > 0 && c.work > c.most {
		return fmt.Errorf("%s picture of %d×%d pixels has too many %s: want at most %d", h.Format, h.Width, h.Height, c.unit,
			c.most)
	}
	if most := forSize(maxPixels, f.content); bytesFor(h.Width, h.Height, 1) > most {
		return fmt.Errorf("%s picture of %d×%d pixels in %d bytes: want at most %d pixels in so few",
			h.Format, h.Width, h.Height, len(f.content), most)
	}
	if max(h.Width, h.Height) > maxSide {
		return fmt.Errorf("%s picture of %d×%d pixels: want at most %d on each side", h.Format, h.Width, h.Height, maxSide)
	}
	return nil
}

// Decode reads an encoded picture as File.Decode does.
func Decode(ctx context.Context, b []byte, memory int64) (image.Image, error) {
	f, err := Open(b)
	if err != nil {
		return nil, err
	}
	return f.Decode(ctx, memory)
}

// Decode reads the picture, the first frame of an animation or the first page of a scan. It turns the picture as its
// EXIF data says, since cameras store pictures as they are held.
//
// A picture that takes more than so many bytes of memory to decode, or more work than pictures of its format do, is an
// error before it is decoded. A decoder stops when ctx is done, and a panic of it is an error.
func (f *File) Decode(ctx context.Context, memory int64) (img image.Image, err error) {
	defer damaged(&err)
	if err := f.limit(memory); err != nil {
		return nil, err
	}
	b := f.content
	if f.format.name == "tiff" {
		b = withRows(b)
		if d, ok := directoryOf(b); ok {
			if err := d.blocks(f.Width, f.Height).checkUnpacked(b); err != nil {
				return nil, err
			}
		}
	}
	if img, err = f.format.decode(newSource(ctx, b)); err != nil {
		return nil, fmt.Errorf("%s picture: %w", f.format.name, err)
	}
	return turn(img, Orientation(b), memory-f.cost.memory), nil
}

// damaged turns the panic of a decoder into an error of the deferring function.
func damaged(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the picture is damaged: %v", p)
	}
}

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
