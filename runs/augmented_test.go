package runs

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"reflect"
	"strings"
	"testing"
)

func TestAugmented(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadAugmented(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 3))); err != nil {
		t.Fatal(err)
	}
	a := &Augmented{Augment: "MixUp()", Seed: 1 << 63, Mixed: true, Rows: []AugmentedRow{
		{Index: 3, Label: 1, Images: []AugmentedImage{{PNG: b.Bytes()}, {b.Bytes(), []ClassShare{{0, 0.25}, {1, 0.75}}}}},
	}}
	if err := a.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadAugmented(dir); err != nil || !reflect.DeepEqual(got, a) {
		t.Errorf("got %+v, %v, want %+v", got, err, a)
	}
	for text, want := range map[string]string{
		"none":                                   "want augmented images as JSON",
		`{"rows":[{"index":-1}]}`:                "row 1: got sample -1",
		`{"rows":[{"images":[{}]}]}`:             "row 1, image 1: ",
		`{"rows":[{"images":[{"png":"AAAA"}]}]}`: "row 1, image 1: ",
	} {
		if _, err := parseAugmented([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
