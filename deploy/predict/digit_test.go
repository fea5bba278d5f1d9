package predict

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"golang.org/x/image/draw"

	"anneal/data"
)

// difference returns the mean over the pixels of |a − b|.
func difference(a, b *Image) float64 {
	sum := 0.0
	for i := range a {
		sum += math.Abs(float64(a[i]) - float64(b[i]))
	}
	return sum / float64(len(a))
}

var mnist = sync.OnceValues(func() (*data.Pair, error) { return data.Load(context.Background(), "") })

// testImages returns the first n of MNIST's test images with their labels.
func testImages(t *testing.T, n int) ([]*Image, []int) {
	t.Helper()
	pair, err := mnist()
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, Size*Size)
	var images []*Image
	var labels []int
	for i := range n {
		label, err := pair.Test.Read(i, x)
		if err != nil {
			t.Fatal(err)
		}
		labels = append(labels, int(label))
		img := new(Image)
		for j, v := range x {
			img[j] = byte(math.Round(255 * (float64(v)*pair.Test.Std() + pair.Test.Mean())))
		}
		images = append(images, img)
	}
	return images, labels
}

func gray(img *Image) *image.Gray {
	return &image.Gray{Pix: img[:], Stride: Size, Rect: image.Rect(0, 0, Size, Size)}
}

// drawing is one way to make a picture of a digit.
type drawing struct {
	name       string
	scaler     draw.Scaler
	ink, paper color.Color
	encode     func(image.Image) (image.Image, error)
}

// picture draws the digit side pixels large with that margin to the right and below and a third of it left and above.
func (d drawing) picture(t *testing.T, digit *Image, side, margin int) image.Image {
	t.Helper()
	large := image.NewRGBA(image.Rect(0, 0, side, side))
	d.scaler.Scale(large, large.Rect, gray(digit), gray(digit).Rect, draw.Src, nil)
	strength := image.NewAlpha(large.Rect)
	for i := range strength.Pix {
		strength.Pix[i] = large.Pix[4*i]
	}
	img := image.NewRGBA(image.Rect(-5, 7, -5+side+margin+margin/3, 7+side+margin+margin/3))
	draw.Draw(img, img.Rect, image.NewUniform(d.paper), image.Point{}, draw.Src)
	at := large.Rect.Add(img.Rect.Min).Add(image.Pt(margin/3, margin/3))
	draw.DrawMask(img, at, image.NewUniform(d.ink), image.Point{}, strength, image.Point{}, draw.Over)
	if d.encode == nil {
		return img
	}
	result, err := d.encode(img)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func viaJPEG(img image.Image) (image.Image, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		return nil, err
	}
	return Decode(&b)
}

func viaGIF(img image.Image) (image.Image, error) {
	var b bytes.Buffer
	if err := gif.Encode(&b, img, nil); err != nil {
		return nil, err
	}
	return Decode(&b)
}

var (
	red, navy  = color.NRGBA{220, 30, 40, 255}, color.NRGBA{0, 20, 90, 255}
	isoluminal = color.NRGBA{40, 110, 40, 255} // as bright as red
	clearPaper = color.NRGBA{}
)

var drawings = []drawing{
	{"light on dark", draw.CatmullRom, color.White, color.Black, nil},
	{"dark on light", draw.CatmullRom, color.Black, color.White, nil},
	{"smooth", draw.BiLinear, color.Black, color.White, nil},
	{"blocks", draw.NearestNeighbor, color.White, color.Black, nil},
	{"in colour", draw.CatmullRom, red, navy, nil},
	{"by colour alone", draw.CatmullRom, red, isoluminal, nil},
	{"faint", draw.CatmullRom, color.Gray{150}, color.Gray{210}, nil},
	{"dark on nothing", draw.CatmullRom, color.Black, clearPaper, nil},
	{"light on nothing", draw.CatmullRom, color.White, clearPaper, nil},
	{"JPEG", draw.CatmullRom, color.Black, color.White, viaJPEG},
	{"JPEG in colour", draw.CatmullRom, red, navy, viaJPEG},
	{"GIF", draw.CatmullRom, color.White, color.Black, viaGIF},
}

var sides = []int{56, 61, 83, 101, 140, 280} // 2 to 10 times 28

// Drawn in any way, a digit comes out as it was.
func TestDigitAsItWas(t *testing.T) {
	images, _ := testImages(t, 12)
	for _, d := range drawings {
		sum := 0.0
		for i, want := range images {
			side := sides[i%len(sides)]
			got, err := Digit(d.picture(t, want, side, side*(i%4)/8))
			if err != nil {
				t.Fatalf("%s: %v", d.name, err)
			}
			sum += difference(got, want)
		}
		if mean := sum / float64(len(images)); !(mean <= 12) {
			t.Errorf("%s: the pixels differ by %.1f, want at most 12", d.name, mean)
		}
	}
}

