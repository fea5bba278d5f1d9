package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

// Both modes measure what they say: no number is missing or impossible, and no step allocates tensors.
func TestBenchJSON(t *testing.T) {
	dir := t.TempDir()
	o := mnist(t, dir, "bench", "--batch", "16", "--seconds", "0.05", "--ops", "--format", "json", "--cpuprofile", "cpu")
	if o.code != exitOK || o.stderr != "" {
		t.Fatalf("exit code %d, stderr %q", o.code, o.stderr)
	}
	var b benchmark
	if err := json.Unmarshal([]byte(o.stdout), &b); err != nil {
		t.Fatal(err)
	}
	if b.Model != "lenet-bn" || b.Shape != [3]int{1, 28, 28} || b.Batch != 16 || !b.Fused ||
		b.Kernels == "" || b.Processors < 1 ||
		!(b.Peak > 0) || len(b.Modes) != 2 {
		t.Errorf("got %s", o.stdout)
	}
	for i, mode := range []string{"train", "eval"} {
		m := b.Modes[i]
		if m.Mode != mode || m.Steps < 3 || !(m.Min > 0 && m.Min <= m.Median) || !(m.Images > 0) || !(m.GFLOPS > 0) ||
			!(m.Share > 0 && m.Share < 2) {
			t.Errorf("%+v", m)
		}
		if !(m.Allocations < 500 && m.Bytes < 64<<10) {
			t.Errorf("%s: %v allocations of %v bytes a step", mode, m.Allocations, m.Bytes)
		}
		conv := false
		for _, op := range m.Ops {
			conv = conv || strings.HasPrefix(op.Op, "Conv2D conv2") && op.Micros > 0 && op.Share > 0 && op.GFLOPS > 0
		}
		if !conv {
			t.Errorf("%s: no second convolution in %+v", mode, m.Ops)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "cpu")); err != nil || info.Size() == 0 {
		t.Errorf("profile: %v, %v", info, err)
	}
}

func TestBenchText(t *testing.T) {
	o := mnist(t, t.TempDir(), "bench", "--model", "mlp", "--batch", "2", "--shape", "3,4,4", "--mode", "eval",
		"--seconds", "0.01", "--no-fuse", "--ops")
	if o.code != exitOK || o.stderr != "" {
		t.Fatalf("exit code %d, stderr %q", o.code, o.stderr)
	}
	for _, want := range []string{"mlp (unfused), batch 2 of 3×4×4, ", "images/s", "\neval ", "Linear fc1 "} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("no %q in\n%s", want, o.stdout)
		}
	}
	if strings.Contains(o.stdout, "train") {
		t.Errorf("training was measured:\n%s", o.stdout)
	}
}

func TestBenchErrors(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--seconds", "0"}, exitUsage, `--seconds: got "0", want a finite number above 0`},
		{[]string{"--seconds", "NaN"}, exitUsage, `--seconds: got "NaN", want a finite number above 0`},
		{[]string{"--mode", "test"}, exitUsage, `"train","eval","both"`},
		{[]string{"--batch", "0"}, exitUsage, `got "0", want a whole number of at least 1`},
		{[]string{"--shape", "3,32"}, exitUsage, `--shape: got "3,32", want channels, height and width, such as 1,28,28`},
		{[]string{"--shape", "3,0,32"}, exitUsage, `got "3,0,32", want channels, height and width`},
		{[]string{"--shape", "1,2,2", "--batch", "1"}, exitFailed, "conv1"},
		{[]string{"--cpuprofile", "no/such"}, exitFailed, "no/such"},
		{[]string{"--batch", "1", "--model", "mlp-bn", "--mode", "train"}, exitFailed, "fc1_bn"},
	} {
		o := mnist(t, t.TempDir(), append([]string{"bench"}, c.args...)...)
		if o.code != c.code || !strings.Contains(o.stderr, c.want) || strings.Count(o.stderr, "\n") != 1 {
			t.Errorf("%v: exit code %d, stderr %q, want %d, %q", c.args, o.code, o.stderr, c.code, c.want)
		}
	}
}
