package metrics

import (
	"testing"

	"anneal/internal/limittest"
)

// FuzzParseList reads metrics, which print as a text that is read as the same.
func FuzzParseList(f *testing.F) {
	for _, text := range []string{
		"accuracy", "f1(labels=[1]), top(k=3)", "ECE(bins=0)", "mae,,rmse", "f1(", ")", "a\nb", "f1(\na=1)",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var list []Metric
		var err error
		limittest.Small.Run(t, "metrics", func() { list, err = ParseList(text) })
		if err != nil {
			limittest.OneLine(t, err)
			return
		}
		if again, err := ParseList(Format(list)); err != nil || Format(again) != Format(list) {
			t.Errorf("%q prints %q, which is read as %v, %v", text, Format(list), again, err)
		}
	})
}
