package report_test

import (
	"strings"
	"testing"

	"anneal/runs"
	"anneal/view/report"
)

// validated is a run whose validation accuracy is the best in its first epoch, where its test accuracy is the worst.
func validated(name string, by runs.ChooseBy, accuracy float64) report.Run {
	r := run(name, 1, 3)
	r.Record.ChooseBy = by
	for i := range r.Epochs {
		loss, share := 0.5, accuracy-0.01*float64(i)
		r.Epochs[i].ValidationLoss, r.Epochs[i].ValidationAccuracy = &loss, &share
		r.Epochs[i].TestAccuracy = 0.9 + 0.01*float64(i)
	}
	return r
}

// A page says what chose, and shows the test accuracy of what was chosen.
func TestPageSaysWhatChose(t *testing.T) {
	for by, want := range map[runs.ChooseBy][]string{
		runs.ByValidation: {
			"<dt>validation accuracy</dt><dd>95.00 %", "best, in epoch 1 of 3",
			"<dt>test accuracy</dt><dd>92.00 %", "at the end; 90.00 % in epoch 1", "validation loss", `"kind":"valid"`,
		},
		runs.ByTest:    {"<dt>best test accuracy</dt><dd>92.00 %", "in epoch 3 of 3, chosen by the test set"},
		"":             {"<dt>best test accuracy</dt><dd>92.00 %", "in epoch 3 of 3, chosen by the test set"},
		runs.ByNothing: {"<dt>test accuracy</dt><dd>92.00 %", "at the end, after epoch 3"},
	} {
		text := save(t, report.Page{Runs: []report.Run{validated("lenet", by, 0.95)}})
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("by %q: the page does not have %q", by, part)
			}
		}
		if got := strings.Contains(text, "best test accuracy"); got != (by == runs.ByTest || by == "") {
			t.Errorf("by %q: the page has a best test accuracy: %v", by, got)
		}
	}
}

// The best setting is the one that validation samples say is the best, and there is none if nothing chose.
func TestBestSettingByValidation(t *testing.T) {
	for by, want := range map[runs.ChooseBy]string{
		runs.ByValidation: "<dt>best setting</dt><dd>96.00 %",
		runs.ByTest:       "<dt>best setting</dt><dd>92.00 %",
		runs.ByNothing:    "",
	} {
		text := save(t, report.Page{Runs: []report.Run{validated("a", by, 0.95), validated("b", by, 0.98)}})
		if got := strings.Contains(text, "<dt>best setting</dt>"); got != (want != "") || !strings.Contains(text, want) {
			t.Errorf("by %q: got a best setting: %v, want %q", by, got, want)
		}
		if by == runs.ByValidation && !strings.Contains(text, "b: final validation accuracy") {
			t.Errorf("by %q: the best setting is not b", by)
		}
	}
}
