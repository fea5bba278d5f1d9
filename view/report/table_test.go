package report

import "testing"

// Columns are as wide as they need to be, and lines of numbers end where they can be read.
func TestColumns(t *testing.T) {
	v := 1.0
	table := Table{Head: []string{"setting", "run", "to 97 %"}, Rows: [][]Cell{
		{Text("step"), Text("lenet-bn"), {"1251, 3.2 s (2 of 3)", &v}},
		{Text("fixed"), Text("lenet-bn, exponential, lr 0.1"), {"–", &v}},
	}}
	for i, want := range []string{"", "long", "number"} {
		if got := column(table, i); got != want {
			t.Errorf("column %d: got %q, want %q", i, got, want)
		}
	}
	if got, want := head(table.Head[2]), "to 97\u00a0%"; got != want {
		t.Errorf("got head %q, want %q", got, want)
	}
	for text, want := range map[string]string{
		"1251, 3.2 s (2 of 3)": "1251, 3.2\u00a0s (2\u00a0of\u00a03)",
		"99.2 ± 0.1 at 0.3":    "99.2\u00a0±\u00a00.1\u00a0at\u00a00.3",
	} {
		if got := cell(Cell{text, &v}); got != want {
			t.Errorf("got number %q, want %q", got, want)
		}
	}
	if got := cell(Text("lenet-bn, lr 0.1")); got != "lenet-bn, lr 0.1" {
		t.Errorf("got text %q, want it as it is", got)
	}
}

// A number that is not 0 never reads as if it were.
func TestSmallNumbers(t *testing.T) {
	for _, c := range []struct {
		got  Cell
		want string
	}{
		{Number("%.4f", 0.00001234), "1.2e-05"},
		{Number("%.4f", 0.1234), "0.1234"},
		{Number("%.4f", 0), "0.0000"},
		{Number("%.0f", 0), "0"},
		{Percent(0.9921), "99.21 %"},
		{Percent(0.00001), "0.001 %"},
	} {
		if c.got.Text != c.want {
			t.Errorf("got %s, want %s", c.got.Text, c.want)
		}
	}
}
