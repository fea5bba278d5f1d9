package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"anneal/internal/limittest"
	"anneal/internal/picture/picturetest"
)

// samples returns a small picture in every format.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, 9, 7), palette.Plan9)
	for i := range img.Pix {
		img.Pix[i] = byte(3 * i)
	}
	var p, j, g, b, f, packed bytes.Buffer
	err := errors.Join(png.Encode(&p, img), jpeg.Encode(&j, img, nil), gif.Encode(&g, img, nil), bmp.Encode(&b, img),
		tiff.Encode(&f, img, nil), tiff.Encode(&packed, img, &tiff.Options{Compression: tiff.Deflate, Predictor: true}))
	if err != nil {
		t.Fatal(err)
	}
	webp := webpOf("VP8L", "\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")
	return map[string][]byte{
		"png": p.Bytes(), "jpeg": j.Bytes(), "gif": g.Bytes(), "bmp": b.Bytes(), "tiff": f.Bytes(),
		"packed tiff": packed.Bytes(), "progressive jpeg": picturetest.JPEG(64, true, true, 1000), "webp": webp,
	}
}

// FuzzDecode reads whatever bytes within the limits: an error or a picture, never a panic.
func FuzzDecode(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	for _, bomb := range bombs(f) {
		if len(bomb.b) < 1<<14 {
			f.Add(bomb.b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		limits.Run(t, "a picture", func() {
			img, err := Decode(t.Context(), b, 32<<20)
			limittest.OneLine(t, err)
			if err != nil {
				return
			}
			pixels, err := Crop(img, [3]int{3, 4, 5}, 0)
			if size := img.Bounds().Size(); (err != nil) != (size.X < 1 || size.Y < 1) || err == nil && len(pixels) != 60 {
				t.Errorf("%v: got %d pixels, %v", img.Bounds(), len(pixels), err)
			}
		})
	})
}
