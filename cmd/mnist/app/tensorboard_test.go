package app

import (
	"bytes"
	"path/filepath"
	"testing"
)

// A run writes event files when asked to, and adds to them when it is resumed.
func TestTensorboard(t *testing.T) {
	dir := t.TempDir()
	events := func() []string {
		files, err := filepath.Glob(filepath.Join(dir, "run", "tensorboard", "events.out.tfevents.*"))
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	set := dataset(t, 40, 28)
	for i, args := range [][]string{
		{"--data", set, "--epochs", "1", "--schedule", "none", "--out", "run", "--tensorboard", "--quiet"},
		{"--resume", "run", "--epochs", "2", "--quiet"},
	} {
		if got := mnist(t, dir, args...); got.code != exitOK {
			t.Fatalf("%v: got %+v", args, got)
		}
		files := events()
		if len(files) != i+1 {
			t.Fatalf("%v: got %d event files, want %d", args, len(files), i+1)
		}
		b := content(t, files[i])
		for _, tag := range []string{"brain.Event:2", "settings", "loss/test", "accuracy/test", "conv1_bn/running_var"} {
			if !bytes.Contains(b, []byte(tag)) {
				t.Errorf("%v: no %s in %s", args, tag, files[i])
			}
		}
	}
	if got := mnist(t, dir, "--data", set, "--steps", "1", "--schedule", "none", "--out", "plain",
		"--quiet"); got.code != exitOK || exists(filepath.Join(dir, "plain", "tensorboard")) {
		t.Errorf("without the flag: got %+v", got)
	}
}
