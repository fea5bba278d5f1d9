package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	_ "image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/view/report"
)

// sample has two panels, three names, a mark and numbers that no axis can show.
func sample() report.Figure {
	nan, inf := math.NaN(), math.Inf(1)
	x := []float64{1, 2, 3, 4, 5, 6}
	return report.Figure{
		Title: "A figure & its title",
		Panels: []report.Panel{
			{
				X: report.Axis{Label: "step"}, Y: report.Axis{Label: "loss", Log: true},
				Lines: []report.Line{
					{
						Name: "first <one>", X: x, Y: []float64{1, 0.1, nan, 0.01, -1, 0.001},
						Marks: []report.Mark{{Text: "lowest", X: 6, Y: 0.001}},
					},
					{Name: "second", X: x, Y: []float64{inf, 2, 1, 0.5, 0.2}, Steps: true},
					{Name: "second", X: x, Y: []float64{1, 1.1, 0.9, 1.2}, Faint: true},
					{Y: []float64{1, 2}},
				},
			},
			{
				X: report.Axis{Label: "step"}, Y: report.Axis{Label: "momentum"},
				Lines: []report.Line{
					{
						Name: "third, of a name so long that the legend must break it, and not only once but twice, " +
							strings.Repeat("words, ", 20),
						X: x, Y: x,
					},
					{Name: "second", X: x, Y: []float64{3, 3, 3, 3, 3, 3}},
				},
			},
		},
	}
}

func TestPNG(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.PNG")
	if err := sample().Save(path); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.X != 1152 || size.Y < 2*3*144 {
		t.Errorf("got %v pixels, want a width of 1152 and two panels", size)
	}
	count := make(map[color.NRGBA]int)
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			count[color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)]++
		}
	}
	if white := count[color.NRGBA{255, 255, 255, 255}]; white < picture.Bounds().Dx()*picture.Bounds().Dy()*8/10 {
		t.Errorf("only %d pixels are white", white)
	}
	for name, c := range map[string]color.NRGBA{
		"first": {0x00, 0x72, 0xb2, 255}, "second": {0xd5, 0x5e, 0x00, 255}, "third": {0x00, 0x9e, 0x73, 255},
	} {
		if count[c] < 200 {
			t.Errorf("%d pixels have the colour of the %s line", count[c], name)
		}
	}
}

func TestSVG(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.svg")
	if err := sample().Save(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for d := xml.NewDecoder(bytes.NewReader(content)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := token.(xml.CharData); ok && strings.TrimSpace(string(s)) != "" {
			text = append(text, string(s))
		}
	}
	all := strings.Join(text, "|") + "|"
	for _, want := range []string{
		"A figure & its title|", "first <one>|lowest|second|third, ", "step|", "loss|", "momentum|", "0.001|", "0.01|",
		"0.1|",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the text is %s, want %s in it", all, want)
		}
	}
	if strings.Count(all, "second|") != 1 {
		t.Errorf("one name has several entries: %s", all)
	}
	if strings.Contains(string(content), "NaN") || strings.Contains(string(content), "Inf") {
		t.Error("a number that is not finite is drawn")
	}
	again := filepath.Join(t.TempDir(), "f.svg")
	if err := sample().Save(again); err != nil {
		t.Fatal(err)
	}
	if other, err := os.ReadFile(again); err != nil || !bytes.Equal(other, content) {
		t.Errorf("the same figure gives another file, %v", err)
	}
}

// Whatever the numbers are, a figure is drawn.
func TestAnyNumbers(t *testing.T) {
	huge, tiny, nan := math.MaxFloat64, math.SmallestNonzeroFloat64, math.NaN()
	for _, y := range [][]float64{
		nil,
		{0},
		{1},
		{-3, -3},
		{0, 0, 0},
		{nan, nan},
		{1e-149, 1e149},
		{1e-300, 1e300},
		{-huge, huge},
		{tiny, tiny},
		{huge},
		{-1, 1e-9},
		{1, 1 + 1e-15},
		{1e6, 1e6 + 1},
		{0.3, 0.6},
		{3, 4},
	} {
		x := make([]float64, len(y))
		for i := range x {
			x[i] = float64(i)
		}
		for _, log := range []bool{false, true} {
			for _, steps := range []bool{false, true} {
				axis := report.Axis{Log: log}
				f := report.Figure{
					Panels: []report.Panel{{X: axis, Y: axis, Lines: []report.Line{{Name: "y", X: x, Y: y, Steps: steps}}}},
				}
				path := filepath.Join(t.TempDir(), "f.svg")
				if err := f.Save(path); err != nil {
					t.Errorf("%v: %v", y, err)
				}
				if content, err := os.ReadFile(path); err != nil || bytes.Contains(content, []byte("NaN")) {
					t.Errorf("%v, log %v: %v, or a coordinate that is not a number", y, log, err)
				}
			}
		}
	}
}

func TestSaveErrors(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "f.pdf"), ".png or .svg"},
		{filepath.Join(dir, "png"), ".png or .svg"},
		{filepath.Join(dir, "nowhere", "f.png"), "no such file"},
	} {
		if err := sample().Save(c.path); err == nil || !strings.Contains(err.Error(), c.want) ||
			!strings.Contains(err.Error(), c.path) {
			t.Errorf("%s: got %v, want %s", c.path, err, c.want)
		}
	}
	if err := (report.Figure{}).Save(filepath.Join(dir, "f.png")); err == nil {
		t.Error("a figure without panels: got no error")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v is left behind", err, left)
	}
}
