package runs_test

import (
	"encoding/json"
	"strings"
	"testing"

	"anneal/runs"
)

// config.json keeps its keys and their order: final.safetensors holds them, too.
func TestRecordJSON(t *testing.T) {
	r := &runs.Record{
		Model: "lenet", Solver: "SGD(lr=0.1)", Tuning: &runs.TuningRecord{ClipNorm: 1}, Schedule: "Constant()",
		Settings: runs.Settings{
			Interval: runs.PerStep, Epochs: 1, TotalSteps: 2, Steps: 3, Batch: 4, EvalBatch: 5, Accumulate: 6,
			LabelSmoothing: 0.1, EMA: 0.2,
			Patience: 7, MinDelta: 0.3, Seed: 8, NoShuffle: true, Type: "float32", Augment: "Pad(1)", Best: runs.ByLoss,
			Diagnostics: true, LogEvery: 9, SaveEvery: 10, Keep: 11,
		},
		Init:  &runs.InitRecord{File: "a", SHA256: "b"},
		Train: runs.DataRecord{Samples: 12, Shape: [3]int{1, 2, 3}, Classes: 13, SHA256: "c"},
		Test:  runs.DataRecord{Samples: 14, Shape: [3]int{1, 2, 3}, Classes: 13, SHA256: "d"},
		Notes: map[string]any{"e": "f"}, Versions: map[string]string{"g": "h"},
	}
	const want = `{"model":"lenet","solver":"SGD(lr=0.1)","tuning":{"clip_norm":1},"schedule":"Constant()",` +
		`"interval":"step","epochs":1,"steps":2,"step_limit":3,"batch":4,"eval_batch":5,"accumulate":6,` +
		`"label_smoothing":0.1,"ema":0.2,` +
		`"patience":7,"min_delta":0.3,"seed":8,"shuffle":false,"type":"float32","augment":"Pad(1)","best":"loss",` +
		`"diagnostics":true,"log_every":9,"save_every":10,"keep":11,"init":{"file":"a","sha256":"b"},` +
		`"train":{"samples":12,"shape":[1,2,3],"classes":13,"sha256":"c"},` +
		`"test":{"samples":14,"shape":[1,2,3],"classes":13,"sha256":"d"},"notes":{"e":"f"},"versions":{"g":"h"}}`
	if got := r.JSON(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	again, err := runs.ParseRecord([]byte(want))
	if err != nil || again.JSON() != want || !again.NoShuffle {
		t.Errorf("read again: got %+v, %v", again, err)
	}
	var s runs.Settings
	if b, err := json.Marshal(s); err != nil || !strings.Contains(string(b), `"shuffle":true`) {
		t.Errorf("zero settings: got %s, %v", b, err)
	}
	if err := json.Unmarshal([]byte(`{"shuffle":"yes"}`), &s); err == nil {
		t.Error("shuffle as a text: got no error")
	}
}

// What is not set gets its default, and what is wrong an error that names it.
func TestCompleteSettings(t *testing.T) {
	var s runs.Settings
	want := runs.Settings{
		Interval: runs.PerEpoch, Epochs: 10, Batch: 64, EvalBatch: 200, Accumulate: 1, Type: "float32", Best: runs.ByAccuracy,
		LogEvery: 100,
	}
	if err := s.Complete(); err != nil || s != want {
		t.Errorf("got %+v, %v, want %+v", s, err, want)
	}
	for name, bad := range map[string]runs.Settings{
		"steps: got -1":  {Steps: -1},
		"keep: got -2":   {Keep: -2},
		"interval":       {Interval: "day"},
		"best":           {Best: "luck"},
		"type":           {Type: "int8"},
		"min delta":      {MinDelta: 0.1},
		"decay":          {EMA: 1},
		"not both":       {EMA: 0.9, SWA: 1},
		"at most 10":     {SWA: 11},
		"label smooth":   {LabelSmoothing: 1},
		"patience: got ": {Patience: -1},
	} {
		if err := bad.Complete(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: got %v, want %s", bad, err, name)
		}
	}
}