// An image of MNIST stays as it is, except for faint pixels at its edge and its strongest ink, which may not be 255.
func TestDigitKeepsMNIST(t *testing.T) {
	images, _ := testImages(t, 200)
	same := 0
	for _, want := range images {
		got, err := Digit(gray(want))
		if err != nil {
			t.Fatal(err)
		}
		if difference(got, want) < 0.6 {
			same++
		}
	}
	if same < 190 {
		t.Errorf("%d of 200 as they were, want 190", same)
	}
}

func TestDigitOfStrangePictures(t *testing.T) {
	for _, c := range []struct {
		name string
		img  image.Image
	}{
		{"no pixel", image.NewGray(image.Rectangle{})},
		{"one pixel", image.NewGray(image.Rect(0, 0, 1, 1))},
		{"white", image.NewUniform(color.White)},
		{"clear", image.NewNRGBA(image.Rect(0, 0, 30, 30))},
		{"hardly anything", speckled(30)},
	} {
		if u, ok := c.img.(*image.Uniform); ok {
			opaque := image.NewRGBA(image.Rect(0, 0, 30, 20))
			draw.Draw(opaque, opaque.Rect, u, image.Point{}, draw.Src)
			c.img = opaque
		}
		if _, err := Digit(c.img); !errors.Is(err, ErrBlank) {
			t.Errorf("%s: error %v, want %v", c.name, err, ErrBlank)
		}
	}
	thin := image.NewGray(image.Rect(0, 0, 1000, 1000))
	for i := 100; i < 900; i++ {
		thin.SetGray(i, i, color.Gray{255})
	}
	dot := image.NewGray(image.Rect(0, 0, 9, 9))
	dot.SetGray(8, 8, color.Gray{40})
	line := image.NewGray(image.Rect(0, 0, 40, 1))
	line.SetGray(20, 0, color.Gray{255})
	for name, img := range map[string]image.Image{"hairline": thin, "dot": dot, "one row": line} {
		digit, err := Digit(img)
		if err != nil || bytes.IndexByte(digit[:], 255) < 0 {
			t.Errorf("%s: %v, %v, want full ink", name, digit, err)
		}
	}
}

// speckled returns a picture of paper with noise of ± amplitude/2 that no one would call ink.
func speckled(amplitude int) *image.Gray {
	rng := rand.New(rand.NewPCG(1, 1))
	img := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range img.Pix {
		img.Pix[i] = byte(200 + rng.IntN(amplitude) - amplitude/2)
	}
	return img
}

// On paper that is noisy and unevenly lit, the noise does not become ink.
func TestDigitOnPaper(t *testing.T) {
	images, _ := testImages(t, 20)
	sum := 0.0
	for _, want := range images {
		img := speckled(20)
		for y := range 56 {
			for x := range 56 {
				j := (y+4)*64 + x + 4
				img.Pix[j] = byte(float64(img.Pix[j])*(1-float64(want[y/2*Size+x/2])/300)) - byte(x/4)
			}
		}
		got, err := Digit(img)
		if err != nil {
			t.Fatal(err)
		}
		sum += difference(got, want)
	}
	if mean := sum / float64(len(images)); !(mean <= 12) {
		t.Errorf("the pixels differ by %.1f, want at most 12", mean)
	}
}

// The result is centred as in MNIST, and never cut off.
func TestDigitIsCentred(t *testing.T) {
	images, _ := testImages(t, 20)
	for i, img := range images {
		digit, err := Digit(drawings[1].picture(t, img, 120, 90))
		if err != nil {
			t.Fatal(err)
		}
		mass, x, y := 0.0, 0.0, 0.0
		for j, v := range digit {
			mass, x, y = mass+float64(v), x+float64(v)*float64(j%Size), y+float64(v)*float64(j/Size)
		}
		if x, y = x/mass, y/mass; !(math.Abs(x-14) <= 0.51 && math.Abs(y-14) <= 0.51) {
			t.Errorf("image %d: centre of mass at %.2f, %.2f, want 14, 14", i, x, y)
		}
	}
	corner := image.NewGray(image.Rect(0, 0, 100, 100)) // an L with nearly all its mass in one corner
	draw.Draw(corner, image.Rect(10, 10, 20, 90), image.White, image.Point{}, draw.Src)
	draw.Draw(corner, image.Rect(10, 80, 90, 90), image.White, image.Point{}, draw.Src)
	draw.Draw(corner, image.Rect(10, 60, 35, 90), image.White, image.Point{}, draw.Src)
	digit, err := Digit(corner)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for y := range Size {
		if bytes.IndexFunc(digit[y*Size:(y+1)*Size], func(r rune) bool { return r != 0 }) >= 0 {
			rows++
		}
	}
	if rows != box {
		t.Errorf("the digit has %d rows, want %d", rows, box)
	}
}
