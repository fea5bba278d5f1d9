package predict

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"anneal/internal/limittest"
)

func encodePNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func disc(side int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		x, y := i%side-side/2, i/side-side/2
		if 9*(x*x+y*y) < side*side {
			img.SetGray(i%side, i/side, color.Gray{200})
		}
	}
	return img
}

func TestDecode(t *testing.T) {
	img := disc(50)
	var j, g bytes.Buffer
	if err := errors.Join(jpeg.Encode(&j, img, nil), gif.Encode(&g, img, nil)); err != nil {
		t.Fatal(err)
	}
	var f, m bytes.Buffer
	if err := errors.Join(tiff.Encode(&f, img, nil), bmp.Encode(&m, img)); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"png": encodePNG(t, img), "jpeg": j.Bytes(), "gif": g.Bytes(), "tiff": f.Bytes(), "bmp": m.Bytes(),
	} {
		got, err := Decode(bytes.NewReader(b))
		if err != nil || got.Bounds() != img.Rect {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		for n := range b[:len(b)*3/4] {
			if _, err := Decode(bytes.NewReader(b[:n])); err == nil {
				t.Errorf("%s: the first %d of %d bytes were taken for a picture", name, n, len(b))
			}
		}
	}
}

// sized returns the beginning of a PNG that claims to be width×height.
func sized(t *testing.T, width, height uint32) []byte {
	b := encodePNG(t, disc(3))
	binary.BigEndian.PutUint32(b[16:], width)
	binary.BigEndian.PutUint32(b[20:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// What is too large is refused before memory is taken for it.
func TestDecodeLimits(t *testing.T) {
	var before, after runtime.MemStats
	for _, c := range []struct {
		r    io.Reader
		says string
	}{
		{bytes.NewReader(sized(t, 20000, 20000)), "png picture of 20000×20000 pixels, want at most 67108864 pixels"},
		{bytes.NewReader(sized(t, 8192, 8193)), "8192×8193"},
		{bytes.NewReader(sized(t, 1, 1<<31-1)), "1×2147483647"},
		{io.LimitReader(zeros{}, 1<<40), "more than 67108864 bytes"},
		{strings.NewReader("XY"), "unknown format, want PNG, JPEG, GIF, TIFF, BMP or WebP"},
		{strings.NewReader(""), "empty, want PNG"},
		{strings.NewReader("\x00\x00\x00\x18ftypheic\x00\x00"), "HEIC, as iPhones store it"},
		{strings.NewReader("%PDF-1.7\n"), "PDF: export the page as a picture"},
	} {
		runtime.ReadMemStats(&before)
		_, err := Decode(c.r)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error %v, want %q", err, c.says)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 8*MaxBytes { // io.ReadAll grows its buffer again and again
			t.Errorf("%s: allocated %d bytes", c.says, got)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// FuzzDigit reads whatever bytes: an error or a digit, never a panic.
func FuzzDigit(f *testing.F) {
	f.Add(encodePNG(f, disc(20)))
	f.Add([]byte("GIF89a"))
	f.Add([]byte{0xff, 0xd8, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		var img image.Image
		var err error
		limittest.Small.Run(t, "a picture", func() { img, err = Decode(bytes.NewReader(b)) })
		limittest.OneLine(t, err)
		if err != nil {
			return
		}
		if img.Bounds().Dx()*img.Bounds().Dy() > 1<<16 {
			return // right but slow
		}
		digit, err := Digit(img)
		if err != nil {
			return
		}
		if digit == nil || *digit == (Image{}) {
			t.Error("a digit without ink")
		}
	})
}
