package train_test

import (
	"strings"
	"testing"

	"anneal/runs"
	"anneal/schedules"
	"anneal/train"
)

// Early stopping may leave a run without an equal average.
func TestSWAWarning(t *testing.T) {
	for patience, want := range map[int]string{
		0: "", 5: "", 3: "",
		2: "swa 4: patience 2 may end the run before that epoch, and then there is no average",
	} {
		c := small(t)
		var starts []runs.Start
		c.Dir, c.Epochs, c.SWA, c.Patience, c.Validation = "", 8, 4, patience, c.Test
		c.Observers = []runs.Observer{collect(&starts)}
		if _, err := train.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(starts[0].Warnings, "\n"); got != want {
			t.Errorf("patience %d: got warnings %q, want %q", patience, got, want)
		}
	}
}

// TestRegularWarnings wants a word about patience that changes nothing or ends what is still to come, and about an
// average that is longer than the run.
func TestRegularWarnings(t *testing.T) {
	for _, test := range []struct {
		patience int
		ema      float64
		schedule string
		want     string // "" for none
	}{
		{3, 0.9, "none", ""},
		{18, 0, "none", ""},
		{19, 0, "none", "patience 19: a run of 20 epochs never stops early"},
		{4, 0, "ReduceLROnPlateau(patience=2)", ""},
		{
			3, 0, "ReduceLROnPlateau(patience=2)",
			"patience 3: the run ends before ReduceLROnPlateau(patience=2) lowers the rate, which takes 3 epochs",
		},
		{3, 0, "WarmupLR(ReduceLROnPlateau(patience=2), 2)", "patience 3: the run ends before"},
		{0, 0, "ReduceLROnPlateau(patience=2)", ""},
		{0, 0.98, "none", ""}, // 50 of the 60 steps
		{0, 0.99, "none", "ema 0.99: averages over about 100 steps, but the run has 60"},
	} {
		c := small(t)
		schedule, err := schedules.Parse(test.schedule)
		if err != nil {
			t.Fatal(err)
		}
		var starts []runs.Start
		c.Dir, c.Epochs, c.Patience, c.EMA, c.Schedule = "", 20, test.patience, test.ema, schedule
		c.Validation = c.Test
		c.Observers = []runs.Observer{collect(&starts)}
		if _, err := train.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		switch got := starts[0].Warnings; {
		case test.want == "" && len(got) == 0:
		case test.want != "" && len(got) == 1 && strings.HasPrefix(got[0], test.want):
		default:
			t.Errorf("%+v: got warnings %q", test, got)
		}
	}
}
