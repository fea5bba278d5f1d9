package tensorboard

import (
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/runs"
)

// A run has curves of its metrics, and of accuracies only if its samples have classes.
func TestMetricsCurves(t *testing.T) {
	folder := t.TempDir()
	observe := New(folder, 100, graph.NewParams(1, tensor.Float32)).Observe
	values := []float64{0.125, 0.25}
	for _, e := range []runs.Event{
		runs.Start{Done: 30},
		runs.Epoch{
			Epoch: 4, Step: 30, NoClasses: true,
			Metrics: []runs.Metric{{Name: "mae", Test: &values[0], Validation: &values[1]}, {Name: "r2", Larger: true}},
		},
		runs.End{},
	} {
		if err := observe(e); err != nil {
			t.Fatal(err)
		}
	}
	_, files := written(t, folder)
	epoch := records(t, files[0])[2]
	for i, name := range []string{"mae/test", "mae/validation"} {
		if got := scalar(t, epoch, name); float64(got) != values[i] {
			t.Errorf("%s: got %v, want %v", name, got, values[i])
		}
	}
	got := strings.Join(outline(decode(t, files[0])), " ")
	if strings.Contains(got, "accuracy") || strings.Contains(got, "r2") {
		t.Errorf("got %q, want neither an accuracy nor a metric that is not defined", got)
	}
}
