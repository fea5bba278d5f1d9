package predict

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"

	"anneal/internal/longtest"
	"anneal/internal/picture"
)

// The page of a photograph, in pixels.
const (
	pageWidth  = 450
	pageHeight = 600
)

// light returns how light falls on a page: from one side, darker at the corners, with the soft shadow of a hand.
func light(rng *rand.Rand) func(x, y int) float64 {
	angle, edge := rng.Float64()*2*math.Pi, rng.Float64()*2*math.Pi
	return func(x, y int) float64 {
		u, v := float64(x)/pageWidth-0.5, float64(y)/pageHeight-0.5
		falling := 0.8 + 0.35*(u*math.Cos(angle)+v*math.Sin(angle))
		shadow := 0.7 + 0.3/(1+math.Exp(-14*(u*math.Cos(edge)+v*math.Sin(edge)-0.1)))
		return falling * shadow * (1 - 0.3*(u*u+v*v))
	}
}

// photo draws the digit with a pen on a page, from a fifth of the page's width to two thirds large, and takes a noisy
// picture of it.
func photo(digit *Image, rng *rand.Rand) *image.RGBA {
	side := pageWidth/5 + rng.IntN(pageWidth/2)
	large := image.NewGray(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(large, large.Rect, gray(digit), gray(digit).Rect, draw.Src, nil)
	left, top := rng.IntN(pageWidth-side), rng.IntN(pageHeight-side)
	paper, pen := [3]float64{236, 230, 218}, [3]float64{40, 45, 110}
	lit := light(rng)
	img := image.NewRGBA(image.Rect(0, 0, pageWidth, pageHeight))
	for y := range pageHeight {
		for x := range pageWidth {
			ink := 0.0
			if p := image.Pt(x-left, y-top); p.In(large.Rect) {
				ink = float64(large.GrayAt(p.X, p.Y).Y) / 255
			}
			i, light := img.PixOffset(x, y), lit(x, y)
			for c := range paper {
				v := (paper[c]*(1-ink)+pen[c]*ink)*light + 5*rng.NormFloat64()
				img.Pix[i+c] = byte(min(max(v, 0), 255))
			}
			img.Pix[i+3] = 255
		}
	}
	return img
}

// TestPhotos classifies photographs of handwritten digits, by a phone held any way, as well as the digits.
func TestPhotos(t *testing.T) {
	longtest.SkipIfShort(t, "takes 100 photographs")
	p := trained(t, Options{})
	images, labels := testImages(t, 100)
	raw := right(t, p, images, labels)
	rng := rand.New(rand.NewPCG(7, 7))
	var digits []*Image
	for i, img := range images {
		upright := photo(img, rng)
		stored := transformed(upright, inverse[i%8+1])
		var b bytes.Buffer
		if err := jpeg.Encode(&b, stored, &jpeg.Options{Quality: 85}); err != nil {
			t.Fatal(err)
		}
		picture, err := Decode(bytes.NewReader(withEXIF(b.Bytes(), i%8+1)))
		if err != nil {
			t.Fatal(err)
		}
		if picture.Bounds().Size() != upright.Rect.Size() {
			t.Fatalf("orientation %d: got %v, want %v", i%8+1, picture.Bounds(), upright.Rect)
		}
		digit, err := Digit(picture)
		if err != nil {
			t.Fatalf("photograph %d: %v", i, err)
		}
		digits = append(digits, digit)
	}
	if got := right(t, p, digits, labels); got < raw-2 {
		t.Errorf("%d of 100 right, want %d", got, raw-2)
	}
}

// inverse has, for each orientation, the one that undoes it.
var inverse = [9]int{0, 1, 2, 3, 4, 5, 8, 7, 6}

// transformed returns img as the orientation says that it is to be shown, pixel by pixel from the words of the
// standard: row 0 of what is stored is the visual top for 1 and 2, the bottom for 3 and 4, and so on (EXIF 2.32, tag
// 274).
func transformed(img image.Image, orientation int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	to := func(x, y int) (int, int) {
		switch orientation {
		case 2:
			return w - 1 - x, y
		case 3:
			return w - 1 - x, h - 1 - y
		case 4:
			return x, h - 1 - y
		case 5:
			return y, x
		case 6:
			return h - 1 - y, x
		case 7:
			return h - 1 - y, w - 1 - x
		case 8:
			return y, w - 1 - x
		}
		return x, y
	}
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := to(x, y)
			out.SetRGBA(tx, ty, color.RGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA))
		}
	}
	return out
}

