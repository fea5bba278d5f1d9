package picture

import (
	"image"
	"testing"
)

// The copy of a picture that is turned has the pixels that are drawn without one, also where they share colours.
func TestTurn(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		whole := image.NewYCbCr(image.Rect(0, 0, 9, 7), ratio)
		for _, plane := range [][]byte{whole.Y, whole.Cb, whole.Cr} {
			for i := range plane {
				plane[i] = byte(len(plane)*i*i + 37*i)
			}
		}
		img := whole.SubImage(image.Rect(1, 2, 8, 7))
		for o := 2; o <= 8; o++ {
			want, got := turn(img, o, 3*7*5-1), turn(img, o, 3*7*5)
			if _, ok := got.(*image.YCbCr); !ok || want.Bounds() != got.Bounds() {
				t.Fatalf("%v, orientation %d: got %T of %v, want a copy of %v", ratio, o, got, got.Bounds(), want.Bounds())
			}
			for y := range want.Bounds().Dy() {
				for x := range want.Bounds().Dx() {
					if want.At(x, y) != got.At(x, y) {
						t.Fatalf("%v, orientation %d, %d %d: got %v, want %v", ratio, o, x, y, got.At(x, y), want.At(x, y))
					}
				}
			}
		}
	}
}
