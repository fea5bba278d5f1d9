package kernels

import (
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

func TestMultiplyAdd(t *testing.T) {
	eachVariant(t, func(t rapid.TB) {
		if one, ten := multiplyAdd(1), multiplyAdd(10); one <= 0 || ten != 10*one {
			t.Errorf("%v: multiplyAdd(1) = %d, multiplyAdd(10) = %d operations", active, one, ten)
		}
		if got := multiplyAdd(0); got != 0 {
			t.Errorf("%v: multiplyAdd(0) = %d operations, want 0", active, got)
		}
	})
}

func TestMeasurePeak(t *testing.T) {
	if peak := MeasurePeak(); !(peak > 1e6 && peak < 1e13*float64(runtime.GOMAXPROCS(0))) {
		t.Errorf("peak %g operations per second", peak)
	}
}
