package runs

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"anneal/internal/limittest"
)

// What ReadMetrics reads, Metrics writes again, byte by byte.
func TestReadMetrics(t *testing.T) {
	lines := `{"event":"step","epoch":1,"step":100,"seen":6400,"loss":0.2134,"lr":[0.1]}
{"event":"epoch","epoch":1,"step":938,"train_loss":0.15,"test_loss":0.05,"test_accuracy":0.985,"lr":[0.1],"train_seconds":1.9,"test_seconds":0.1}
{"event":"diagnostics","epoch":1,"step":938,"layers":[{"layer":"fc1","kind":"Linear","pre_activation":[-1,0,1],"dead":0.25}],"recalibrated_test_loss":0.06}
{"event":"control","epoch":2,"step":1000,"action":"rate","lr":[0.01]}
{"event":"end","epochs":10,"best_accuracy":0.9931,"best_epoch":9,"reason":"completed"}
`
	want := []Event{
		Step{Epoch: 1, Step: 100, Seen: 6400, Loss: 0.2134, LR: []float64{0.1}},
		Epoch{
			Epoch:        1,
			Step:         938,
			TrainLoss:    0.15,
			TestLoss:     0.05,
			TestAccuracy: 0.985,
			LR:           []float64{0.1},
			TrainSeconds: 1.9,
			TestSeconds:  0.1,
		},
		Diagnostics{
			Epoch: 1, Step: 938, RecalibratedTestLoss: new(0.06),
			Layers: []LayerDiagnostics{{Layer: "fc1", Kind: "Linear", PreActivation: []float64{-1, 0, 1}, Dead: new(0.25)}},
		},
		Control{Epoch: 2, Step: 1000, Action: SetRate, LR: []float64{0.01}},
		End{Epochs: 10, BestAccuracy: 0.9931, BestEpoch: 9, Reason: Completed},
	}
	read := func(content string) ([]Event, error) {
		t.Helper()
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, MetricsFile), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		return ReadMetrics(dir)
	}
	got, err := read(lines)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("want -, got +:\n%s", d)
	}
	var again bytes.Buffer
	write := Metrics(&again, 1)
	for _, e := range got {
		if err := write(e); err != nil {
			t.Fatal(err)
		}
	}
	if again.String() != lines {
		t.Errorf("written again: got\n%s\nwant\n%s", &again, lines)
	}
	for _, c := range []struct {
		content string
		events  int
	}{
		{"", 0},
		{lines + `{"event":"step","epo`, 5},
		{`{"event":"of a later version","step":1}` + "\n" + lines, 5},
	} {
		if got, err := read(c.content); err != nil || len(got) != c.events {
			t.Errorf("%.60q: got %d events, %v, want %d", c.content, len(got), err, c.events)
		}
	}
	for _, damaged := range []string{"\n" + lines, `{"event":"epoch","step":"one"}` + "\n", "\x00\x00\n"} {
		if got, err := read(damaged); err == nil {
			t.Errorf("%.60q: got %v, want an error", damaged, got)
		}
	}
	if _, err := ReadMetrics(t.TempDir()); err == nil {
		t.Error("an empty folder: got no error")
	}
}

// FuzzReadMetrics checks that what Metrics writes of an event says the same.
func FuzzReadMetrics(f *testing.F) {
	f.Add([]byte(`{"event":"step","epoch":1,"step":100,"seen":6400,"loss":0.2134,"lr":[0.1]}`))
	f.Add([]byte(`{"event":"epoch","epoch":1,"confusion":[[1,2],[3]],"ema_test_loss":0.5}`))
	f.Add([]byte(`{"event":"diagnostics","layers":[{"layer":"a","gradient":[1,2,3]}]}`))
	f.Add([]byte(`{"event":"control","action":"rate"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		var e Event
		var err error
		limittest.Small.Run(t, "a line", func() { e, err = parseEvent(line) })
		limittest.OneLine(t, err)
		if e == nil || err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := Metrics(&once, 1)(e); err != nil {
			t.Fatal(err)
		}
		if e, err = parseEvent(once.Bytes()); err != nil {
			t.Fatalf("%s: %v", &once, err)
		}
		if err := Metrics(&twice, 1)(e); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("got\n%s%v, want\n%s", &twice, err, &once)
		}
	})
}
