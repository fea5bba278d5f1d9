package schedules

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// The functions of testdata/gen.py.
func init() {
	Register("halves", func(count int) float64 { return math.Pow(0.5, float64(count/5)) })
	Register("slower", func(count int) float64 { return 1 - 0.5/float64(2+count) })
}

// A function's name goes through a record, and a name that no function has is an error that says how to give it one.
func TestFunctions(t *testing.T) {
	for spec, want := range map[string]float64{
		"LambdaLR(halves)": 0.1 * 0.25, "LambdaLR(optimizer, lr_lambda=halves)": 0.1 * 0.25,
		"MultiplicativeLR(lr_lambda=halves)":              0.1 * math.Pow(0.5, 5) * 0.25,
		"ChainedScheduler([StepLR(5), LambdaLR(halves)])": 0.1 * 0.25,
	} {
		s, err := Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(s.String())
		if err != nil {
			t.Fatal(err)
		}
		if a, b := s.At(0.1, 10), again.At(0.1, 10); a != b || !near(a, want) {
			t.Errorf("%s: rate %g, after a record %g, want %g", s, a, b, want)
		}
	}
	for spec, want := range map[string]string{
		"LambdaLR(quarters)": `column 10: there is no function "quarters"; there are halves, slower; ` +
			`schedules.Register("quarters", f) gives a Go function that name`,
		"LambdaLR()":                              "LambdaLR needs lr_lambda",
		"LambdaLR(lambda epoch: 0.5)":             "want the name of a Go function: lambdas are Python",
		"MultiplicativeLR()":                      "factor is 0: want a finite number above 0",
		"MultiplicativeLR(0.9, lr_lambda=halves)": "factor and lr_lambda are given: want one of them",
		"MultiplicativeLR(lr_lambda=quarters)":    `there is no function "quarters"`,
	} {
		if s, err := Parse(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want %s", spec, s, err, want)
		}
	}
	unnamed := MultiplicativeLR{Lambda: func(int) float64 { return 0.5 }}
	if got := unnamed.At(1, 1<<53); got != 0 || unnamed.Validate() != nil || !strings.Contains(unnamed.String(), "<a Go") {
		t.Errorf("%s: got %g, %v", unnamed, got, unnamed.Validate())
	}
	for _, name := range []string{"", "a.b", "2", "halves", "f()"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("Register(%q) did not panic", name)
				}
			}()
			Register(name, func(int) float64 { return 1 })
		}()
	}
	if err := (LambdaLR{Name: "quarters"}).Validate(); err == nil {
		t.Error("LambdaLR of an unknown name is valid")
	}
	if data, err := json.Marshal(Metric(1)); err != nil || string(data) != `"1"` {
		t.Errorf("a metric is %s, %v", data, err)
	}
}
