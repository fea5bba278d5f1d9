package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"anneal/runs"
)

// Tables and curves call an average by its name, and the average of a run that has none yet is a gap.
func TestAverages(t *testing.T) {
	loss, accuracy := 0.25, 0.75
	for name, kind := range map[string]string{"EMA": ema, "SWA": swa} {
		average := runs.Average{
			Name: kind, TestLoss: &loss, TestAccuracy: &accuracy, ValidationLoss: &loss, ValidationAccuracy: &accuracy,
		}
		r := Run{Name: "lenet", Run: runs.Run{Epochs: []runs.Epoch{
			{Epoch: 1, ValidationLoss: &loss, ValidationAccuracy: &accuracy},
			{Epoch: 2, ValidationLoss: &loss, ValidationAccuracy: &accuracy},
		}}}
		r.Epochs[1].SetAverage(average)
		table := epochs(&r)
		head := strings.Join(table.Head, ", ")
		want := name + " test loss, " + name + " test accuracy, validation loss, validation accuracy, " +
			name + " validation loss, " + name + " validation accuracy"
		if !strings.HasSuffix(head, want) || len(table.Rows[0]) != len(table.Head) {
			t.Errorf("got the head %q with rows of %d, want %q", head, len(table.Rows[0]), want)
		}
		if got := table.Rows[1][6:8]; *got[0].Value != loss || *got[1].Value != accuracy {
			t.Errorf("%s: got %v, want %v and %v", name, got, loss, accuracy)
		}
		for i, c := range curves([]Run{r})[:2] {
			of := slices.IndexFunc(c.Lines, func(l curve) bool { return l.Kind == kind })
			if of < 0 || !math.IsNaN(c.Lines[of].Y[0]) || c.Lines[of].Y[1] != []float64{loss, accuracy}[i] {
				t.Errorf("%s: got curves %+v, want one of the average, from epoch 2 on", c.Title, c.Lines)
			}
			for _, l := range c.panel().Lines {
				if l.Y[len(l.Y)-1] == []float64{loss, accuracy}[i] {
					t.Errorf("%s: the figure has the average", c.Title)
				}
			}
		}
	}
}
