package predict

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"testing"
	"time"

	"anneal/internal/limittest"
	"anneal/internal/longtest"
	"anneal/internal/picture/picturetest"
)

// largest returns the largest pictures of each kind that Decode reads, in files of at most 4 MB.
func largest(t *testing.T) map[string][]byte {
	t.Helper()
	png := func(side, bits int, depth, colour byte) []byte {
		return picturetest.PNG(uint32(side), uint32(side), depth, colour, 0, side*(1+side*bits/8))
	}
	var animation bytes.Buffer
	frames := gif.GIF{Delay: make([]int, 3)}
	for range frames.Delay {
		frames.Image = append(frames.Image, image.NewPaletted(image.Rect(0, 0, 8192, 6144), color.Palette{color.White}))
	}
	if err := gif.EncodeAll(&animation, &frames); err != nil {
		t.Fatal(err)
	}
	const passes = 8*2896*2896 + 2896*15/8 // bytes, with one for each row of each pass
	return map[string][]byte{
		"PNG, grey":             png(7090, 8, 8, 0),
		"PNG, black and white":  png(7088, 1, 1, 0),
		"PNG, grey of 16 bits":  png(7090, 16, 16, 0),
		"PNG":                   png(5792, 24, 8, 2),
		"PNG, alpha":            png(5792, 32, 8, 6),
		"PNG, grey and alpha":   png(5792, 16, 8, 4),
		"PNG, 16 bits":          png(4096, 48, 16, 2),
		"PNG, alpha of 16 bits": png(4096, 64, 16, 6),
		"PNG with passes":       picturetest.PNG(2896, 2896, 16, 6, 1, passes),
		"GIF of three frames":   animation.Bytes(),
		"JPEG, grey":            picturetest.FlatJPEG(7090, 7090, 0x11),
		"JPEG":                  picturetest.FlatJPEG(7000, 5400, 0x22, 0x11, 0x11),
		"JPEG, all colours":     picturetest.FlatJPEG(4368, 4368, 0x11, 0x11, 0x11),
		"JPEG, CMYK":            picturetest.FlatJPEG(3168, 3168, 0x11, 0x11, 0x11, 0x11),
		"TIFF of a fax":         picturetest.FaxTIFF(7090, 7090),
		"TIFF, grey":            picturetest.FlatTIFF(5780, 5780, 1, 8, 5780),
		"TIFF":                  picturetest.FlatTIFF(3200, 3200, 3, 8, 3200),
		"TIFF, alpha, 16 bits":  picturetest.FlatTIFF(2040, 2040, 4, 16, 2040),
		"WebP, lossless":        picturetest.FlatWebP(2289, 2289),
		"WebP":                  picturetest.LossyWebP(4096, 4096),
	}
}

// The largest pictures in 4 MB take at most a second of the processor and 200 MB, until a digit has been looked for.
func TestBombs(t *testing.T) {
	longtest.SkipIfRace(t, "measures what large pictures take")
	limits := limittest.Limits{Bytes: 200 << 20, Time: time.Second}
	for name, b := range largest(t) {
		if len(b) > 4<<20 {
			t.Errorf("%s: a test of %d bytes", name, len(b))
		}
		limits.Run(t, name, func() { blank(t, name, b) })
	}
}

// blank looks for a digit in a picture of one colour.
func blank(t *testing.T, name string, b []byte) {
	t.Helper()
	img, err := Decode(bytes.NewReader(b))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if _, err := Digit(img); !errors.Is(err, ErrBlank) {
		t.Errorf("%s: got %v, want a blank picture", name, err)
	}
}

// A TIFF of many strips leaves garbage of each. What there is at a time counts.
func TestBombsPeak(t *testing.T) {
	peak := limittest.Peak(t, func(t *testing.T) {
		blank(t, "TIFF of many strips", picturetest.FlatTIFF(2890, 2890, 4, 16, 1))
	})
	const program = 32 << 20
	if peak > 200<<20+program {
		t.Errorf("got %d bytes, want at most 200 MB besides the program", peak)
	}
	t.Logf("%d MB", peak>>20)
}
