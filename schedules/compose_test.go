package schedules

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// rates returns the rates of the spec at the counts from 0 to n−1.
func rates(t *testing.T, spec string, base float64, n int) []float64 {
	t.Helper()
	s, err := Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]float64, n)
	for count := range list {
		list[count] = s.At(base, count)
	}
	return list
}

// same compares rates to 1e-12, and with 1e-300 beside 0.
func same(t *testing.T, name string, got, want []float64) {
	t.Helper()
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= 1e-12*math.Abs(want[i])+1e-300) {
			t.Errorf("%s: count %d: got %.17g, want %.17g", name, i, got[i], want[i])
			return
		}
	}
}

// A part of a SequentialLR that has parts itself gives the rates that it gives alone, whatever its place.
func TestNestedSequences(t *testing.T) {
	for _, inner := range []string{
		"SequentialLR([ExponentialLR(0.9), StepLR(2)], [3])",
		"SequentialLR([SequentialLR([LinearLR(0.2), ExponentialLR(0.9)], [4]), StepLR(2)], [6])",
		"ChainedScheduler([ExponentialLR(0.9), ConstantLR(0.5, 3)])",
		"ChainedScheduler([SequentialLR([LinearLR(0.2), StepLR(3)], [4]), ExponentialLR(0.9)])",
		"ChainedScheduler([WarmupLR(none, 4, 0.0), ExponentialLR(0.9)])",
	} {
		alone := rates(t, inner, 0.1, 20)
		first := rates(t, fmt.Sprintf("SequentialLR([%s, ExponentialLR(0.8)], [12])", inner), 0.1, 20)
		same(t, "first "+inner, first[:12], alone[:12])
		same(t, "after "+inner, first[12:], rates(t, "ExponentialLR(0.8)", 0.1, 8))
		second := rates(t, fmt.Sprintf("SequentialLR([ExponentialLR(0.8), %s, none], [5, 15])", inner), 0.1, 20)
		same(t, "second "+inner, second[5:15], alone[:10])
		warm := rates(t, fmt.Sprintf("WarmupLR(SequentialLR([%s, none], [9]), 3, 0.0)", inner), 0.1, 20)
		same(t, "after a warm-up "+inner, warm[3:12], alone[:9])
	}
}

// Each SWALR has its own rate.
func TestSeveralSWALR(t *testing.T) {
	got := rates(t, "SequentialLR([SWALR(0.5, 2, 'linear'), SWALR(0.1, 2, 'linear')], [3])", 1, 6)
	same(t, "two SWALR", got, []float64{1, 0.75, 0.5, 0.5, 0.3, 0.1})
}

// A chain with a part that PyTorch lacks multiplies the rates of its parts, also where a part is 0.
func TestChainsMultiply(t *testing.T) {
	for _, tt := range []struct {
		spec string
		want []float64 // from count 0, base 0.1
	}{
		{
			"ChainedScheduler([WarmupLR(Constant(), 4, 0), LinearLR(0.1, 1, 6)])",
			[]float64{0, 0.00625, 0.02, 0.04125, 0.07, 0.085, 0.1, 0.1},
		},
		{
			"ChainedScheduler([WarmupLR(Constant(), 4, 0), ConstantLR(0.5, 6)])",
			[]float64{0, 0.0125, 0.025, 0.0375, 0.05, 0.05, 0.1, 0.1},
		},
		{
			"ChainedScheduler([ExponentialLR(0.5), WarmupLR(Constant(), 4, 0)])",
			[]float64{0, 0.0125, 0.0125, 0.009375, 0.00625, 0.003125},
		},
		{
			"ChainedScheduler([WarmupLR(none, 2, 0), CosineAnnealingWarmRestarts(2)])",
			[]float64{0, 0.025, 0.1, 0.05, 0.1},
		},
		{
			"ChainedScheduler([CosineAnnealingWarmRestarts(4), StepLR(1, 0.5), WarmupLR(none, 0)])",
			[]float64{0.1, 0.05 * (1 + math.Sqrt(0.5)) / 2, 0.0125, 0.0125 * (1 - math.Sqrt(0.5)) / 2, 0.1 / 16},
		},
		{
			"ChainedScheduler([ChainedScheduler([StepLR(2, 0.5), WarmupLR(none, 2, 0)]), ExponentialLR(0.5)])",
			[]float64{0, 0.025, 0.0125, 0.00625},
		},
		{
			"SequentialLR([none, ChainedScheduler([WarmupLR(none, 2, 0), StepLR(1, 0.5)])], [1])",
			[]float64{0.1, 0, 0.025, 0.025},
		},
	} {
		same(t, tt.spec, rates(t, tt.spec, 0.1, len(tt.want)), tt.want)
	}
}

