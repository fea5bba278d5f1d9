package solvers

import (
	"math"
	"strings"
	"testing"
)

func TestWithRate(t *testing.T) {
	for _, e := range registry.Entries {
		if e.New == nil {
			continue // LBFGS and SparseAdam have no spec
		}
		was, err := Parse(e.Name + "(lr=0.25, weight_decay=0.5)")
		if err != nil {
			t.Fatal(err)
		}
		is, err := WithRate(was, 0.125)
		want := strings.Replace(was.String(), "lr=0.25", "lr=0.125", 1)
		if err != nil || is.String() != want || Rate(is) != 0.125 || Rate(was) != 0.25 {
			t.Errorf("got %v at rate %v, %v, want %v; %v is still at %v", is, Rate(is), err, want, was, Rate(was))
		}
		if _, err := WithRate(was, math.NaN()); err == nil {
			t.Errorf("%s: rate NaN: got no error", e.Name)
		}
	}
}
