package runs_test

import (
	"encoding/json"
	"testing"

	"anneal/runs"
)

// What is set as one average is not read as the other, and its keys say which one it is.
func TestEpochAverage(t *testing.T) {
	one, two, three, four := 1.0, 2.0, 3.0, 4.0
	for name, want := range map[string]string{
		"ema": `"ema_test_loss":1,"ema_test_accuracy":2,"ema_validation_loss":3,"ema_validation_accuracy":4}`,
		"swa": `"swa_test_loss":1,"swa_test_accuracy":2,"swa_validation_loss":3,"swa_validation_accuracy":4}`,
	} {
		var e runs.Epoch
		set := runs.Average{
			Name: name, TestLoss: &one, TestAccuracy: &two, ValidationLoss: &three, ValidationAccuracy: &four,
		}
		e.SetAverage(set)
		if got := e.Average(); got != set {
			t.Errorf("%s: got %+v, want %+v", name, got, set)
		}
		b, err := json.Marshal(e)
		if before, _ := json.Marshal(runs.Epoch{}); err != nil || string(b) != string(before[:len(before)-1])+","+want {
			t.Errorf("%s: got %s, %v, want %s", name, b, err, want)
		}
	}
	if got := (runs.Epoch{}).Average(); got.TestLoss != nil || got.TestAccuracy != nil {
		t.Errorf("no average: got %+v", got)
	}
}
