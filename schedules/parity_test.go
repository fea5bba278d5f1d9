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

// near tells whether got is want within 1e-12 of it.
func near(got, want float64) bool {
	return math.Abs(got-want) <= 1e-12*math.Abs(want)
}

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

func TestReferenceVectors(t *testing.T) {
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
	for _, c := range cases {
		v := vector{Spec: python([]any{c.Name, c.Args}), Bases: c.BaseLRs, LRs: c.LRs}
		for _, m := range c.Momentums {
			v.Momenta = append(v.Momenta, m[0])
		}
		for _, m := range c.Metrics {
			v.Metrics = append(v.Metrics, fmt.Sprint(m))
		}
		follow(t, v)
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

func TestEdgeVectors(t *testing.T) {
	var cases []vector
	readJSON(t, "edges.json", &cases)
	// refused holds what PyTorch accepts at first and fails on later: an error before training is better.
	refused := []string{"ConstantLR(0.0, 3)", "LinearLR(0.0, 1.0, 5)"}
	for _, v := range cases {
		if v.Error != "" && (len(v.LRs) == 0 || slices.Contains(refused, v.Spec)) {
			s, err := Parse(v.Spec)
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
}
