package report_test

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/view/report"
)

func heat() report.HeatMap {
	return report.HeatMap{
		Title: "Last accuracy", X: "batch", Y: "rate", Columns: []string{"16", "64", "256"}, Rows: []string{"0.01", "0.1"},
		Values: [][]float64{{97.1, 98.2, 98.9}, {11.35, math.NaN()}}, Format: "%.1f",
	}
}

func TestHeatMap(t *testing.T) {
	dir := t.TempDir()
	svg, png := filepath.Join(dir, "heat.svg"), filepath.Join(dir, "heat.png")
	for _, path := range []string{svg, png} {
		if err := heat().Save(path); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(svg)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Last accuracy", ">97.1<", ">98.9<", ">11.3<", ">–<", ">0.01<", ">256<", ">batch<", ">rate<",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the picture does not have %s", want)
		}
	}
	f, err := os.Open(png)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	// The largest value has the darkest tile, the lowest the lightest; in the middle of a row of tiles.
	lightness := func(x, y float64) uint32 {
		r, g, b, _ := picture.At(int(x*float64(picture.Bounds().Dx())), int(y)).RGBA()
		return r + g + b
	}
	if high, low := lightness(0.97, 60+8), lightness(0.1, 60+52+8); high >= low {
		t.Errorf("got a lightness of %d where the value is highest and %d where it is lowest", high, low)
	}
}

func TestHeatMapErrors(t *testing.T) {
	dir := t.TempDir()
	for path, h := range map[string]report.HeatMap{"heat.gif": heat(), "heat.png": {Rows: []string{"a"}}} {
		if err := h.Save(filepath.Join(dir, path)); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

// TestAnyHeatMap checks that whatever the numbers are there is a page and a picture.
func TestAnyHeatMap(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, values := range [][][]float64{
		nil, {{nan}}, {{inf, -inf}}, {{1, 1}}, {{-math.MaxFloat64, math.MaxFloat64}}, {{1, 2, 3, 4}, {5}, {6}},
	} {
		h := report.HeatMap{Columns: []string{"a", "b"}, Rows: []string{"c", "d"}, Values: values}
		if err := h.Save(filepath.Join(t.TempDir(), "heat.svg")); err != nil {
			t.Errorf("%v: %v", values, err)
		}
		save(t, report.Page{HeatMaps: []report.HeatMap{h}})
	}
}
