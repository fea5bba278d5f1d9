package schedules

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// extreme draws the spec of a valid schedule whose settings are as large or small as they may be.
func extreme(t *rapid.T, depth int) string {
	n := func(low int) int {
		return rapid.OneOf(
			rapid.IntRange(low, 1<<53), rapid.IntRange(low, 60),
			rapid.SampledFrom([]int{low, low + 1, 1 << 20, 1<<53 - 1, 1 << 53}),
		).Draw(t, "n")
	}
	x := func(low, high float64) float64 {
		return rapid.OneOf(rapid.Float64Range(low, high), rapid.SampledFrom([]float64{
			low, high, max(low, 5e-324), max(low, min(high, 1e-300)), max(low, min(high, 1-1e-16)), max(low, min(high, 1+1e-15)),
		})).Draw(t, "x")
	}
	const most = math.MaxFloat64
	const least = 5e-324
	kinds := 18
	if depth < 2 {
		kinds = 23
	}
	list := func(n int) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = extreme(t, depth+1)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	word := func(words ...string) string { return rapid.SampledFrom(words).Draw(t, "word") }
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return fmt.Sprintf("StepLR(%d, %v)", n(1), x(0, most))
	case 1:
		return fmt.Sprintf("MultiStepLR([%d, %d, %d], %v)", n(0), n(0), n(0), x(0, most))
	case 2:
		return fmt.Sprintf("ConstantLR(%v, %d)", x(least, 1), n(0))
	case 3:
		return fmt.Sprintf("LinearLR(%v, %v, %d)", x(least, 1), x(0, 1), n(0))
	case 4:
		return fmt.Sprintf("ExponentialLR(%v)", x(0, most))
	case 5:
		return fmt.Sprintf("MultiplicativeLR(%v)", x(0, most))
	case 6:
		return fmt.Sprintf("PolynomialLR(%d, %v, end_lr=%v)", n(0), x(0, most), x(0, most))
	case 7:
		return fmt.Sprintf("CosineAnnealingLR(%d, %v)", n(1), x(0, most))
	case 8:
		return fmt.Sprintf("CosineAnnealingWarmRestarts(%d, %d, %v)", n(1), n(1), x(0, most))
	case 9:
		return fmt.Sprintf("CosineCycleDecayLR(%d, %d, %v, %v)", n(1), n(1), x(0, 1), x(0, most))
	case 10:
		return fmt.Sprintf("CyclicLR(%v, %v, %d, %d, '%s', %v)", x(0, 1), x(1, most), n(1), n(0),
			word("triangular", "triangular2", "exp_range"), x(0, most))
	case 11:
		return fmt.Sprintf("OneCycleLR(%v, %d, pct_start=%v, anneal_strategy='%s', three_phase=%s, div_factor=%v, "+
			"final_div_factor=%v)", x(least, most), n(3), x(0, 0.3), word("cos", "linear"), word("True", "False"),
			x(least, most), x(least, most))
	case 12:
		return fmt.Sprintf("InverseTimeLR(%v, %d)", x(0, most), n(1))
	case 13:
		return fmt.Sprintf("InverseSqrtLR(%d)", n(1))
	case 14:
		return fmt.Sprintf("WSDLR(%d, %d, %d, %v)", n(0), n(0), n(1), x(0, 1))
	case 15:
		return fmt.Sprintf("SWALR(%v, %d, '%s')", x(0, most), n(0), word("cos", "linear"))
	case 16:
		return "MultiplicativeLR(lr_lambda=slower)"
	case 17:
		return "LambdaLR(lr_lambda=halves)"
	case 18:
		return fmt.Sprintf("WarmupLR(%s, %d, %v)", extreme(t, depth+1), n(0), x(0, 1))
	case 19:
		return fmt.Sprintf("FloorLR(ScaledLR(%s, %v), %v)", extreme(t, depth+1), x(least, most), x(0, most))
	case 20:
		return fmt.Sprintf("SequentialLR(%s, [%d])", list(2), n(0))
	default:
		return fmt.Sprintf("ChainedScheduler(%s)", list(rapid.IntRange(1, 3).Draw(t, "parts")))
	}
}

// TestFinite: whatever the valid settings, base rate and count, a rate is a finite number. One that was found by going
// through all counts before it, one by one, would take years.
func TestFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := extreme(t, 0)
		s, err := Parse(text)
		if err != nil {
			if strings.Contains(err.Error(), "pct_start") { // a first phase without length
				return
			}
			t.Fatal(err)
		}
		bases := rapid.SampledFrom([]float64{0, 5e-324, 0.1, math.MaxFloat64})
		base := rapid.OneOf(bases, rapid.Float64Range(0, 1)).Draw(t, "base")
		counts := []int{0, 3, rapid.IntRange(0, 1<<53).Draw(t, "count"), 1 << 53}
		for _, count := range counts {
			rate := s.At(base, count)
			momentum := 0.0
			if m, ok := s.(MomentumSchedule); ok {
				momentum, _ = m.MomentumAt(count)
			}
			if rate-rate != 0 || momentum-momentum != 0 {
				t.Fatalf("%s: count %d, base %g: rate %g, momentum %g", s, count, base, rate, momentum)
			}
		}
	})
}

// Rates that were no number, which TestFinite found.
func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		spec  string
		base  float64
		count int
		want  float64
	}{
		{"CosineAnnealingLR(T_max=2, eta_min=1.7976931348623157e+308)", 1, 6, math.MaxFloat64},
		{
			"SequentialLR(schedulers=[InverseSqrtLR(), OneCycleLR(max_lr=1e193, total_steps=4)], milestones=[17])",
			5e-324, 3, 0,
		},
	} {
		s, err := Parse(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.At(c.base, c.count); got != c.want {
			t.Errorf("%s: base %g, count %d: got %g, want %g", c.spec, c.base, c.count, got, c.want)
		}
	}
}

// TestLargestRates: rates beyond the largest number are that number, also in between.
func TestLargestRates(t *testing.T) {
	for text, want := range map[string]float64{
		"CosineAnnealingLR(T_max=2, eta_min=1)": 1,
		"CosineAnnealingLR(T_max=2)":            0,
	} {
		s, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.At(math.MaxFloat64, 10); got != want {
			t.Errorf("%s: got %g, want %g", text, got, want)
		}
	}
}
