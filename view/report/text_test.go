package report

import (
	"math"
	"strings"
	"testing"

	"anneal/internal/terminal"
)

// A falling line goes from the upper left to the lower right corner, with its labels, in each kind of characters.
func TestText(t *testing.T) {
	f := Figure{Title: "rates", Panels: []Panel{{
		X: Axis{Label: "epoch"}, Y: Axis{Label: "learning rate"},
		Lines: []Line{{Name: "step", X: []float64{0, 1, 2, 3}, Y: []float64{1, 1, 0.5, 0}, Marks: []Mark{{"half", 2, 0.5}}}},
	}}}
	for _, s := range []terminal.Screen{{Width: 30, Unicode: true}, {Width: 30}} {
		got := f.Text(s)
		text := strings.Join(got, "\n")
		for _, want := range []string{"rates\n", "step\n", "a half\n", "learning rate\n", "\n0.8 ", "\n0.2 ", "epoch"} {
			if !strings.Contains(text, want) {
				t.Errorf("want %q in\n%s", want, text)
			}
		}
		for _, line := range got {
			if terminal.Width(line) > s.Width {
				t.Errorf("got %q, wider than %d columns", line, s.Width)
			}
		}
		plane := got[4 : 4+textRows]
		if ascii := !strings.ContainsFunc(text, func(r rune) bool { return r > 127 }); ascii == s.Unicode {
			t.Errorf("Unicode %t: got\n%s", s.Unicode, text)
		}
		if first, last := terminal.Width(plane[0]), terminal.Width(plane[textRows-1]); first < 8 || first > 20 || last < 25 {
			t.Errorf("want a line that ends at the right, and is at the top only at the left:\n%s", text)
		}
	}
}

// Lines of several names have colours or digits; pale ones, and points that an axis cannot show, are left out.
func TestTextOfSeveral(t *testing.T) {
	f := Figure{Panels: []Panel{{
		X: Axis{Log: true}, Y: Axis{Log: true},
		Lines: []Line{
			{Name: "a", X: []float64{1, 10, 100}, Y: []float64{1, math.Inf(1), 1}},
			{Name: "b", X: []float64{1, 100}, Y: []float64{0.1, 0.1}, Steps: true},
			{Name: "b", X: []float64{1, 100}, Y: []float64{0.01, 0.01}, Faint: true},
		},
	}}}
	plain := strings.Join(f.Text(terminal.Screen{Width: 40, Unicode: true}), "\n")
	if strings.Count(plain, "1 a\n") != 1 || strings.Count(plain, "2 b\n") != 1 || !strings.Contains(plain, "2222222") ||
		strings.Contains(plain, "11111") {
		t.Errorf("got\n%s\nwant two points of 1, a line of 2, and a legend", plain)
	}
	colours := strings.Join(f.Text(terminal.Screen{Width: 40, Unicode: true, Colours: true}), "\n")
	if !strings.Contains(colours, "\x1b[34m━\x1b[0m a") || !strings.Contains(colours, "\x1b[33m━\x1b[0m b") {
		t.Errorf("got\n%q\nwant the legend in colours", colours)
	}
	if strings.Contains(plain, "0.01") {
		t.Errorf("got\n%s\nwant no room for the pale line", plain)
	}
}

// Whatever is in a figure, no line is wider than the screen.
func TestTextOfNothing(t *testing.T) {
	for _, p := range []Panel{
		{},
		{Lines: []Line{{Name: strings.Repeat("name ", 20), X: []float64{math.NaN()}, Y: []float64{1}}}},
		{Lines: []Line{{X: []float64{1}, Y: []float64{1e300}}}},
		{
			Y:     Axis{Label: strings.Repeat("label ", 20), Share: true, Log: true},
			Lines: []Line{{X: []float64{1}, Y: []float64{1}}},
		},
	} {
		for _, width := range []int{0, 10, 40} {
			for _, line := range (Figure{Panels: []Panel{p}}).Text(terminal.Screen{Width: width}) {
				if n := terminal.Width(line); width >= 40 && n > width {
					t.Errorf("%+v at %d: got %d columns in %q", p, width, n, line)
				}
			}
		}
	}
}