// tiffHeader returns a TIFF header whose first directory has only the orientation.
func tiffHeader(order binary.AppendByteOrder, orientation int) []byte {
	header := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		header = []byte("MM\x00*")
	}
	header = order.AppendUint32(header, 8)
	header = order.AppendUint16(header, 1)
	header = order.AppendUint16(header, 0x0112)
	header = order.AppendUint16(header, 3) // SHORT
	header = order.AppendUint32(header, 1)
	header = order.AppendUint16(header, uint16(orientation))
	return append(header, 0, 0, 0, 0, 0, 0)
}

// withEXIF puts an orientation into a JPEG as phones do.
func withEXIF(b []byte, orientation int) []byte {
	body := append([]byte("Exif\x00\x00"), tiffHeader(binary.BigEndian, orientation)...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return append(append(append([]byte{}, b[:2]...), append(segment, body...)...), b[2:]...)
}

// TestOrientation finds the orientation in every format that has one, in either order of bytes, and none in what is cut
// off or no EXIF data.
func TestOrientation(t *testing.T) {
	var j bytes.Buffer
	if err := jpeg.Encode(&j, disc(20), nil); err != nil {
		t.Fatal(err)
	}
	plain := encodePNG(t, disc(20))
	for o := 1; o <= 8; o++ {
		little, big := tiffHeader(binary.LittleEndian, o), tiffHeader(binary.BigEndian, o)
		const afterIHDR = 8 + 25
		eXIf := binary.BigEndian.AppendUint32(nil, uint32(len(big)))
		eXIf = append(append(append(eXIf, "eXIf"...), big...), 0, 0, 0, 0) // decoders check it, orientation does not
		webp := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x03\x00\x00\x00abc\x00EXIF")
		webp = append(binary.LittleEndian.AppendUint32(webp, uint32(len(little))), little...)
		for name, b := range map[string][]byte{
			"JPEG": withEXIF(j.Bytes(), o), "TIFF": big, "TIFF, little-endian": little, "WebP": webp,
			"PNG": append(append(append([]byte{}, plain[:afterIHDR]...), eXIf...), plain[afterIHDR:]...),
		} {
			if got := picture.Orientation(b); got != o {
				t.Errorf("%s: got %d, want %d", name, got, o)
			}
			for n := range b {
				if got := picture.Orientation(b[:n]); got != o && got != 1 {
					t.Errorf("%s, cut off after %d bytes: got %d", name, n, got)
				}
			}
		}
	}
	for name, b := range map[string][]byte{
		"no EXIF": j.Bytes(), "a PNG without": plain, "nothing": nil,
		"0": tiffHeader(binary.BigEndian, 0), "9": tiffHeader(binary.BigEndian, 9),
		"a directory outside": []byte("II*\x00\xff\xff\xff\xff"),
	} {
		if got := picture.Orientation(b); got != 1 {
			t.Errorf("%s: got %d, want 1", name, got)
		}
	}
}

// TestScans puts what scanners leave on a page around digits: specks of dust, and dark strips along the edge.
func TestScans(t *testing.T) {
	images, _ := testImages(t, 12)
	sum := 0.0
	for i, want := range images {
		page := drawings[1].picture(t, want, 140, 300).(*image.RGBA)
		b := page.Rect
		for _, dark := range []image.Rectangle{
			image.Rect(b.Min.X, b.Min.Y, b.Min.X+4+i, b.Max.Y),
			image.Rect(b.Max.X-30, b.Max.Y-40, b.Max.X-28, b.Max.Y-38),
			image.Rect(b.Min.X+30, b.Max.Y-60, b.Min.X+33, b.Max.Y-58),
		} {
			draw.Draw(page, dark, image.Black, image.Point{}, draw.Src)
		}
		got, err := Digit(page)
		if err != nil {
			t.Fatal(err)
		}
		sum += difference(got, want)
	}
	if mean := sum / float64(len(images)); !(mean <= 12) {
		t.Errorf("the pixels differ by %.1f, want at most 12", mean)
	}
}

// TestLargePictures reduces a picture of many pixels to a digit that is as it was.
func TestLargePictures(t *testing.T) {
	images, _ := testImages(t, 3)
	for _, want := range images {
		got, err := Digit(drawings[1].picture(t, want, 1800, 900))
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(got, want); !(d <= 12) {
			t.Errorf("the pixels differ by %.1f, want at most 12", d)
		}
	}
}
