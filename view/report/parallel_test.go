package report

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The best line is drawn last, over the pale ones, and a line without a value passes below the axis, where there is a
// tick for it.
func TestParallel(t *testing.T) {
	p := &Parallel{
		Title: "T", Axes: []ParallelAxis{
			{Name: "lr", Ticks: []ParallelTick{{0, "1e-4"}, {1, "1"}}},
			{Name: "a name that is far too long", Ticks: []ParallelTick{{0.5, "SGD(lr=0.1, momentum=0.9)"}}},
		},
		Lines: []ParallelLine{
			{Name: "best", At: []float64{1, 0.5}, Best: true},
			{Name: "other", At: []float64{0, math.NaN()}},
			{Name: "pruned", At: []float64{0.5, 2}, Pale: true},
		},
	}
	v := p.view()
	var got []string
	for _, l := range v.Lines {
		got = append(got, l.Class+" "+l.Path+" "+l.Name)
	}
	want := "pale M24.0 164.0L194.0 34.0 pruned; line M24.0 294.0L194.0 324.0 other; best M24.0 34.0L194.0 164.0 best"
	if text := strings.Join(got, "; "); text != want {
		t.Errorf("got %s, want %s", text, want)
	}
	if n := len(v.Axes[0].Ticks); n != 2 {
		t.Errorf("lr: got %d ticks, want 2", n)
	}
	second := v.Axes[1]
	if len(second.Ticks) != 2 || second.Ticks[0].Text != "SGD(lr=0.1, mom…" || second.Ticks[1].Text != "–" ||
		second.Name.Text != "a name that is …" || second.Name.Full != p.Axes[1].Name {
		t.Errorf("got %+v", second)
	}
	if (*Parallel)(nil).view() != nil {
		t.Error("nothing has a view")
	}
}

// The page of a search has its parts, escaped, in their order.
func TestSearchPage(t *testing.T) {
	page := Page{
		Title: "Search", Best: "<b>",
		Ranking:  &Table{Title: "Settings, ranked", Head: []string{"rank"}, Rows: [][]Cell{{Number("%.0f", 1)}}},
		Parallel: &Parallel{Title: "Lines", Axes: []ParallelAxis{{Name: "x<y"}}, Lines: []ParallelLine{{At: []float64{0.5}}}},
		Bars:     &Bars{Title: "Importance", Bars: []Bar{{"lr", 0.5, 0.25, 1.5}}},
	}
	path := filepath.Join(t.TempDir(), "page.html")
	if err := page.Save(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rest := string(content)
	for _, want := range []string{
		`<h2 id="ranking">Settings, ranked</h2>`, `class="sortable paged"`, `<h2 id="parallel">Lines</h2>`, "x&lt;y",
		`<h2 id="bars">Importance</h2>`, `<rect width="50" `, `x1="25" x2="100"`, "50 % (25 to 150 %)",
	} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Fatalf("no %s in the rest of the page", want)
		}
		rest = after
	}
}
