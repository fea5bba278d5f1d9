package metrics

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

type vector struct {
	Name    string
	Shape   []int
	Output  []float64
	Labels  []int32
	Target  []float64
	Weights []float64
	Want    map[string]*float64 // nil: not defined
}

// batch returns samples from to to−1.
func (v vector) batch(from, to int) Batch {
	n := v.Shape[0]
	b := Batch{Shape: append([]int{to - from}, v.Shape[1:]...)}
	b.Output = v.Output[from*len(v.Output)/n : to*len(v.Output)/n]
	if v.Labels != nil {
		b.Labels = v.Labels[from*len(v.Labels)/n : to*len(v.Labels)/n]
	}
	if v.Target != nil {
		b.Target = v.Target[from*len(v.Target)/n : to*len(v.Target)/n]
	}
	if v.Weights != nil {
		b.Weights = v.Weights[from:to]
	}
	return b
}

// Every metric has the value of scikit-learn's definition, in one batch and in several.
func TestValues(t *testing.T) {
	content, err := os.ReadFile("testdata/metrics.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(content, &list); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, v := range list {
		for text, want := range v.Want {
			m, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, size := range []int{v.Shape[0], 7} {
				meter := m.New()
				for from := 0; from < v.Shape[0]; from += size {
					if err := meter.Add(v.batch(from, min(from+size, v.Shape[0]))); err != nil {
						t.Fatal(err)
					}
				}
				got := meter.Value()
				if want == nil && !math.IsNaN(got) || want != nil && !(math.Abs(got-*want) <= 1e-9) {
					t.Errorf("%s: %s in batches of %d: got %v, want %v", v.Name, text, size, got, show(want))
				}
				compared++
			}
		}
	}
	if compared < 200 {
		t.Errorf("%d comparisons, want more", compared)
	}
}

func show(v *float64) any {
	if v == nil {
		return "no number"
	}
	return *v
}

// Without samples, and with weights of 0 alone, no metric is defined.
func TestNothingIsNotDefined(t *testing.T) {
	none := Batch{Shape: []int{2, 3}, Output: make([]float64, 6), Labels: []int32{0, 1}, Weights: []float64{0, 0}}
	none.Target = none.Output
	list, err := ParseList("accuracy, top, f1, roc_auc, average_precision, mae, rmse, r2, perplexity, ece")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		meter := m.New()
		if v := meter.Value(); !math.IsNaN(v) {
			t.Errorf("%v of nothing is %v", m, v)
		}
		if err := meter.Add(none); err != nil {
			t.Error(err)
		}
		if v := meter.Value(); !math.IsNaN(v) {
			t.Errorf("%v of samples that do not count is %v", m, v)
		}
	}
}

func TestErrors(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6}
	for want, b := range map[string]Batch{
		"f1: got an output of 6 numbers and shape [2 2]":         {Shape: []int{2, 2}, Output: x},
		"f1: got neither labels nor a target":                    {Shape: []int{2, 3}, Output: x},
		"f1: got 3 labels for an output of shape [2 3]: want 2":  {Shape: []int{2, 3}, Output: x, Labels: []int32{0, 1, 2}},
		"f1: got label 3: want 0 to 2":                           {Shape: []int{2, 3}, Output: x, Labels: []int32{0, 3}},
		"f1: got 1 weights for 2 samples":                        {Shape: []int{2, 3}, Output: x, Weights: []float64{1}},
		"f1: got the weights [1 -1]: want":                       {Shape: []int{2, 3}, Output: x, Weights: []float64{1, -1}},
		"f1: got a target of 1 numbers for an output of shape":   {Shape: []int{2, 3}, Output: x, Target: x[:1]},
		"f1: got labels and an output of shape [6]: want [N, C,": {Shape: []int{6}, Output: x, Labels: make([]int32, 6)},
	} {
		if err := (F1{}).New().Add(b); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want it to say %q", err, want)
		}
	}
	err := (MAE{}).New().Add(Batch{Shape: []int{2, 3}, Output: x, Labels: []int32{0, 1}})
	if err == nil || !strings.Contains(err.Error(), "mae: got no target: want numbers of the output's shape, [2 3]") {
		t.Errorf("got error %v", err)
	}
}

func TestParse(t *testing.T) {
	list, err := ParseList("f1, f1(labels=[0, 2]), top(3), top, ece(bins=10), ece, roc_auc()")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Format(list), "f1, f1(labels=[0, 2]), top(k=3), top(k=5), ece(bins=10), ece, roc_auc"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for text, want := range map[string]string{
		"f2":            `there is no metric "f2"`,
		"top(k=0)":      "k is 0: want",
		"f1(labels=-1)": "labels is -1",
		"f1, f1":        "f1 is there twice",
		"":              "metric",
	} {
		if _, err := ParseList(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want it to say %q", text, err, want)
		}
	}
	if got := (On{Metric: MAE{}, Output: "age", Weights: "w"}).String(); got != "mae on age weights w" {
		t.Errorf("got %q", got)
	}
}