// TestChainsAreProducts draws chains with at least one part that PyTorch lacks, also within parts, and asks for counts
// in any order, from schedules and from drivers.
func TestChainsAreProducts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := []string{fmt.Sprintf("WarmupLR(%s, %d, 0.0)", drawSpec(t, 2), rapid.IntRange(0, 9).Draw(t, "warm-up"))}
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			parts = append(parts, drawSpec(t, rapid.IntRange(0, 2).Draw(t, "depth")))
		}
		var chain ChainedScheduler
		for _, part := range rapid.Permutation(parts).Draw(t, "order") {
			s, err := Parse(part)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, ok := PlateauOf(s); !ok {
				chain.Schedulers = append(chain.Schedulers, s)
			}
		}
		if len(chain.Schedulers) == 0 || !foreign(chain) {
			return
		}
		d, err := NewDriver(chain, []float64{0.3})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			count := rapid.IntRange(0, 100).Draw(t, "count")
			want := 0.3
			for _, s := range chain.Schedulers {
				want *= s.At(0.3, count) / 0.3
			}
			for _, got := range []float64{chain.At(0.3, count), d.Rates(count)[0]} {
				if !(math.Abs(got-want) <= 1e-12*math.Abs(want)+1e-300) {
					t.Fatalf("%s: count %d: got %v, want %v", chain, count, got, want)
				}
			}
		}
	})
}

// The numbers are those of PyTorch's tests test_compound_reduce_lr_on_plateau1 to 3, whose loops step both schedules.
func TestPlateauInAChain(t *testing.T) {
	power := func(x float64, n int) float64 { return math.Pow(x, float64(n)) }
	for _, tt := range []struct {
		spec   string
		metric func(i int) float64
		want   func(count int) float64 // from count 1 on
		counts int
	}{
		{
			"ChainedScheduler([ReduceLROnPlateau(threshold_mode='abs', threshold=0.01, patience=5, cooldown=5), StepLR(3)])",
			func(i int) float64 { return 10 - float64(i)*0.0167 },
			func(count int) float64 { return 0.5 * power(0.1, count/3) },
			10,
		},
		{
			"ChainedScheduler([ReduceLROnPlateau(threshold_mode='abs', threshold=0.1, patience=5), MultiStepLR([3, 8, 12])])",
			func(i int) float64 { return 10 - float64(i)*0.0165 },
			func(count int) float64 {
				plateau, steps := 0, 0
				for _, m := range []int{7, 14, 21} {
					if count >= m {
						plateau++
					}
				}
				for _, m := range []int{3, 8, 12} {
					if count >= m {
						steps++
					}
				}
				return 0.5 * power(0.1, plateau+steps)
			},
			22,
		},
	} {
		s, err := Parse(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		d, err := NewDriver(s, []float64{0.5})
		if err != nil {
			t.Fatal(err)
		}
		for i := range tt.counts {
			d.Observe(i, tt.metric(i))
			got, want := d.Rates(i + 1)[0], tt.want(i+1)
			if want > 1e-7 && !near(got, want) { // eps keeps the plateau from lowering a lower rate
				t.Errorf("%s: count %d: got %g, want %g", tt.spec, i+1, got, want)
			}
		}
	}
}

// A plateau in a chain goes on from its state, in whatever chain, and a driver answers for counts in any order.
func TestChainedPlateauResumes(t *testing.T) {
	for _, spec := range []string{
		"ChainedScheduler([StepLR(4, 0.5), ReduceLROnPlateau(factor=0.3, patience=1, min_lr=0.001)])",
		"ChainedScheduler([WarmupLR(ReduceLROnPlateau(factor=0.3, patience=1, min_lr=[0.001, 0.02], eps=0), 3), " +
			"CosineAnnealingLR(9)])",
		"WarmupLR(ChainedScheduler([ExponentialLR(0.9), ReduceLROnPlateau(factor=0.3, patience=1)]), 4, 0.0)",
		"ScaledLR(ChainedScheduler([ExponentialLR(0.9), ReduceLROnPlateau(factor=0.3, patience=1)]), 0.5)",
		"FloorLR(ChainedScheduler([ChainedScheduler([ReduceLROnPlateau(patience=0)]), InverseTimeLR(0.1)]), 0.001)",
	} {
		s, err := Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		bases := []float64{0.1, 0.3}
		d, err := NewDriver(s, bases)
		if err != nil {
			t.Fatal(err)
		}
		lowered := 0
		var trace [][]float64
		for count := range 30 {
			again, err := NewDriver(s, bases)
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(d.State())
			if err != nil {
				t.Fatal(err)
			}
			var st *PlateauState
			if err := json.Unmarshal(data, &st); err != nil {
				t.Fatal(err)
			}
			if err := again.Restore(st); err != nil {
				t.Fatal(err)
			}
			for i, rate := range d.Rates(count) {
				if got := again.Rates(count)[i]; got != rate || !(rate >= 0 && rate <= bases[i]) {
					t.Fatalf("%s: count %d: group %d: resumed %v, want %v", spec, count, i, got, rate)
				}
			}
			trace = append(trace, d.Rates(count))
			if d.Observe(count, 1) {
				lowered++
			}
		}
		if lowered < 3 {
			t.Errorf("%s: lowered the rate %d times", spec, lowered)
		}
		for _, count := range []int{29, 3, 17, 0} {
			same(t, spec, d.Rates(count), trace[count])
		}
	}
	s, err := Parse("ChainedScheduler([ReduceLROnPlateau(), StepLR(3), ReduceLROnPlateau()])")
	if err == nil {
		t.Errorf("%s has two plateaus and no error", s)
	}
}
