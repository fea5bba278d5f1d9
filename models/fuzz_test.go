package models

import (
	"testing"

	"anneal/internal/limittest"
)

// FuzzGet reads the name of a network, which may have settings.
func FuzzGet(f *testing.F) {
	for _, name := range []string{
		"lenet", "lenet-bn(classes=37)", "lenet-bn(norm=group(groups=2))", "toy(classes=0)", "a(((", "",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		limittest.Small.Run(t, "a model", func() {
			model, err := Get(name)
			if (model == nil) != (err != nil) {
				t.Errorf("%q: got a model %t, %v", name, model != nil, err)
			}
			limittest.OneLine(t, err)
			_, err = ParseNorm(name)
			limittest.OneLine(t, err)
		})
	})
}
