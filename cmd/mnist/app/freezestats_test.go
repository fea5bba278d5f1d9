package app

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/internal/safetensors"
	"anneal/runs"
)

// tensors returns the tensors in a file of weights whose names begin with prefix.
func tensors(t *testing.T, prefix string, path ...string) map[string][]byte {
	t.Helper()
	f, err := safetensors.Read(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, x := range f.Tensors {
		if strings.HasPrefix(x.Name, prefix) {
			found[x.Name] = x.Data
		}
	}
	return found
}

// changed lists the tensors of a that differ in b.
func changed(a, b map[string][]byte) (names []string) {
	for name, data := range a {
		if !bytes.Equal(data, b[name]) {
			names = append(names, name)
		}
	}
	return names
}

// The features of a run that are frozen with their statistics stay to the bit, and the log says which of the two
// --freeze does.
func TestFreezeStats(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), dataset(t, 60, 28)
	run := func(args ...string) outcome {
		t.Helper()
		got := mnist(t, dir, args...)
		if got.code != exitOK {
			t.Fatalf("%v: got %+v", args, got)
		}
		return got
	}
	run("--data", set, "--epochs", "2", "--batch", "10", "--out", "first", "--quiet")
	tune := []string{
		"--data", set, "--epochs", "2", "--batch", "10", "--init", "first/final.safetensors", "--init-only", "conv*",
		"--freeze", "conv*", "--seed", "5", "--ema", "0.9", "--solver", "SGD(lr=0.01)", "--schedule", "StepLR(1)",
	}
	before := tensors(t, "conv", dir, "first", "final.safetensors")
	if len(before) != 14 {
		t.Fatalf("got %d tensors", len(before))
	}

	got := run(append(tune, "--out", "weights")...)
	want := "the running statistics of conv1_bn conv2_bn still change with every batch, and training normalises by " +
		"the batch: freeze-stats holds them, such as --freeze-stats conv1_bn"
	if !strings.Contains(got.stderr, want) {
		t.Errorf("got %s\nwant %s", got.stderr, want)
	}
	moved := changed(before, tensors(t, "conv", dir, "weights", "final.safetensors"))
	if len(moved) != 6 { // two statistics and a counter each
		t.Errorf("--freeze alone changed %q", moved)
	}

	tune = append(tune, "--freeze-stats", "conv*", "--diagnostics")
	got = run(append(tune, "--out", "both")...)
	if want := "running statistics held and normalised by: conv1_bn conv2_bn\n"; !strings.Contains(got.stderr, want) ||
		strings.Contains(got.stderr, "still change") {
		t.Errorf("got %s\nwant %s", got.stderr, want)
	}
	for _, file := range []string{"final.safetensors", "ema.safetensors"} {
		if moved := changed(before, tensors(t, "conv", dir, "both", file)); len(moved) > 0 {
			t.Errorf("%s: frozen features changed: %q", file, moved)
		}
	}
	var record runs.Record
	if err := json.Unmarshal(content(t, dir, "both", "config.json"), &record); err != nil || record.Tuning == nil ||
		len(record.Tuning.FreezeStats) != 1 {
		t.Errorf("config.json has %+v, %v", record.Tuning, err)
	}
	if lines := content(t, dir, "both", "metrics.jsonl"); bytes.Contains(lines, []byte("recalibrated_test_loss")) {
		t.Errorf("statistics that are held were recomputed: %s", lines)
	}

	// A run that is interrupted goes on with the same bits, and not with another setting.
	run(append(tune, "--out", "parts", "--epochs", "1")...)
	run("--resume", "parts", "--epochs", "2")
	whole := tensors(t, "", dir, "both", "final.safetensors")
	if moved := changed(whole, tensors(t, "", dir, "parts", "final.safetensors")); len(moved) > 0 {
		t.Errorf("the resumed run has others of %q", moved)
	}
	got = mnist(t, dir, "--resume", "parts", "--epochs", "3", "--freeze-stats", "conv1_bn")
	if got.code == exitOK || !strings.Contains(got.stderr, "freeze") {
		t.Errorf("resumed with other frozen ones: got %+v", got)
	}

	// What is held was trained to, and stays.
	got = mnist(t, dir, "recalibrate", "--init", "both/final.safetensors", "--out", "new.safetensors", "--data", set)
	if want := `no BatchNorm except those that keep their statistics, ["conv*"]`; got.code == exitOK ||
		!strings.Contains(got.stderr, want) {
		t.Errorf("recalibrate: got %+v, want %s", got, want)
	}
	got = run("export", "--init", "both/final.safetensors", "--onnx", "a.onnx", "--fold")
	if !strings.Contains(got.stderr+got.stdout, "a.onnx") {
		t.Errorf("export: got %+v", got)
	}

	got = mnist(t, dir, "--data", set, "--out", "none", "--freeze-stats", "fc*")
	want = `freeze stats "fc*" matches no BatchNorm; there are conv1_bn, conv2_bn`
	if got.code == exitOK || !strings.Contains(got.stderr, want) {
		t.Errorf("got %+v, want %s", got, want)
	}
}
