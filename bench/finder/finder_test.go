package main

import (
	"errors"
	"testing"
)

// TestLedger wants a result that is in the folder taken from there, and none kept of a run that failed.
func TestLedger(t *testing.T) {
	dir := t.TempDir()
	failed := errors.New("stopped")
	for i, c := range []struct {
		run  func() (float64, error)
		want float64
		err  error
	}{
		{func() (float64, error) { return 0, failed }, 0, failed},
		{func() (float64, error) { return 0.25, nil }, 0.25, nil},
		{func() (float64, error) { t.Error("the run is repeated"); return 0, nil }, 0.25, nil},
	} {
		l, err := openLedger(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := l.get("mnist\tmlp\t1\tconstant\t0.1", c.run); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%d: got %v, %v, want %v, %v", i, got, err, c.want, c.err)
		}
		if err := l.close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSummarize compares with the grid's rate that has the best mean, and counts seeds by their own best.
func TestSummarize(t *testing.T) {
	at := func(constant, cycle, low, high float64) *testCase {
		return &testCase{row: row{
			rate: 0.02, constant: constant, cycle: cycle, best: max(low, high),
			accuracies: map[float64]float64{0.01: low, 0.0147: high},
		}}
	}
	s := summarize([]*testCase{at(0.90, 0.91, 0.90, 0.904), at(0.90, 0.15, 0.906, 0.90)})
	if s.bestRate != 0.01 || !(s.points(s.constant) > 0.29 && s.points(s.constant) < 0.31) {
		t.Errorf("got %+v, want the best mean at 0.01, 0.3 points above the others", s)
	}
	if s.far != 2 || s.gridFar != 1 || s.collapses != 1 {
		t.Errorf("got %+v, want 2 seeds too far, 1 of the grid, 1 collapsed", s)
	}
}
