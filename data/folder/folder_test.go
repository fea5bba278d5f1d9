package folder

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"anneal/data"
	"anneal/internal/limittest"
)

func encode(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t testing.TB, b []byte, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

func grey(v byte, w, h int) image.Image {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = v + byte(i)
	}
	return img
}

// sample returns what a set has of sample i.
func sample(t *testing.T, d data.Dataset, i int) ([]float32, int32) {
	t.Helper()
	s := d.Shape()
	x := make([]float32, s[0]*s[1]*s[2])
	label, err := d.Read(i, x)
	if err != nil {
		t.Fatal(err)
	}
	return x, label
}

// pets writes ten pictures of 3×2 in two classes, numbered across both.
func pets(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "pets")
	for i := range 10 {
		class := []string{"cat", "dog"}[i%2]
		write(t, encode(t, grey(byte(20*i), 3, 2)), dir, class, fmt.Sprintf("%02d.png", i))
	}
	write(t, []byte("x"), dir, "cat", "Thumbs.db")
	return dir
}

func TestFolder(t *testing.T) {
	dir := pets(t)
	sets, err := Load(t.Context(), dir, Options{Test: 0.2})
	if err != nil {
		t.Fatal(err)
	}
	f := data.FactsOf(sets.Train)
	if sets.Train.Len() != 8 || sets.Test.Len() != 2 || sets.Train.Shape() != [3]int{1, 2, 3} ||
		sets.Train.Classes() != 2 ||
		f.Name != "pets" || strings.Join(f.ClassNames, " ") != "cat dog" || !f.Crop || len(f.Mean) != 1 {
		t.Errorf("got %d and %d samples of %v, facts %+v", sets.Train.Len(), sets.Test.Len(), sets.Train.Shape(), f)
	}
	// A set that is decoded when it is read gives the same bits.
	lazy, err := Load(t.Context(), dir, Options{Test: 0.2, Memory: 1})
	if err != nil {
		t.Fatal(err)
	}
	last := float32(-9)
	for i := range 8 {
		x, label := sample(t, sets.Train, i)
		again, same := sample(t, lazy.Train, i)
		if fmt.Sprint(x, label) != fmt.Sprint(again, same) || x[0] <= last {
			t.Errorf("sample %d: got %v of %d, then %v of %d, want them in the order of their names", i, x, label, again, same)
		}
		last = x[0]
	}

	write(t, []byte("Felis catus\nCanis familiaris\n"), dir, "labels.txt")
	sets, err = Load(t.Context(), dir, Options{Test: 2, Size: [2]int{4, 4}, Channels: 3})
	if err != nil || sets.Train.Shape() != [3]int{3, 4, 4} ||
		data.FactsOf(sets.Test).ClassNames[1] != "Canis familiaris" ||
		len(data.FactsOf(sets.Test).Mean) != 3 {
		t.Errorf("scaled, in colour: got %+v, %v", sets, err)
	}
}

func TestParts(t *testing.T) {
	dir := t.TempDir()
	for _, part := range []string{"train", "val", "test"} {
		write(t, encode(t, grey(9, 2, 2)), dir, part, "a", "1.png")
		write(t, encode(t, grey(9, 2, 2)), dir, part, "b", "deep", "2.png")
	}
	sets, err := Load(t.Context(), dir, Options{})
	if err != nil || sets.Train.Len() != 2 || sets.Valid.Len() != 2 || sets.Test.Len() != 2 || !Is(dir) {
		t.Errorf("got %+v, %v", sets, err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "test")); err != nil {
		t.Fatal(err)
	}
	sets, err = Load(t.Context(), dir, Options{})
	if err != nil || sets.Valid != nil || sets.Test.Len() != 2 || len(sets.Notes) != 1 {
		t.Errorf("without a test folder: got %+v, %v", sets, err)
	}
	write(t, encode(t, grey(9, 2, 2)), dir, "val", "c", "1.png")
	if _, err := Load(t.Context(), dir, Options{}); err == nil || !strings.Contains(err.Error(), "no such class: a, b") {
		t.Errorf("a class that is new: got %v", err)
	}
}

// A trained network labels by its own classes a folder that has some of them.
func TestKnownClasses(t *testing.T) {
	for _, c := range []struct {
		known []string
		want  string
	}{
		{nil, "[0 1 0 1 0 1 0 1]"},
		{[]string{"cat", "dog"}, "[0 1 0 1 0 1 0 1]"},
		{[]string{"ape", "dog", "cat"}, "[2 1 2 1 2 1 2 1]"},
		{[]string{"Felis", "Canis"}, "[0 1 0 1 0 1 0 1]"}, // those that labels.txt had when it was trained
		{[]string{"cat", "cow"}, "class dog: the network knows cat, cow"},
	} {
		sets, err := Load(t.Context(), pets(t), Options{Test: 0.2, Classes: c.known})
		if err != nil {
			if !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("%q: got %v, want %s", c.known, err, c.want)
			}
			continue
		}
		labels, err := data.Labels(sets.Train)
		if err != nil || fmt.Sprint(labels) != c.want || sets.Train.Classes() != max(2, len(c.known)) {
			t.Errorf("%q: got %v of %d classes, %v, want %s", c.known, labels, sets.Train.Classes(), err, c.want)
		}
	}
}

