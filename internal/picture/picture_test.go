package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func encoded(t testing.TB, img image.Image) (asPNG, asJPEG []byte) {
	t.Helper()
	var p, j bytes.Buffer
	if err := errors.Join(png.Encode(&p, img), jpeg.Encode(&j, img, nil)); err != nil {
		t.Fatal(err)
	}
	return p.Bytes(), j.Bytes()
}

func TestInspect(t *testing.T) {
	greyPNG, greyJPEG := encoded(t, image.NewGray(image.Rect(0, 0, 5, 4)))
	colourPNG, colourJPEG := encoded(t, image.NewNRGBA(image.Rect(0, 0, 5, 4)))
	palette := image.NewPaletted(image.Rect(0, 0, 5, 4), color.Palette{color.Gray{3}, color.Gray{200}})
	palettePNG, _ := encoded(t, palette)
	progressiveJPEG := bytes.Replace(colourJPEG, []byte{0xff, 0xc0}, []byte{0xff, 0xc2}, 1)
	for name, c := range map[string]struct {
		b    []byte
		want Header
	}{
		"grey PNG":         {greyPNG, Header{"png", 5, 4, true, 20}},
		"grey JPEG":        {greyJPEG, Header{"jpeg", 5, 4, true, 64}},
		"colour PNG":       {colourPNG, Header{"png", 5, 4, false, 80}},
		"colour JPEG":      {colourJPEG, Header{"jpeg", 5, 4, false, 384}},
		"grey palette":     {palettePNG, Header{"png", 5, 4, true, 20}},
		"progressive JPEG": {progressiveJPEG, Header{"jpeg", 5, 4, false, 1920}},
	} {
		if got, err := Inspect(c.b); err != nil || got != c.want {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, c.want)
		}
	}
}

// A WebP container may say that the picture is small, and its frame that it is large.
func TestInspectFrame(t *testing.T) {
	b := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00")
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) // 1×1
	b = append(b, "VP8L\x05\x00\x00\x00\x2f\xff\xff\xff\x0f\x00"...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	got, err := Inspect(b)
	if err != nil || got.Width != 16384 || got.Height != 16384 || got.Memory < 1<<29 {
		t.Errorf("got %+v, %v, want 16384×16384", got, err)
	}
}

func TestCrop(t *testing.T) {
	img := image.NewGray(image.Rect(1, 2, 9, 6)) // 8×4, columns of 10, 20, …, 80
	for i := range img.Pix {
		img.Pix[i] = byte(10 * (1 + i%8))
	}
	for _, c := range []struct {
		shape [3]int
		want  []byte
	}{
		{[3]int{1, 4, 8}, img.Pix},
		{[3]int{1, 4, 4}, bytes.Repeat([]byte{30, 40, 50, 60}, 4)},
		{[3]int{1, 1, 1}, []byte{45}},
	} {
		if got, err := Crop(img, c.shape, 0); err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%v: got %v, %v, want %v", c.shape, got, err, c.want)
		}
	}
	if _, err := Crop(img, [3]int{2, 4, 4}, 0); err == nil || !strings.Contains(err.Error(), "want 1 or 3") {
		t.Errorf("two channels: got %v", err)
	}
	if _, err := Crop(image.NewGray(image.Rect(0, 0, 1, 2000)), [3]int{1, 4, 4}, 0); err != nil {
		t.Error(err) // scaled as a whole it would be 8000 pixels high
	}
}
