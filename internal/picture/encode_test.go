package picture

import (
	"bytes"
	"image/color"
	"image/png"
	"slices"
	"testing"
)

// A picture has its pixels, and a shrunken one their means.
func TestPNG(t *testing.T) {
	shape, pixels := [3]int{3, 2, 4}, []byte{
		10, 20, 30, 40, 50, 60, 70, 80, // red
		0, 0, 0, 0, 0, 0, 255, 255, // green
		1, 1, 2, 2, 1, 2, 3, 3, // blue
	}
	b, err := PNG(shape, pixels)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil || m.Bounds().Dx() != 4 || m.Bounds().Dy() != 2 ||
		color.NRGBAModel.Convert(m.At(2, 1)) != (color.NRGBA{70, 255, 3, 255}) {
		t.Errorf("got %v, %v", m, err)
	}
	small, means := Shrink(shape, pixels, 2)
	if want := []byte{35, 55, 0, 128, 1, 3}; small != [3]int{3, 1, 2} || !slices.Equal(means, want) {
		t.Errorf("got %v of shape %v, want %v", means, small, want)
	}
	if same, whole := Shrink(shape, pixels, 4); same != shape || !slices.Equal(whole, pixels) {
		t.Errorf("got %v of shape %v, want the picture itself", whole, same)
	}
	if _, err := PNG([3]int{1, 2, 2}, pixels); err == nil {
		t.Error("no error for 24 bytes of 4 pixels")
	}
}
