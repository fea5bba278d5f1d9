package models

import (
	"strings"
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
			if (model == nil) != (err != nil) || err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: got a model %t, %v", name, model != nil, err)
			}
			if _, err := ParseNorm(name); err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: the error has several lines: %v", name, err)
			}
		})
	})
}
