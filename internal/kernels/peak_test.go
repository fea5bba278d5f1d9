package kernels

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPeak(t *testing.T) {
	eachVariant(t, func(t rapid.TB) {
		if one, ten := Peak(1), Peak(10); one <= 0 || ten != 10*one {
			t.Errorf("%v: Peak(1) = %d, Peak(10) = %d operations", active, one, ten)
		}
		if got := Peak(0); got != 0 {
			t.Errorf("%v: Peak(0) = %d operations, want 0", active, got)
		}
	})
}
