package schedules

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// vector is what PyTorch did with one schedule.
type vector struct {
	Spec    string
	Bases   []float64
	LRs     [][]float64
	Momenta []float64
	Metrics []string
	Error   string
}

func readJSON(t *testing.T, name string, dest any) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, dest); err != nil {
		t.Fatal(err)
	}
}

// near reports whether got is within 1e-12 of want.
func near(got, want float64) bool { return math.Abs(got-want) <= 1e-12*math.Abs(want) }

// follow checks a Driver, and At, count by count.
func follow(t *testing.T, v vector) {
	t.Helper()
	s, err := Parse(v.Spec)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	d, err := NewDriver(s, v.Bases)
	if err != nil {
		t.Errorf("%s: %v", v.Spec, err)
		return
	}
	for count, want := range v.LRs {
		got := d.Rates(count)
		for i := range want {
			if strings.HasPrefix(v.Spec, "OneCycleLR") {
				want[i] = max(0, want[i]) // below 0 is where PyTorch steps once past the end
			}
			if !near(got[i], want[i]) {
				t.Errorf("%s: count %d, base %g: rate %.17g, want %.17g", v.Spec, count, v.Bases[i], got[i], want[i])
				return
			}
			if at := s.At(v.Bases[i], count); v.Metrics == nil && at != got[i] {
				t.Errorf("%s: count %d, base %g: At %.17g, Driver %.17g", v.Spec, count, v.Bases[i], at, got[i])
				return
			}
		}
		m, ok := d.Momentum(count)
		if ok != (v.Momenta != nil) || ok && !near(m, v.Momenta[count]) {
			t.Errorf("%s: count %d: momentum %.17g, %v, want %v", v.Spec, count, m, ok, v.Momenta)
			return
		}
		if v.Metrics != nil {
			metric, err := strconv.ParseFloat(v.Metrics[count], 64)
			if err != nil {
				t.Fatal(err)
			}
			d.Observe(count, metric)
		}
	}
}

// references returns the cases of schedules.json.
func references(t *testing.T) []vector {
	t.Helper()
	var cases []struct {
		Name      string
		Args      map[string]any
		BaseLRs   []float64 `json:"base_lrs"`
		LRs       [][]float64
		Momentums [][]float64
		Metrics   []float64
	}
	readJSON(t, "schedules.json", &cases)
	if len(cases) < 60 {
		t.Fatalf("%d cases", len(cases))
	}
	var list []vector
	for _, c := range cases {
		v := vector{Spec: python([]any{c.Name, c.Args}), Bases: c.BaseLRs, LRs: c.LRs}
		for _, m := range c.Momentums {
			v.Momenta = append(v.Momenta, m[0])
		}
		for _, m := range c.Metrics {
			v.Metrics = append(v.Metrics, fmt.Sprint(m))
		}
		list = append(list, v)
	}
	return list
}

func TestReferenceVectors(t *testing.T) {
	for _, v := range references(t) {
		follow(t, v)
	}
}

// TestLastDigits holds the rates to PyTorch's last digits: schedules that multiply have its bits, which
// base·math.Pow(gamma, n) has not, and CosineAnnealingLR is within 1e-15, since it rounds at its troughs as PyTorch
// does. Its closed form is up to 7e-14 off.
func TestLastDigits(t *testing.T) {
	var cases []vector
	readJSON(t, "edges.json", &cases)
	compared := map[string]int{}
	for _, v := range append(cases, references(t)...) {
		s, err := Parse(v.Spec)
		if err != nil {
			continue
		}
		var tolerance float64
		switch s.(type) {
		case StepLR, ExponentialLR, MultiplicativeLR:
		case MultiStepLR:
			tolerance = 2.3e-16 // one unit: at a milestone that is listed twice PyTorch multiplies by gamma²
		case CosineAnnealingLR:
			tolerance = 1e-15
		default:
			continue
		}
		for count, rates := range v.LRs {
			for i, want := range rates {
				compared[fmt.Sprintf("%T", s)]++
				if got := s.At(v.Bases[i], count); !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
					t.Errorf("%s: count %d, base %g: rate %.17g, want %.17g", v.Spec, count, v.Bases[i], got, want)
				}
			}
		}
	}
	if len(compared) != 5 {
		t.Errorf("compared %v, want rates of five schedules", compared)
	}
}

// python spells a JSON value; a pair of a name and an object is a call.
func python(x any) string {
	switch x := x.(type) {
	case []any:
		if len(x) == 2 {
			if args, ok := x[1].(map[string]any); ok {
				var parts []string
				for key, value := range args {
					parts = append(parts, key+"="+python(value))
				}
				return x[0].(string) + "(" + strings.Join(parts, ", ") + ")"
			}
		}
		var parts []string
		for _, item := range x {
			parts = append(parts, python(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return "'" + x + "'"
	case bool:
		return map[bool]string{true: "True", false: "False"}[x]
	default:
		return fmt.Sprint(x)
	}
}

// TestEdgeVectors compares with PyTorch 2.14.1: edge cases, and random schedules of every kind.
func TestEdgeVectors(t *testing.T) {
	var cases []vector
	readJSON(t, "edges.json", &cases)
	nested := compare(t, cases)
	if n := len(cases); n < 400 || nested > n/8 {
		t.Errorf("%d cases, of which %d are left out", n, nested)
	}
}

// compare compares rates with those of PyTorch, and returns the number of cases that it leaves out: those with a
// SequentialLR of which a part has parts itself, and those with several SWALR. TestNestedSequences and TestSeveralSWALR
// say what they give.
func compare(t *testing.T, cases []vector) (nested int) {
	t.Helper()
	// refused holds what PyTorch accepts at first and fails on later: an error before training is better.
	refused := []string{"ConstantLR(0.0, 3)", "LinearLR(0.0, 1.0, 5)"}
	for _, v := range cases {
		s, err := Parse(v.Spec)
		if err == nil && (nestedSequence(s) || strings.Count(v.Spec, "SWALR(") > 1) {
			nested++
			continue
		}
		if v.Error != "" && (len(v.LRs) == 0 || slices.Contains(refused, v.Spec)) {
			if err == nil {
				_, err = NewDriver(s, v.Bases)
			}
			if err == nil || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: error %v where PyTorch has %s", v.Spec, err, v.Error)
			}
			continue
		}
		if v.Error != "" && !strings.Contains(v.Spec, "OneCycleLR") {
			t.Errorf("%s: PyTorch has %s at count %d", v.Spec, v.Error, len(v.LRs))
		}
		follow(t, v)
	}
	return nested
}

// nestedSequence reports whether s has a SequentialLR of which a part has parts itself.
func nestedSequence(s Schedule) bool {
	switch s := s.(type) {
	case SequentialLR:
		return slices.ContainsFunc(s.Schedulers, composite)
	case ChainedScheduler:
		return slices.ContainsFunc(s.Schedulers, nestedSequence)
	}
	return false
}
