package train_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/limittest"
	"anneal/internal/safetensors"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// FuzzResume resumes a run of Adam with an average of the weights from a checkpoint whose checksum is right, and whose
// progress, seal, and one tensor can be anything. The run comes to its end, or there is an error of one line and the
// checkpoint is still there.
func FuzzResume(f *testing.F) {
	c := small(f)
	c.Model, c.Solver, c.EMA, c.SaveEvery, c.Keep = linear, solvers.Default[solvers.Adam](), 0.9, 2, 3
	c.Dir = filepath.Join(f.TempDir(), "run")
	if _, err := train.Run(f.Context(), c); err != nil {
		f.Fatal(err)
	}
	good, err := safetensors.Read(filepath.Join(c.Dir, runs.StepFile(4)))
	if err != nil {
		f.Fatal(err)
	}
	config, metrics := content(f, c.Dir, runs.ConfigFile), content(f, c.Dir, runs.MetricsFile)
	progress, seal := good.Metadata[weights.ProgressKey], good.Metadata[runs.SealKey]
	for i, t := range good.Tensors {
		f.Add(progress, seal, uint(i), t.Name, t.Data)
	}
	f.Add(progress, seal, uint(0), "other", []byte{})
	for _, change := range [][2]string{
		{`"step":4`, `"step":-4`},
		{`"step":4`, `"step":1e18`},
		{`"epoch":2`, `"epoch":9223372036854775807`},
		{`"batch":1`, `"batch":3`},
		{`"lines":`, `"lines":9`},
		{`{`, `{"plateaus":[{}],`},
		{`{`, `{"scale":{"from":0,"to":1},`},
		{`{`, `{"evaluated":-1,`},
		{progress, "null"},
		{progress, "["},
	} {
		f.Add(strings.Replace(progress, change[0], change[1], 1), seal, uint(0), good.Tensors[0].Name, good.Tensors[0].Data)
	}
	f.Add(progress, seal, uint(0), "fc.weig\nht", good.Tensors[0].Data)
	limits := limittest.Limits{Bytes: 128 << 20, Time: limittest.Small.Time}
	f.Fuzz(func(t *testing.T, progress, seal string, i uint, name string, values []byte) {
		file := *good
		file.Tensors = append([]safetensors.Tensor(nil), good.Tensors...)
		changed := &file.Tensors[i%uint(len(file.Tensors))]
		changed.Name, changed.Data = name, append([]byte(nil), changed.Data...)
		copy(changed.Data, values)
		file.Metadata = map[string]string{
			weights.RecordKey: good.Metadata[weights.RecordKey], weights.ProgressKey: progress, runs.SealKey: seal,
		}
		checkpoint, err := file.EncodeChecked()
		if err != nil {
			t.Skip("not a file of tensors") // such as two of one name
		}
		again := c
		again.Dir = t.TempDir()
		for name, b := range map[string][]byte{
			runs.ConfigFile: config, runs.MetricsFile: metrics, runs.LastFile: checkpoint,
		} {
			if err := os.WriteFile(filepath.Join(again.Dir, name), b, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		var result *train.Result
		limits.Run(t, "a run", func() { result, err = resume(t.Context(), again) })
		if err == nil && (result.End.Reason != runs.Completed || result.End.Epochs != 2) {
			t.Errorf("got %+v, want the end of the run", result.End)
		}
		limittest.OneLine(t, err)
		if _, err := weights.Inspect(filepath.Join(again.Dir, runs.LastFile)); err != nil && result != nil {
			t.Errorf("the checkpoint is gone: %v", err)
		}
		if err != nil && result == nil && !bytes.Equal(content(t, again.Dir, runs.LastFile), checkpoint) {
			t.Errorf("after %v the checkpoint has changed", err)
		}
	})
}

// content reads a file.
func content(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