// Folders of classes may be links, and so may the folder that has them.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	for _, class := range []string{"cat", "dog"} {
		if err := os.MkdirAll(filepath.Join(dir, "train"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(pets(t), class), filepath.Join(dir, "train", class)); err != nil {
			t.Skip(err)
		}
	}
	whole := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, whole); err != nil {
		t.Fatal(err)
	}
	if sets, err := Load(t.Context(), whole, Options{Test: 0.2}); err != nil || sets.Train.Len() != 8 || !Is(whole) {
		t.Errorf("got %+v, %v, Is %v", sets, err, Is(whole))
	}
}

// A picture that a phone took upright is stored lying.
func TestOrientation(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 16, 8))
	for i := range img.Pix {
		img.Pix[i] = 255
		if x := i / 4 % 16; x < 8 && i%4 < 3 {
			img.Pix[i] = 0
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" +
		"\x00\x00\x00\x00\x00\x00")
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	dir := t.TempDir()
	for _, name := range []string{"1.jpg", "2.jpg", "3.jpg"} {
		write(t, append(head, b.Bytes()[2:]...), dir, "a", name)
	}
	sets, err := Load(t.Context(), dir, Options{Test: 1, Channels: 1})
	if err != nil {
		t.Fatal(err)
	}
	x, _ := sample(t, sets.Train, 0)
	if sets.Train.Shape() != [3]int{1, 16, 8} || !(x[0] < -0.9) || !(x[127] > 0.9) || !(x[7] < -0.9) {
		t.Errorf("got %v of shape %v, want black above white", x, sets.Train.Shape())
	}
}

// sized returns the beginning of a PNG that claims to be of that size.
func sized(t testing.TB, width, height uint32) []byte {
	b := encode(t, image.NewNRGBA(image.Rect(0, 0, 3, 3)))
	binary.BigEndian.PutUint32(b[16:], width)
	binary.BigEndian.PutUint32(b[20:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// Bad pictures, among them some that claim 10⁹ pixels, are errors that take little memory, or are left out.
func TestBadPictures(t *testing.T) {
	good := encode(t, image.NewNRGBA(image.Rect(0, 0, 3, 2)))
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"bomb":       {sized(t, 31623, 31623), "31623×31623 pixels, which take"},
		"lying bomb": {sized(t, 4000, 4000), "png picture: "},
		"text":       {[]byte("hello"), "unknown format, want PNG"},
		"empty":      {nil, "empty, want PNG"},
		"cut":        {good[:len(good)-20], "png picture: "},
	} {
		dir := pets(t)
		write(t, c.b, dir, "cat", "05.png")
		o := Options{Test: 0.2, Size: [2]int{2, 3}}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Load(t.Context(), dir, o)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), filepath.Join("cat", "05.png")+": ") ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 100<<20 {
			t.Errorf("%s: allocated %d bytes", name, got)
		}
		o.SkipBad = true
		sets, err := Load(t.Context(), dir, o)
		if err != nil || sets.Skipped != 1 || sets.Train.Len()+sets.Test.Len() != 10 {
			t.Errorf("%s: got %+v, %v", name, sets, err)
		}
	}
	dir := filepath.Join(t.TempDir(), "bad")
	write(t, []byte("hello"), dir, "cat", "1.png")
	write(t, []byte("hello"), dir, "cat", "2.png")
	_, err := Load(t.Context(), dir, Options{Test: 1})
	if err == nil || !strings.Contains(err.Error(), ".png: picture: ") {
		t.Errorf("no picture is good: got %v", err)
	}
	dir = pets(t)
	write(t, encode(t, grey(1, 5, 5)), dir, "dog", "11.png")
	if _, err := Load(t.Context(), dir, Options{Test: 0.2}); err == nil || !strings.Contains(err.Error(), "image_size") {
		t.Errorf("two sizes: got %v", err)
	}
}

func FuzzPicture(f *testing.F) {
	f.Add(encode(f, grey(3, 5, 4)))
	f.Add(sized(f, 31623, 31623))
	f.Add(encode(f, image.NewPaletted(image.Rect(0, 0, 3, 3), color.Palette{color.White, color.Black})))
	f.Add([]byte("GIF89a"))
	f.Add([]byte("II*\x00\x08\x00\x00\x00"))
	f.Add([]byte("RIFF\x7f\xff\xff\xffWEBPVP8L\x0e\x00\x00\x15/\a\x10\x11\x11\x88\x88\x88"))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0e\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe"))
	limits := limittest.Limits{Bytes: 200 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, b []byte) {
		pixels := make([]byte, 3*4*4)
		limits.Run(t, "a picture", func() { limittest.OneLine(t, decodeBytes(t.Context(), b, [3]int{3, 4, 4}, pixels)) })
	})
}
