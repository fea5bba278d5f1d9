package runs

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"anneal/internal/limittest"
)

// FuzzRead reads metrics.jsonl in the folder of a run. What is read does not contradict itself; what is not, is an
// error of one line that names the file.
func FuzzRead(f *testing.F) {
	const step = `{"event":"step","epoch":1,"step":100,"seen":6400,"loss":0.2134,"lr":[0.1]}` + "\n"
	const epoch = `{"event":"epoch","epoch":1,"step":938,"train_loss":0.15,"test_loss":0.05,"test_accuracy":0.985,` +
		`"lr":[0.1],"train_seconds":1.9,"test_seconds":0.1}` + "\n"
	for _, content := range []string{
		"", step, step + epoch, step + epoch + `{"event":"end","epochs":1,"best_accuracy":0.985,"best_epoch":1,` +
			`"test_accuracy":0.985,"test_loss":0.05,"reason":"completed"}` + "\n", step + `{"event":"notice"}` + "\n", "\n", "{",
	} {
		f.Add([]byte(content))
	}
	dir := f.TempDir()
	record := &Record{Solver: "SGD(lr=0.1)", Schedule: "none", Settings: Settings{Epochs: 1, Batch: 1}}
	if err := record.Write(dir); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, MetricsFile), content, 0o666); err != nil {
			t.Fatal(err)
		}
		var r *Run
		var err error
		limittest.Small.Run(t, "a run", func() { r, err = Read(dir) })
		if err != nil {
			if !strings.Contains(err.Error(), MetricsFile) {
				t.Errorf("got %v, want an error that names %s", err, MetricsFile)
			}
			limittest.OneLine(t, err)
			return
		}
		for i, e := range r.Epochs {
			if e.Epoch != i+1 {
				t.Errorf("got epoch %d in place %d", e.Epoch, i+1)
			}
		}
		if r.End != nil && r.End.Epochs != len(r.Epochs) {
			t.Errorf("got an end of %d epochs after %d", r.End.Epochs, len(r.Epochs))
		}
	})
}

// FuzzAugmented reads augmented.json. What is read is written, and read again as the same.
func FuzzAugmented(f *testing.F) {
	f.Add([]byte(`{"augment":"MixUp()","seed":1,"mixed":true,"rows":[{"index":3,"label":1,"images":[]}]}`))
	f.Add([]byte(`{"rows":[{"images":[{"png":"iVBORw0KGgo=","classes":[{"class":0,"share":0.25}]}]}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		var a *Augmented
		var err error
		limittest.Small.Run(t, "augmented images", func() { a, err = parseAugmented(content) })
		limittest.OneLine(t, err)
		if err != nil {
			return
		}
		dir := t.TempDir()
		if err := a.Write(dir); err != nil {
			t.Fatal(err)
		}
		again, err := ReadAugmented(dir)
		if err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
		if !reflect.DeepEqual(again, a) {
			t.Errorf("written and read again: got %+v, want %+v", again, a)
		}
	})
}
