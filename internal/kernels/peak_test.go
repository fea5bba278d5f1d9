package kernels

import (
	"runtime"
	"testing"
)

func TestMultiplyAdd(t *testing.T) {
	EachVariant(func() {
		if one, ten := multiplyAdd(1), multiplyAdd(10); one <= 0 || ten != 10*one {
			t.Errorf("%v: multiplyAdd(1) = %d, multiplyAdd(10) = %d operations", Variant(), one, ten)
		}
		if got := multiplyAdd(0); got != 0 {
			t.Errorf("%v: multiplyAdd(0) = %d operations, want 0", Variant(), got)
		}
	})
}

func TestMeasurePeak(t *testing.T) {
	if peak := MeasurePeak(); !(peak > 1e6 && peak < 1e13*float64(runtime.GOMAXPROCS(0))) {
		t.Errorf("peak %g operations per second", peak)
	}
}

// BenchmarkPeak is the rate that no kernel can exceed, on one processor.
func BenchmarkPeak(b *testing.B) {
	EachVariant(func() {
		b.Run(Variant(), func(b *testing.B) {
			operations := 0
			for b.Loop() {
				operations += multiplyAdd(20000)
			}
			b.ReportMetric(float64(operations)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	})
}
