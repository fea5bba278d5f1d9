package runs_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"anneal/runs"
)

// A class without samples has no recall: null in metrics.jsonl. Older files have 0 there, which stays 0.
func TestSharesOfNothing(t *testing.T) {
	e := runs.Epoch{Precision: []float64{0.5, math.NaN(), 0}, Recall: []float64{math.NaN(), 1, 0}}
	line, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var raw struct{ Precision, Recall []any }
	if err := json.Unmarshal(line, &raw); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{0.5, nil, 0.}, raw.Precision) + cmp.Diff([]any{nil, 1., 0.}, raw.Recall); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var again runs.Epoch
	if err := json.Unmarshal(line, &again); err != nil || !cmp.Equal(again, e) {
		t.Errorf("got %+v, %v, want %+v", again, err, e)
	}
	var old runs.Epoch
	err = json.Unmarshal([]byte(`{"precision":[0,1],"recall":[0,0.25]}`), &old)
	if err != nil || !cmp.Equal(old.Precision, runs.Shares{0, 1}) || !cmp.Equal(old.Recall, runs.Shares{0, 0.25}) {
		t.Errorf("got %+v, %v", old, err)
	}
	if err := json.Unmarshal([]byte(`{"recall":[0,"a"]}`), &old); err == nil {
		t.Error("a text: got no error")
	}
}
