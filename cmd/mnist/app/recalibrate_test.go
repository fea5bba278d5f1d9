package app

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/weights"
)

// TestRecalibrate recomputes the statistics of a run that looked into its network, and was resumed without being asked
// to look again.
func TestRecalibrate(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), dataset(t, 300, 28)
	for _, args := range [][]string{
		{
			"--data", set, "--epochs", "3", "--schedule", "StepLR(2)", "--solver", "SGD(lr=0.01)", "--diagnostics",
			"--out", "straight", "--quiet",
		},
		{
			"--data", set, "--epochs", "2", "--schedule", "StepLR(2)", "--solver", "SGD(lr=0.01)", "--diagnostics",
			"--out", "run", "--quiet",
		},
		{"--resume", "run", "--epochs", "3", "--log-every", "100", "--quiet"},
	} {
		if got := mnist(t, dir, args...); got.code != exitOK {
			t.Fatalf("%v: got %+v", args, got)
		}
	}
	metrics := seconds.ReplaceAll(content(t, dir, "run", "metrics.jsonl"), nil)
	if !bytes.Equal(metrics, seconds.ReplaceAll(content(t, dir, "straight", "metrics.jsonl"), nil)) {
		t.Error("the resumed run's metrics differ")
	}
	for part, want := range map[string]int{
		`"event":"diagnostics"`: 3,
		`"layer":"conv2_bn","kind":"BatchNorm","pre_activation":[`: 3, `"recalibrated_test_loss":`: 2,
	} {
		if n := bytes.Count(metrics, []byte(part)); n != want {
			t.Errorf("got %d times %s, want %d, in\n%s", n, part, want, metrics)
		}
	}

	got := mnist(t, dir, "recalibrate", "--init", "run/final.safetensors", "--out", "new.safetensors", "--data", set)
	want := regexp.MustCompile(`^statistics  test loss  test accuracy\n +running   \d\.\d{6} .*\nrecomputed   ` +
		`(\d\.\d{6}) +(\S+)  (\(\d+/300\))\nnew.safetensors: lenet-bn, statistics of 2 BatchNorms over 300 images\n$`)
	m := want.FindStringSubmatch(got.stdout)
	if got.code != exitOK || m == nil || strings.Contains(got.stderr, "other images") {
		t.Fatalf("got %+v", got)
	}
	eval := mnist(t, dir, "eval", "--init", "new.safetensors", "--data", set, "--quiet")
	if eval.stdout != "test loss "+m[1]+", test accuracy "+m[2]+" "+m[3]+"\n" {
		t.Errorf("got %+v, want %v", eval, m[1:])
	}
	if i, err := weights.Inspect(filepath.Join(dir, "new.safetensors")); err != nil || i.Record == nil ||
		i.Progress != nil || len(i.State) > 0 {
		t.Errorf("got %+v, %v, want the weights with their run's settings alone", i, err)
	}

	other := dataset(t, 200, 28)
	for _, c := range []struct {
		code int
		args []string
		want string
	}{
		{
			exitUsage,
			[]string{"--init", "new.safetensors", "--out", "./new.safetensors", "--data", set},
			"--out ./new.safetensors is the file of --init",
		},
		{exitOK, []string{"--init", "new.safetensors", "--out", "new.safetensors", "--overwrite", "--data", set}, ""},
		{
			exitOK,
			[]string{"--init", "run/last.safetensors", "--out", "other.safetensors", "--data", other},
			"was trained on other images",
		},
		{
			exitFailed,
			[]string{
				"--init", absolute("../../../train/testdata/lenet_init.safetensors"), "--model", "lenet",
				"--out", "x.safetensors", "--data", set,
			},
			"the model has no BatchNorm",
		},
		{exitFailed, []string{"--init", "nowhere", "--out", "x.safetensors"}, "nowhere"},
		{exitUsage, []string{"--init", "new.safetensors"}, "--out"},
		{exitUsage, []string{"--init", "new.safetensors", "--out", "."}, "--out . is a folder"},
	} {
		got := mnist(t, dir, append([]string{"recalibrate", "--quiet"}, c.args...)...)
		if got.code != c.code || !strings.Contains(got.stderr, c.want) || c.want == "" && got.stderr != "" {
			t.Errorf("%v: got %+v, want code %d and %s", c.args, got, c.code, c.want)
		}
	}
}
