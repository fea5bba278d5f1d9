package tensorboard

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// matrix has n classes with most of each right, and mistakes of the last class for the first.
func matrix(n int) [][]int {
	counts := make([][]int, n)
	for i := range counts {
		counts[i] = make([]int, n)
		counts[i][i] = 980 + i
	}
	counts[n-1][0] = 200
	return counts
}

// With PICTURES=folder it leaves the pictures there, to be looked at.
func TestConfusion(t *testing.T) {
	for _, n := range []int{2, 10, 40, 100} {
		m := Confusion(matrix(n))
		value, err := Picture("confusion", m)
		if err != nil {
			t.Fatal(err)
		}
		encoded := field(t, field(t, value.proto, 4), 4)
		decoded, err := png.Decode(bytes.NewReader(encoded))
		if err != nil || decoded.Bounds() != m.Bounds() {
			t.Fatalf("%d classes: a picture of %v decodes to one of %v, %v", n, m.Bounds(), decoded, err)
		}
		if folder := os.Getenv("PICTURES"); folder != "" {
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("confusion-%d.png", n)), encoded, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		cell := (m.Bounds().Dx() - 80) / n
		corner := func(row, column int) image.Point { return image.Pt(64+column*cell, 64+row*cell) }
		right, wrong := brightness(decoded, corner(0, 0)), brightness(decoded, corner(n-1, 0))
		never := brightness(decoded, corner(0, n-1))
		if never != 255 || !(right < wrong && wrong < never) {
			t.Errorf("%d classes: brightness %d of what is always right, %d of what is sometimes wrong, "+
				"%d of what never happens", n, right, wrong, never)
		}
	}
}

// brightness is that of a cell, beside its number.
func brightness(m image.Image, corner image.Point) uint32 {
	r, g, b, _ := m.At(corner.X+1, corner.Y+1).RGBA()
	return (r + g + b) / 3 >> 8
}

// field is the content of a message's first field of this number that has bytes.
func field(t *testing.T, message []byte, number protowire.Number) []byte {
	t.Helper()
	for len(message) > 0 {
		n, typ, size := protowire.ConsumeTag(message)
		if size < 0 {
			t.Fatal(protowire.ParseError(size))
		}
		message = message[size:]
		if n == number && typ == protowire.BytesType {
			v, _ := protowire.ConsumeBytes(message)
			return v
		}
		message = message[protowire.ConsumeFieldValue(n, typ, message):]
	}
	t.Fatalf("no field %d", number)
	return nil
}

// Long names have room at the left, and no other place moves.
func TestConfusionNames(t *testing.T) {
	plain := Confusion(matrix(3))
	if same := Confusion(matrix(3), "0", "1", "2"); same.Bounds() != plain.Bounds() {
		t.Errorf("numbers as names: got a picture of %v, want %v", same.Bounds(), plain.Bounds())
	}
	named := Confusion(matrix(3), "T-shirt/top", "Trouser", "a very long name of a class")
	if d := named.Bounds().Dx() - plain.Bounds().Dx(); d < 50 || named.Bounds().Dy() != plain.Bounds().Dy() {
		t.Errorf("got a picture of %v, want one wider than %v", named.Bounds(), plain.Bounds())
	}
}
