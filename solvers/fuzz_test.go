package solvers

import (
	"reflect"
	"testing"

	"anneal/internal/limittest"
)

// FuzzParse reads the spec of a solver, which prints as one that is read as the same.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"SGD(lr=0.1, momentum=0.9)", "Adam", "optim.RMSprop(net.parameters(), 0.01)", "LAMB(1e-3, (0.9, 0.999))",
		"SGD(lr=1e999)", "Adadelta(rho=True)", "(",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var a Algorithm
		var err error
		limittest.Small.Run(t, "a solver", func() { a, err = Parse(text) })
		if err != nil {
			limittest.OneLine(t, err)
			return
		}
		if err := a.Validate(); err != nil {
			t.Errorf("%q is read, and not valid: %v", text, err)
		}
		if again, err := Parse(a.String()); err != nil || !reflect.DeepEqual(again, a) {
			t.Errorf("%q prints %s, which is read as %v, %v", text, a, again, err)
		}
	})
}
