package picture

import (
	"image"
	"image/color"
	"testing"

	"golang.org/x/image/draw"
)

// uneven fills bytes with values that change slowly and noise on them.
func uneven(pix []byte, stride int) {
	for i := range pix {
		pix[i] = byte(40 + 150*(i%stride)/stride + i*i%23)
	}
}

// kinds returns a picture of each kind that is reduced by itself, and of one that is not.
func kinds(r image.Rectangle) map[string]image.Image {
	grey, grey16, nrgba, cmyk := image.NewGray(r), image.NewGray16(r), image.NewNRGBA(r), image.NewCMYK(r)
	rgba, nrgba64 := image.NewRGBA(r), image.NewNRGBA64(r)
	var palette color.Palette
	for i := range 256 {
		palette = append(palette, color.NRGBA{byte(i), byte(255 - i), byte(7 * i), byte(100 + i/2)})
	}
	paletted := image.NewPaletted(r, palette)
	uneven(grey.Pix, grey.Stride)
	uneven(grey16.Pix, grey16.Stride)
	uneven(nrgba.Pix, nrgba.Stride)
	uneven(cmyk.Pix, cmyk.Stride)
	uneven(nrgba64.Pix, nrgba64.Stride)
	uneven(paletted.Pix, paletted.Stride)
	draw.Draw(rgba, r, nrgba, r.Min, draw.Src)
	all := map[string]image.Image{
		"grey": grey, "grey of 16 bits": grey16, "NRGBA": nrgba, "RGBA": rgba, "palette": paletted, "CMYK": cmyk,
		"turned": turned{grey, 6}, "turned round": turned{rgba, 3}, "mirrored": turned{nrgba, 5},
		"any other": struct{ image.Image }{nrgba}, "NRGBA of 16 bits": nrgba64,
	}
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		camera := image.NewYCbCr(r, ratio)
		uneven(camera.Y, camera.YStride)
		for i := range camera.Cb {
			camera.Cb[i], camera.Cr[i] = byte(120+i%17), byte(140-i*i%19) // no colour is beyond red, green and blue
		}
		all[ratio.String()] = camera
	}
	return all
}

// Each pixel of a reduced picture is the mean of its square.
func TestReduced(t *testing.T) {
	const n = 4
	for name, img := range kinds(image.Rect(3, 5, 3+12*n, 5+9*n)) {
		part := img.Bounds()
		part.Max = part.Min.Add(image.Pt(7*n, 5*n))
		small := reduced(img, part, n)
		if small.Bounds() != image.Rect(0, 0, 7, 5) {
			t.Errorf("%s: got %v, want 7×5", name, small.Bounds())
			continue
		}
		seen := make(map[color.RGBA64]bool)
		for y := range 5 {
			for x := range 7 {
				square := image.Rect(x*n, y*n, (x+1)*n, (y+1)*n).Add(part.Min)
				want := meanOfColours(func(x, y int) color.RGBA64 {
					return color.RGBA64Model.Convert(img.At(x, y)).(color.RGBA64)
				})(square)
				got := color.RGBA64Model.Convert(small.At(x, y)).(color.RGBA64)
				tolerance := 1.0
				if _, ok := img.(*image.YCbCr); ok {
					tolerance = 3 * 257 // the means of Y, Cb and Cr are rounded to bytes
				}
				if !(farthest(got, want) <= tolerance) {
					t.Errorf("%s, %d %d: got %v, want %v", name, x, y, got, want)
				}
				seen[got] = true
			}
		}
		if len(seen) < 5 {
			t.Errorf("%s: got %d colours, want a picture that shows what goes where", name, len(seen))
		}
	}
}

// farthest returns the largest difference of two colours in a channel.
func farthest(a, b color.RGBA64) float64 {
	far := 0.0
	for _, d := range []float64{
		float64(a.R) - float64(b.R), float64(a.G) - float64(b.G), float64(a.B) - float64(b.B), float64(a.A) - float64(b.A),
	} {
		far = max(far, d, -d)
	}
	return far
}

// Sides that n does not divide are covered to their ends.
func TestCut(t *testing.T) {
	for size := 1; size < 50; size++ {
		for n := 1; n <= size; n++ {
			places := cut(10, 10+size, n)
			for i := range places[1:] {
				if d := places[i+1] - places[i]; d < n || d >= 2*n {
					t.Errorf("%d by %d: got %v, want stretches of %d or a few more", size, n, places, n)
				}
			}
			if places[0] != 10 || places[len(places)-1] != 10+size {
				t.Errorf("%d by %d: got %v", size, n, places)
			}
		}
	}
}

// A large picture is scaled in two steps to nearly what one step makes.
func TestScale(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 2400, 2000))
	uneven(img.Pix, img.Stride)
	for _, side := range []image.Point{{28, 23}, {224, 187}, {600, 500}} {
		got, want := image.NewRGBA64(image.Rectangle{Max: side}), image.NewRGBA64(image.Rectangle{Max: side})
		Scale(got, got.Rect, img, img.Rect, draw.Src)
		draw.BiLinear.Scale(want, want.Rect, img, img.Rect, draw.Src, nil)
		for y := range side.Y {
			for x := range side.X {
				if d := farthest(got.RGBA64At(x, y), want.RGBA64At(x, y)); !(d <= 4*257) {
					t.Fatalf("%v at %d %d: got %v, want %v", side, x, y, got.RGBA64At(x, y), want.RGBA64At(x, y))
				}
			}
		}
	}
}
