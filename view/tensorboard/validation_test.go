package tensorboard

import (
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/runs"
)

// The curves of an equal average have its name.
func TestSWACurves(t *testing.T) {
	folder := t.TempDir()
	observe := New(folder, 100, graph.NewParams(1, tensor.Float32)).Observe
	values := []float64{0.125, 0.25, 0.5, 0.75}
	for _, e := range []runs.Event{
		runs.Start{Done: 30},
		runs.Epoch{
			Epoch: 4, Step: 30, SWATestLoss: &values[0], SWATestAccuracy: &values[1],
			SWAValidationLoss: &values[2], SWAValidationAccuracy: &values[3],
		},
		runs.End{},
	} {
		if err := observe(e); err != nil {
			t.Fatal(err)
		}
	}
	_, files := written(t, folder)
	epoch := records(t, files[0])[2]
	for i, name := range []string{
		"loss/swa_test", "accuracy/swa_test", "loss/swa_validation", "accuracy/swa_validation",
	} {
		if got := scalar(t, epoch, name); float64(got) != values[i] {
			t.Errorf("%s: got %v, want %v", name, got, values[i])
		}
	}
	if got := outline(decode(t, files[0])); strings.Contains(strings.Join(got, " "), "ema") {
		t.Errorf("got %q, want no moving average", got)
	}
}

// A run with validation samples has curves of them beside those of the test samples.
func TestValidationCurves(t *testing.T) {
	folder := t.TempDir()
	observe := New(folder, 100, graph.NewParams(1, tensor.Float32)).Observe
	values := []float64{0.125, 0.25, 0.5, 0.75}
	for _, e := range []runs.Event{
		runs.Start{Done: 30},
		runs.Epoch{
			Epoch: 4, Step: 30, ValidationLoss: &values[0], ValidationAccuracy: &values[1],
			EMAValidationLoss: &values[2], EMAValidationAccuracy: &values[3],
		},
		runs.End{},
	} {
		if err := observe(e); err != nil {
			t.Fatal(err)
		}
	}
	_, files := written(t, folder)
	epoch := records(t, files[0])[2]
	for i, name := range []string{
		"loss/validation", "accuracy/validation", "loss/ema_validation", "accuracy/ema_validation",
	} {
		if got := scalar(t, epoch, name); float64(got) != values[i] {
			t.Errorf("%s: got %v, want %v", name, got, values[i])
		}
	}
}
