package app

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
	"anneal/view/report/reporttest"
)

// A run leaves its equal average, which the other commands take as any weights, and everything calls it SWA.
func TestSWA(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), dataset(t, 60, 28)
	train := []string{
		"--data", set, "--epochs", "3", "--batch", "20", "--swa", "2", "--schedule", "SWALR(swa_lr=0.05, anneal_epochs=1)",
		"--out", "run",
	}
	ran := mnist(t, dir, train...)
	line := regexp.MustCompile(
		`Epoch (\d): .* test accuracy \S+ \(\d+/60\)(, swa test loss (\S+), test accuracy (\S+),)?`)
	epochs := line.FindAllStringSubmatch(ran.stderr, -1)
	if ran.code != exitOK || len(epochs) != 3 || epochs[0][2] != "" || epochs[1][2] == "" || epochs[2][2] == "" {
		t.Fatalf("got %+v, want an average from epoch 2 on, in %q", ran, epochs)
	}
	var record runs.Record
	if err := json.Unmarshal(content(t, dir, "run", "config.json"), &record); err != nil || record.SWA != 2 {
		t.Errorf("config.json has %+v, %v", record.Settings, err)
	}
	for part, want := range map[string]int{`"swa_test_loss":`: 2, `"swa_test_accuracy":`: 2, `"ema_`: 0} {
		if n := bytes.Count(content(t, dir, "run", "metrics.jsonl"), []byte(part)); n != want {
			t.Errorf("metrics.jsonl: got %d times %s, want %d", n, part, want)
		}
	}
	page := string(reporttest.Unpacked(t, content(t, dir, "run", "report.html")))
	for _, part := range []string{"SWA test loss", "SWA test accuracy", `"kind":"swa"`} {
		if !strings.Contains(page, part) {
			t.Errorf("report.html does not have %q", part)
		}
	}
	if strings.Contains(page, "EMA test") || strings.Contains(page, `"kind":"ema"`) {
		t.Error("report.html has a moving average")
	}

	loss, accuracy := epochs[2][3], epochs[2][4]
	for _, c := range []struct {
		args []string
		want string
	}{
		{
			[]string{"eval", "--init", "run/swa.safetensors", "--data", set, "--quiet"},
			`^test loss ` + loss + `\d*, test accuracy ` + accuracy + ` \(`,
		},
		{
			[]string{"recalibrate", "--init", "run/swa.safetensors", "--out", "new.safetensors", "--data", set},
			`running +` + loss + `\d* .*\nrecomputed .*\nnew.safetensors: lenet-bn, statistics of 2 BatchNorms`,
		},
		{
			[]string{"predict", "--init", "run/swa.safetensors", absolute("../../../deploy/predict/testdata/digit.png")},
			`digit`,
		},
		{[]string{"export", "--init", "run/swa.safetensors", "--onnx", "swa.onnx"}, `^swa.onnx: lenet-bn`},
		{
			[]string{"inspect", "run/last.safetensors"},
			`\n +equal average +type .*\n *anneal/swa/[\s\S]*\n +solver's state `,
		},
	} {
		if got := mnist(t, dir, c.args...); got.code != exitOK || !regexp.MustCompile(c.want).MatchString(got.stdout) {
			t.Errorf("%v: got %+v\nwant %s", c.args, got, c.want)
		}
	}
	file := fromJSON[fileRecord](t, dir, "inspect", "run/last.safetensors")
	if len(file.SWA) != len(file.Tensors) || file.EMA != nil || file.Progress.Averaged != 2 {
		t.Errorf("inspect: got %+v", file)
	}

	// A run that goes on counts its epochs on, and keeps its average.
	longer := append(train, "--out", "longer", "--epochs", "4", "--quiet")
	for _, args := range [][]string{longer, {"--resume", "run", "--epochs", "4", "--quiet"}} {
		if got := mnist(t, dir, args...); got.code != exitOK {
			t.Fatalf("%v: got %+v", args, got)
		}
	}
	if names := changed(tensors(t, "", dir, "longer", "swa.safetensors"),
		tensors(t, "", dir, "run", "swa.safetensors")); len(names) > 0 {
		t.Errorf("the resumed run has another average of %q", names)
	}
	for want, args := range map[string][]string{
		"swa is 3 and was 2":                       {"--resume", "run", "--epochs", "5", "--swa", "3"},
		"--ema and --swa can't be used together":   {"--resume", "run", "--epochs", "5", "--ema", "0.9"},
		"--swa=2: want an epoch of the run, from ": {"--resume", "run", "--epochs", "1"},
	} {
		if got := mnist(t, dir, args...); got.code == exitOK || !strings.Contains(got.stderr, want) {
			t.Errorf("%v: got %+v\nwant %s", args, got, want)
		}
	}
}

// An equal average is compared as a moving one is, and begins before the run ends.
func TestSWAChecks(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), dataset(t, 60, 28)
	got := mnist(t, dir, "resume-check", "--data", set, "--model", "mlp", "--batch", "16", "--swa", "2", "--quiet")
	want := "6 tensors of weights, 6 of their equal average, "
	if got.code != exitOK || !strings.Contains(got.stdout, want) {
		t.Errorf("got %+v\nwant %s", got, want)
	}
	got = mnist(t, dir, "--data", set, "--batch", "20", "--epochs", "4", "--swa", "3", "--steps", "6", "--out", "run")
	want = "swa: got epoch 3, but the run ends after 6 steps, in an earlier epoch\n"
	if got.code == exitOK || !strings.Contains(got.stderr, want) {
		t.Errorf("got %+v\nwant %s", got, want)
	}
	for want, args := range map[string][]string{
		"--swa=3: want an epoch of the run, from 1 to 2": {"compare", "--swa", "3", "--epochs", "2", "--data", set},
		"--swa=7: want an epoch of the run, from 1 to 6": {"resume-check", "--swa", "7", "--data", set},
		"--ema and --swa can't be used together":         {"--swa", "1", "--ema", "0.9", "--data", set},
	} {
		if got := mnist(t, dir, args...); got.code != exitUsage || !strings.Contains(got.stderr, want) {
			t.Errorf("%v: got %+v\nwant %s", args, got, want)
		}
	}
}
