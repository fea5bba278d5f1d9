package plural

import "testing"

func TestOf(t *testing.T) {
	for _, c := range []struct {
		n         int
		one, want string
	}{
		{0, "epoch", "0 epochs"},
		{1, "epoch", "1 epoch"},
		{2, "epoch", "2 epochs"},
		{1, "class", "1 class"},
		{3, "class", "3 classes"},
		{-1, "step", "-1 steps"},
	} {
		if got := Of(c.n, c.one); got != c.want {
			t.Errorf("Of(%d, %q): got %s, want %s", c.n, c.one, got, c.want)
		}
	}
}
