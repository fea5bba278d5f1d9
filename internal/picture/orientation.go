package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// Orientation returns how an encoded picture is to be shown, as the orientation tag of its EXIF data says (EXIF 2.32,
// tag 274): 1, as stored, to 8. It is 1 if there is no such tag. JPEG, PNG, WebP and TIFF files may have one.
func Orientation(b []byte) int {
	d, ok := directoryOf(exif(b))
	if !ok {
		return 1
	}
	const short = 3
	entry := d.find(tagOrientation)
	if entry == nil || d.order.Uint16(entry[2:]) != short {
		return 1
	}
	if o := int(d.order.Uint16(entry[8:])); o >= 1 && o <= 8 {
		return o
	}
	return 1
}

// exif returns the TIFF structure that holds a picture's EXIF data, nil if there is none.
func exif(b []byte) []byte {
	f, ok := formatOf(b)
	if !ok || f.exif == nil {
		return nil
	}
	return f.exif(b)
}

func exifOfPNG(b []byte) []byte {
	header := chunk(b[8:], "eXIf", func(head []byte) (kind []byte, size, overhead uint64) {
		return head[4:8], uint64(binary.BigEndian.Uint32(head)), 12 // with the checksum
	})
	return bytes.TrimPrefix(header, []byte("Exif\x00\x00"))
}

func exifOfTIFF(b []byte) []byte { return b }

func exifOfWebP(b []byte) []byte {
	return bytes.TrimPrefix(chunk(b[12:], "EXIF", ofWebP), []byte("Exif\x00\x00")) // as some write it
}

// chunk returns the content of the first chunk of a kind. read returns the kind of a chunk, the size of its content,
// and how many bytes more it has, eight of them before the content.
func chunk(b []byte, want string, read func(head []byte) (kind []byte, size, overhead uint64)) []byte {
	for len(b) >= 8 {
		kind, size, overhead := read(b)
		if size+overhead > uint64(len(b)) {
			return nil
		}
		if string(kind) == want {
			return b[8 : 8+size]
		}
		b = b[size+overhead:]
	}
	return nil
}

// ofWebP reads the head of a chunk in a WebP file.
func ofWebP(head []byte) (kind []byte, size, overhead uint64) {
	size = uint64(binary.LittleEndian.Uint32(head[4:]))
	return head[:4], size, 8 + size%2 // with what makes it even
}

// turned is a picture shown as its orientation says.
type turned struct {
	stored      image.Image
	orientation int
}

// turn returns img shown as the orientation says. A camera's picture is copied, since its own type is drawn faster than
// turned is, if the copy takes at most memory bytes, and Scale draws the picture rather than means of its pixels.
func turn(img image.Image, orientation int, memory int64) image.Image {
	if orientation == 1 {
		return img
	}
	t := turned{img, orientation}
	from, ok := img.(*image.YCbCr)
	b := t.Bounds()
	if !ok || bytesFor(b.Dx(), b.Dy(), 3) > memory || b.Dx()*b.Dy() > many {
		return t
	}
	to := image.NewYCbCr(b, image.YCbCrSubsampleRatio444) // a colour that pixels share may not be theirs alone, turned
	for i := range to.Y {
		x, y := t.source(i%b.Dx(), i/b.Dx())
		c := from.COffset(x, y)
		to.Y[i], to.Cb[i], to.Cr[i] = from.Y[from.YOffset(x, y)], from.Cb[c], from.Cr[c]
	}
	return to
}

func (t turned) ColorModel() color.Model { return t.stored.ColorModel() }

func (t turned) Bounds() image.Rectangle {
	b := t.stored.Bounds()
	if t.orientation >= 5 {
		return image.Rect(0, 0, b.Dy(), b.Dx())
	}
	return image.Rect(0, 0, b.Dx(), b.Dy())
}

// area returns where a part is stored.
func (t turned) area(part image.Rectangle) image.Rectangle {
	x0, y0 := t.source(part.Min.X, part.Min.Y)
	x1, y1 := t.source(part.Max.X-1, part.Max.Y-1)
	stored := image.Rect(x0, y0, x1, y1)
	stored.Max = stored.Max.Add(image.Pt(1, 1))
	return stored
}

func (t turned) At(x, y int) color.Color {
	x, y = t.source(x, y)
	return t.stored.At(x, y)
}

// RGBA64At makes turned an image.RGBA64Image, whose pixels need no allocation.
func (t turned) RGBA64At(x, y int) color.RGBA64 {
	x, y = t.source(x, y)
	if fast, ok := t.stored.(image.RGBA64Image); ok {
		return fast.RGBA64At(x, y)
	}
	return color.RGBA64Model.Convert(t.stored.At(x, y)).(color.RGBA64)
}

// source returns where the pixel at x, y is stored.
func (t turned) source(x, y int) (int, int) {
	b := t.stored.Bounds()
	if t.orientation >= 5 {
		x, y = y, x
	}
	if o := t.orientation; o == 2 || o == 3 || o == 7 || o == 8 {
		x = b.Dx() - 1 - x
	}
	if o := t.orientation; o == 3 || o == 4 || o == 6 || o == 7 {
		y = b.Dy() - 1 - y
	}
	return b.Min.X + x, b.Min.Y + y
}
