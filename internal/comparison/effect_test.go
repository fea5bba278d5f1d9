package comparison_test

import (
	"math"
	"testing"

	"anneal/internal/comparison"
)

// grid is two models at four rates, from two seeds. Model 1 is 0.01 and 0.03 better where both train; model 0 trains up
// to 0.03, the other up to 0.3.
func grid() comparison.Comparison {
	nan := math.NaN()
	return comparison.Comparison{
		Larger: true,
		Factors: []comparison.Factor{
			comparison.NewFactor("model", []string{"plain", "bn"}),
			comparison.NewFactor("lr", []string{"0.01", "0.03", "0.1", "0.3", "1"}),
		},
		Settings: []comparison.Setting{
			setting("plain 0.01", []int{0, 0}, 0.9, 0.91), setting("bn 0.01", []int{1, 0}, 0.91, 0.94),
			setting("plain 0.03", []int{0, 1}, 0.92, 0.93), setting("bn 0.03", []int{1, 1}, 0.93, 0.96),
			setting("plain 0.1", []int{0, 2}, 0.92, 0.1), setting("bn 0.1", []int{1, 2}, 0.97, 0.98),
			setting("plain 0.3", []int{0, 3}, 0.1, nan), setting("bn 0.3", []int{1, 3}, 0.97, 0.98),
			setting("plain 1", []int{0, 4}, nan, nan), setting("bn 1", []int{1, 4}, 0.97, nan),
		},
	}
}

func TestEffect(t *testing.T) {
	c := grid()
	e := c.Effect(0, 1, 0, 0.95)
	// The differences of the seeds are 0.01 and 0.03, so their mean is 0.02 and its standard error 0.01.
	if e.Cases != 5 || e.Trained != 2 || e.N != 2 || !near(e.Mean, 0.02) || !near(e.Half, 12.706204736174694*0.01) {
		t.Errorf("got %+v, want 0.02 ± 0.127 over 2 of 5 pairs", e)
	}
	if back := c.Effect(0, 0, 1, 0.95); !near(back.Mean, -e.Mean) || !near(back.Half, e.Half) {
		t.Errorf("got %+v, want the opposite of %+v", back, e)
	}
	// A seed that one of the settings lacks counts in none.
	c.Settings[3].Runs = c.Settings[3].Runs[:1]
	if e := c.Effect(0, 1, 0, 0.95); e.N != 1 || !math.IsNaN(e.Half) {
		t.Errorf("got %+v, want one seed and no interval", e)
	}
}

func TestStands(t *testing.T) {
	c := grid()
	list := c.Stands(1, 0, 1, 0)
	if len(list) != 1 {
		t.Fatalf("got %+v, want one", list)
	}
	s := list[0]
	if s.A.At != 0.3 || s.A.Beyond != 1 || s.A.Runs != 2 || s.A.Diverged != 1 || s.A.Fine.Name != "bn 0.3" {
		t.Errorf("got %+v of bn", s.A)
	}
	if s.B.At != 0.03 || s.B.Beyond != 0.1 || s.B.Runs != 6 || s.B.Collapsed != 2 || s.B.Diverged != 3 || s.B.Seeds != 2 {
		t.Errorf("got %+v of plain", s.B)
	}
	times, low, high := s.Times()
	if !near(times, 10) || !near(low, 3) || !near(high, 1/0.03) || !s.Larger() {
		t.Errorf("got %g times, %g to %g", times, low, high)
	}
	if back := (comparison.Stand{A: s.B, B: s.A}); back.Larger() {
		t.Error("plain stands more than bn")
	}
	// Without the largest rate bn has no limit.
	c.Settings = c.Settings[:8]
	if _, low, high := c.Stands(1, 0, 1, 0)[0].Times(); !near(low, 3) || !math.IsInf(high, 1) {
		t.Errorf("got %g to %g, want 3 to infinity", low, high)
	}
	// A run that has not ended may still fail.
	c.Settings[7].Runs[0].Outcome = comparison.Open
	if list := c.Stands(1, 0, 1, 0); list != nil {
		t.Errorf("got %+v, want nothing while a run is open", list)
	}
}
