package graph

import (
	"runtime"
	"slices"
	"testing"
)

func TestMeasureMachine(t *testing.T) {
	m := MeasureMachine()
	if !slices.Contains([]string{"generic", "avx2", "avx512"}, m.Kernels) || m.Processors != runtime.GOMAXPROCS(0) {
		t.Errorf("machine %+v", m)
	}
	if !(m.Peak > 1e6 && m.Peak < 1e13*float64(m.Processors)) {
		t.Errorf("peak %g operations a second", m.Peak)
	}
}
