package study

import (
	"slices"
	"testing"
)

// A label has what differs between cells.
func TestLabel(t *testing.T) {
	a, b := result("lenet", 0.1, 64, 1, false, 0.9).Cell, result("lenet", 0.5, 64, 2, false, 0.9).Cell
	other := result("lenet-bn", 0.1, 32, 1, false, 0.9).Cell
	for _, c := range []struct {
		others []Cell
		want   string
	}{
		{[]Cell{a}, "lenet"},
		{[]Cell{a, b}, "lr 0.1"},
		{[]Cell{a, b, other}, "lenet, lr 0.1, batch 64"},
		{[]Cell{a, other}, "lenet, batch 64"},
	} {
		if got := Label(a, c.others); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// The best setting is first, and those of which a seed diverged are last.
func TestRanked(t *testing.T) {
	r := sample()
	var got []string
	for _, s := range r.Ranked() {
		got = append(got, s.Model+" "+shortest(s.LR))
	}
	want := []string{"lenet-bn 0.1", "lenet-bn 0.5", "lenet 0.1", "lenet 0.5"}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	if best, ok := r.Best(); !ok || best.Model != "lenet-bn" || best.LR != 0.1 || r.JudgedBy() != "test accuracy" {
		t.Errorf("got %+v, %t, by %s", best.Cell, ok, r.JudgedBy())
	}
}

// What settings have in common is the solver that all begin with.
func TestApart(t *testing.T) {
	for _, c := range []struct{ settings, want []string }{
		{[]string{"SGD(a), StepLR(5)", "SGD(a), OneCycleLR(max_lr=1, x=2)", "SGD(a)"}, []string{
			"StepLR(5)", "OneCycleLR(max_lr=1, x=2)", "SGD(a)",
		}},
		{[]string{"SGD(a), StepLR(5)", "SGD(b), StepLR(5)"}, []string{"SGD(a), StepLR(5)", "SGD(b), StepLR(5)"}},
		{[]string{"SGD, C([A(1), B(2)])", "SGD, C([A(1), B(3)])"}, []string{"SGD, C([A(1), B(2)])", "SGD, C([A(1), B(3)])"}},
		{[]string{"SGD(a), C([A(1), B(2)])", "SGD(a), C([A(1), B(3)])"}, []string{"C([A(1), B(2)])", "C([A(1), B(3)])"}},
		{[]string{"fixed", "step"}, []string{"fixed", "step"}},
		{[]string{"fixed"}, []string{"fixed"}},
		{nil, nil},
	} {
		if got := Apart(c.settings); !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
