package solvers

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"anneal/internal/limittest"
)

func TestParseGroup(t *testing.T) {
	tests := []struct {
		text string
		want Group
		spec string
	}{
		{
			"conv*: lr=0.5, weight_decay=1e-4",
			Group{Pattern: "conv*", LR: new(0.5), WeightDecay: new(1e-4)},
			"conv*: lr=0.5, weight_decay=0.0001",
		},
		{" *_bn.* :weight_decay=0", Group{Pattern: "*_bn.*", WeightDecay: new(0.0)}, "*_bn.*: weight_decay=0.0"},
		{"fc1.bias: l1 = 1e-6, lr = None", Group{Pattern: "fc1.bias", L1: new(1e-6)}, "fc1.bias: l1=1e-06"},
		{
			"*: schedule=StepLR(5, gamma=0.1), lr=2",
			Group{Pattern: "*", LR: new(2.0), Schedule: "StepLR(5, gamma=0.1)"},
			"*: lr=2.0, schedule=StepLR(5, gamma=0.1)",
		},
		{
			`*: schedule="CyclicLR(mode='triangular')"`,
			Group{Pattern: "*", Schedule: "CyclicLR(mode='triangular')"},
			"*: schedule=CyclicLR(mode='triangular')",
		},
		{"head.*:", Group{Pattern: "head.*"}, "head.*: "},
	}
	for _, tt := range tests {
		got, err := ParseGroup(tt.text)
		if err != nil {
			t.Errorf("ParseGroup(%q): %v", tt.text, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("ParseGroup(%q) (-want +got):\n%s", tt.text, diff)
		}
		if got.String() != tt.spec {
			t.Errorf("ParseGroup(%q) prints %q, want %q", tt.text, got, tt.spec)
		}
		if again, err := ParseGroup(got.String()); err != nil || !cmp.Equal(again, got) {
			t.Errorf("ParseGroup(%q) is %v, %v, want %v", got, again, err, got)
		}
	}
}

func TestParseGroupErrors(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"conv*", []string{"a colon"}},
		{": lr=0.5", []string{"a pattern"}},
		{"conv*: rate=0.5", []string{"column 8", "rate", "lr", "weight_decay", "l1", "schedule"}},
		{"conv*: lr=", []string{"column 11"}},
		{"conv*: lr=x", []string{"column 11", "number"}},
		{"conv*: 0.5", []string{"column 8"}},
		{"conv*: lr=0.5, lr=0.1", []string{"column 16", "twice"}},
		{"é*: lr=0.5)", []string{"column 11"}},
		{"conv*: schedule='StepLR(5'", []string{"column 24", "not closed"}},
		{"conv*: schedule=5", []string{"column 17", "string"}},
		{"conv[: lr=0.5", []string{"conv["}},
		{
			"conv*: lr=-0.5",
			[]string{`group "conv*: lr=-0.5": column 11: group: lr is -0.5: want a finite number of at least 0`},
		},
	}
	for _, tt := range tests {
		_, err := ParseGroup(tt.text)
		fails(t, err, tt.want...)
	}
}

// What is read prints as something that is read as the same.
func FuzzParseGroup(f *testing.F) {
	f.Add("conv*: lr=0.5, weight_decay=1e-4")
	f.Add(`*_bn.?: l1=None, schedule="CyclicLR(mode='triangular')"`)
	f.Add("fc[1-3].*: schedule=a(('x', \"it's\"), [1,])")
	f.Fuzz(func(t *testing.T, text string) {
		var g Group
		var err error
		limittest.Small.Run(t, "a group", func() { g, err = ParseGroup(text) })
		limittest.OneLine(t, err)
		if err != nil {
			return
		}
		if again, err := ParseGroup(g.String()); err != nil || !cmp.Equal(again, g) {
			t.Errorf("ParseGroup(%q) prints %q, which is read as %v, %v", text, g, again, err)
		}
	})
}
