package report

import (
	"math"
	"reflect"
	"testing"
)

func TestMean(t *testing.T) {
	nan := math.NaN()
	got := mean([]curve{
		{X: numbers{1, 2, 3}, Y: numbers{1, 2, nan}},
		{X: numbers{1, 2}, Y: numbers{3, 7}},
		{X: numbers{1, 2.5}, Y: numbers{8, 5}},
	})
	want := Line{
		X: []float64{1, 2, 2.5, 3}, Y: []float64{4, 4.5, 5, nan},
		Low: []float64{1, 2, 5, nan}, High: []float64{8, 7, 5, nan},
	}
	for _, p := range []*Line{&got, &want} {
		for _, list := range [][]float64{p.Y, p.Low, p.High} {
			for i, v := range list {
				if math.IsNaN(v) {
					list[i] = -1 // which equals itself
				}
				list[i] = math.Round(list[i]*1e12) / 1e12
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if one := mean([]curve{{X: numbers{1}, Y: numbers{2}}}); one.Low != nil || one.High != nil {
		t.Errorf("one run has a band: %+v", one)
	}
}

// TestBands checks the areas that bands fill: interrupted where a bound cannot be shown, in steps where the line is.
func TestBands(t *testing.T) {
	p := Panel{Y: Axis{Log: true}}
	l := Line{
		X: []float64{1, 2, 3, 4, 5}, Y: []float64{2, 2, 2, 2, 2},
		Low: []float64{1, 1, 0, 1, 1}, High: []float64{3, 4, 3, 3, 5},
	}
	areas := p.bands(l)
	if len(areas) != 2 || len(areas[0]) != 4 || areas[0][2].Y != 4 || areas[1][3].Y != 3 || areas[1][3].X != 4 {
		t.Errorf("got %v, want one area from 1 to 2 and one from 4 to 5", areas)
	}
	l.Before = true
	if areas := p.bands(l); len(areas) != 2 || len(areas[0]) != 6 || areas[0][1].X != 1 || areas[0][1].Y != 1 {
		t.Errorf("in steps: got %v", areas)
	}
	if areas := p.bands(Line{X: l.X, Y: l.Y}); areas != nil {
		t.Errorf("without a band: got %v", areas)
	}
}
