package search

import (
	"testing"

	"anneal/internal/limittest"
)

// FuzzSpace reads settings with ranges. A trial of theirs has the text of each, and the same one again.
func FuzzSpace(f *testing.F) {
	for _, texts := range [][2]string{
		{"log(1e-4, 1)", ""},
		{"SGD(lr=1, momentum=uniform(0, 0.99), weight_decay=choice(0, log(1e-6, 1)))", "Adam(betas=(uniform(0, 1), 1))"},
		{"StepLR(integer(2, 5))", "choice(a, choice(b, c), log_integer(1, 8))"},
		{"uniform(0, 1", "choice()"},
		{"a\nlog(1, b)", "choice(\r1"},
		{"choice(uniform(1,2)", "é(]"},
	} {
		f.Add(texts[0], texts[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		var s Space
		var err error
		limittest.Small.Run(t, "a space", func() {
			if err = s.Add("solver", a, b); err == nil {
				err = s.Add("lr", a)
			}
		})
		if err != nil {
			limittest.OneLine(t, err)
			return
		}
		for i := range 3 {
			trial, ok := Suggest(&s, 7, nil).At(i)
			again, _ := Suggest(&s, 7, nil).At(i)
			if ok && (len(trial.Texts) != 2 || len(trial.Values) != len(s.Ranges) ||
				trial.Texts["solver"] != again.Texts["solver"]) {
				t.Errorf("trial %d: got %+v, then %+v", i, trial, again)
			}
		}
	})
}

// FuzzParseBudget reads a budget, which prints as a text that is read as the same.
func FuzzParseBudget(f *testing.F) {
	for _, text := range []string{"60", "200 epochs", "2h30m", "1 run", "-1", "1e3", "9999999999999999999h", "0.1ns"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b Budget
		var err error
		limittest.Small.Run(t, "a budget", func() { b, err = ParseBudget(text) })
		if err != nil {
			limittest.OneLine(t, err)
			return
		}
		if again, err := ParseBudget(b.String()); err != nil || again != b {
			t.Errorf("%q prints %s, which is read as %+v, %v", text, b, again, err)
		}
	})
}
