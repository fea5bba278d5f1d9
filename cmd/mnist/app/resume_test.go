package app

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

// TestResume stops a run with every kind of setting by its number of epochs, and lets --resume find them all in
// config.json.
func TestResume(t *testing.T) {
	dir, set := t.TempDir(), dataset(t, 150, 28)
	settings := []string{
		"--data", set, "--model", "mlp-bn", "--train-limit", "130", "--batch", "32", "--seed", "7", "--no-shuffle",
		"--best", "loss", "--choose-by", "test",
		"--solver", "AdamW(lr=1e-3, weight_decay=0.1)", "--schedule", "CosineAnnealingLR(T_max=20)",
		"--interval", "step", "--augment", "RandomErasing()",
		"--group", "fc1*: lr=0.5, schedule=StepLR(3)", "--group", "fc2.*: weight_decay=0", "--freeze", "fc3.bias",
		"--clip-norm", "2", "--clip-value", "0.25", "--layer-decay", "0.9", "--no-decay-norm-bias",
		"--log-every", "1", "--quiet",
		"--accumulate", "2", "--label-smoothing", "0.1", "--ema", "0.9", "--patience", "4", "--min-delta", "0.001",
	}
	at := func(out, epochs string) []string {
		return append([]string{"--out", out, "--epochs", epochs}, settings...)
	}
	for _, args := range [][]string{at("alone", "4"), at("run", "2"), {"--resume", "run", "--epochs", "4", "--quiet"}} {
		if got := mnist(t, dir, args...); got.code != exitOK {
			t.Fatalf("%v: got %+v", args, got)
		}
	}
	for _, name := range []string{"final.safetensors", "ema.safetensors", "last.safetensors", "metrics.jsonl"} {
		a, b := seconds.ReplaceAll(content(t, dir, "run", name), nil), seconds.ReplaceAll(content(t, dir, "alone", name), nil)
		if !bytes.Equal(a, b) {
			t.Errorf("%s is not that of a run that was never stopped", name)
		}
	}
	var config struct{ Epochs int }
	if err := json.Unmarshal(content(t, dir, "run", "config.json"), &config); err != nil || config.Epochs != 4 {
		t.Errorf("got config %+v, %v", config, err)
	}

	got := mnist(t, dir, "--resume", "run", "--log-every", "5")
	for _, want := range []string{
		"\ncontinuing after step 12\n",
		"\nchanged since the run began: log_every 1 → 5; from here on metrics.jsonl has steps at this interval\n",
	} {
		if got.code != exitOK || !strings.Contains(got.stderr, want) {
			t.Errorf("got %+v\nwant %s", got, want)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "damaged"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "damaged", "config.json"), []byte(`{"model"`))
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"--resume", "run", "--batch", "16"}, exitFailed, []string{"batch is 16 and was 32"}},
		{
			[]string{"--resume", "run", "--seed", "1", "--model", "mlp"},
			exitFailed,
			[]string{`model is "mlp" and was "mlp-bn"`, "seed is 1 and was 7"},
		},
		{[]string{"--resume", "run", "--epochs", "3"}, exitFailed, []string{"epochs is 3 and was 4"}},
		{[]string{"--resume", "run", "--data", dataset(t, 140, 28)}, exitFailed, []string{"test is", `"samples":140`}},
		{[]string{"--resume", "nowhere"}, exitFailed, []string{"nowhere", "not the folder of a run"}},
		{[]string{"--resume", "damaged"}, exitFailed, []string{"config.json", "JSON"}},
		{[]string{"--resume", "run", "--out", "other"}, exitUsage, []string{"--out"}},
		{[]string{"--resume", "run", "--init", "x"}, exitUsage, []string{"--init"}},
		{[]string{"--init-only", "conv*"}, exitUsage, []string{"--init"}},
		{[]string{"--min-delta", "0.1"}, exitUsage, []string{"--min-delta", "--patience"}},
		{[]string{"--resume", "run", "--patience", "5"}, exitFailed, []string{"patience is 5 and was 4"}},
	} {
		got := mnist(t, dir, append(c.args, "--quiet")...)
		if got.code != c.code || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%v: got %+v, want code %d and one line on stderr", c.args, got, c.code)
		}
		for _, part := range c.want {
			if !strings.Contains(got.stderr, part) {
				t.Errorf("%v: got %swant %s in it", c.args, got.stderr, part)
			}
		}
	}
}

// TestResumeElsewhere moves a checkout with a data set and a run to another place, as a copy to another machine does,
// and resumes the run from there. It ends as one that stayed where it was.
func TestResumeElsewhere(t *testing.T) {
	dir, set := t.TempDir(), dataset(t, 60, 28)
	in := func(names ...string) string { return filepath.Join(append([]string{dir}, names...)...) }
	if err := os.CopyFS(in("old", "sets", "mine"), os.DirFS(set)); err != nil {
		t.Fatal(err)
	}
	settings := []string{"--model", "mlp", "--batch", "20", "--schedule", "none", "--quiet", "--data", "sets/mine"}
	for out, epochs := range map[string]string{"alone": "2", "run": "1"} {
		args := append([]string{"--out", filepath.Join("runs", out), "--epochs", epochs}, settings...)
		if got := mnist(t, in("old"), args...); got.code != exitOK {
			t.Fatalf("%v: got %+v", args, got)
		}
	}
	if err := os.Rename(in("old"), in("new")); err != nil {
		t.Fatal(err)
	}
	// Of that name, too, and nearer: but of other images.
	if err := os.CopyFS(in("sets", "mine"), os.DirFS(dataset(t, 50, 28))); err != nil {
		t.Fatal(err)
	}
	resume := []string{"--resume", "new/runs/run", "--epochs", "2", "--quiet"}
	if got := mnist(t, dir, resume...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	runs := in("new", "runs")
	if !bytes.Equal(content(t, runs, "run", "final.safetensors"), content(t, runs, "alone", "final.safetensors")) {
		t.Error("the weights are not those of a run that was never moved")
	}
	if err := os.Rename(in("new", "sets"), in("new", "elsewhere")); err != nil {
		t.Fatal(err)
	}
	if got := mnist(t, dir, resume...); got.code != exitFailed ||
		!strings.Contains(got.stderr, "has the same images: --data DIR names their folder") {
		t.Errorf("the data set is nowhere: got %+v", got)
	}
	if got := mnist(t, dir, append(resume, "--data", "new/elsewhere/mine")...); got.code != exitOK {
		t.Errorf("the data set is named: got %+v", got)
	}
}

func TestResumeCheck(t *testing.T) {
	got := mnist(t, t.TempDir(), "resume-check", "--data", dataset(t, 100, 28), "--solver", "NAdam(lr=1e-3)",
		"--augment", "GaussianNoise()", "--quiet", "--batch", "32")
	want := "same bits: 24 steps at once, and stopped and resumed after steps 4 8 16: 18 tensors of weights, "
	if got.code != exitOK || !strings.HasPrefix(got.stdout, want) || got.stderr != "" {
		t.Errorf("got %+v\nwant %s", got, want)
	}
	got = mnist(t, t.TempDir(), "resume-check", "--data", dataset(t, 100, 28), "--model", "mlp", "--quiet",
		"--batch", "16",
		"--accumulate", "3", "--ema", "0.9", "--label-smoothing", "0.1", "--patience", "2", "--min-delta", "0.5",
		"--best", "loss")
	if want := ` steps at once, and stopped and resumed after steps .* 6 tensors of weights, 6 of their moving ` +
		`average, 12 of the solver's state`; got.code != exitOK || !regexp.MustCompile(want).MatchString(got.stdout) {
		t.Errorf("got %+v\nwant %s", got, want)
	}
	if got := mnist(t, t.TempDir(), "resume-check", "--resume", "x"); got.code != exitUsage {
		t.Errorf("got %+v", got)
	}
}

// The help of a command has the defaults of that command.
func TestHelpHasDefaults(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	for command, want := range map[string]string{
		"train":        "--epochs=10 ",
		"compare":      "--epochs=10 ",
		"resume-check": "--epochs=6 ",
	} {
		if got := mnist(t, t.TempDir(), command, "--help"); got.code != exitOK || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: got %+v\nwant %s", command, got, want)
		}
	}
}

// TestFineTune takes the convolutions of one run into a model with another last layer.
func TestFineTune(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), dataset(t, 60, 28)
	if got := mnist(t, dir, "--data", set, "--epochs", "1", "--out", "first", "--quiet"); got.code != exitOK {
		t.Fatal(got)
	}
	got := mnist(t, dir, "--data", set, "--epochs", "1", "--out", "second", "--init", "first/final.safetensors",
		"--init-only", "conv*", "--reinit", "conv2_bn.*", "--freeze", "conv*")
	for _, want := range []string{
		"loaded from first/final.safetensors: conv1.weight conv1.bias conv1_bn.weight",
		"newly initialised: conv2_bn.weight", "not loaded: fc1.weight fc1.bias fc2.weight fc2.bias",
		"frozen: conv1.weight",
	} {
		if got.code != exitOK || !strings.Contains(got.stderr, want) {
			t.Errorf("got %+v\nwant %s", got, want)
		}
	}
}

// TestSavedModel gives a run's model to each command that takes one.
func TestSavedModel(t *testing.T) {
	longtest.SkipIfShort(t, "evaluates on all test images four times")
	dir := t.TempDir()
	if got := mnist(t, dir, "--train-limit", "640", "--epochs", "1", "--out", "run", "--quiet",
		"--ema", "0.9", "--best", "accuracy"); got.code != exitOK {
		t.Fatal(got)
	}
	picture, err := filepath.Abs("../../../deploy/predict/testdata/digit.png")
	if err != nil {
		t.Fatal(err)
	}
	trained, err := filepath.Abs("../../../deploy/predict/testdata/lenet-bn.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{
			[]string{"inspect", "run/last.safetensors"},
			`(?s)^run/last.safetensors: safetensors, checksum right: SHA-256 [0-9a-f]{64}\ncheckpoint after step 10: epoch ` +
				`2, batch 0; 1 epoch .*"model": "lenet-bn".* fc1.bias +F32 +\[50\] .*\n +moving average +type ` +
				`.*anneal/ema/conv1_bn.running_mean .*anneal/solver/momentum_buffer/fc1.bias`,
		},
		{
			[]string{"inspect", "../../../internal/torchfile/testdata/model.pt"},
			`(?s)^\S+model.pt: PyTorch, no checksum\n.* conv.weight +F32 +\[2 1 3 3\]`,
		},
		{[]string{"eval", "--init", "run/best.safetensors", "--quiet"}, `^test loss \d`},
		{[]string{"eval", "--init", "run/ema.safetensors", "--quiet"}, `^test loss \d`},
		{
			[]string{"eval", "--init", trained, "--model", "lenet-bn", "--per-class", "--quiet"},
			`(?s)^test loss \S+, test accuracy \S+% \(\d+/10000\)\n\nclass  precision  recall  as 0  as 1 .*  as 9\n    0  ` +
				`   0\.9\d{3}  0\.9\d{3}   9\d\d .*\n    9     0\.\d{4}  0\.\d{4} .*   9\d\d\n$`,
		},
		{
			[]string{"export", "--init", "run/final.safetensors", "--onnx", "plain.onnx"},
			`^plain.onnx: lenet-bn, \d+ bytes\n$`,
		},
		{
			[]string{"export", "--init", "run/final.safetensors", "--onnx", "folded.onnx", "--fold", "--quiet"},
			`^folding changes the logits of the 10000 test images by at most \S+e-0[5-7]\nfolded.onnx: lenet-bn`,
		},
		{
			[]string{"predict", "--init", trained, "--model", "lenet-bn", picture, picture},
			`^ *picture  digit +P\(0\).*P\(9\)\n\S+digit.png +7 +0\.\d{4}.*\n\S+digit.png +7 +0.*\n$`,
		},
		{
			[]string{"predict", "--init", trained, "--model", "lenet-bn", "--json", picture},
			`^\{"picture":"\S+digit.png","digit":7,"probabilities":\[\S+\]\}\n$`,
		},
	} {
		for i, a := range c.args {
			if strings.HasPrefix(a, "../") {
				if c.args[i], err = filepath.Abs(a); err != nil {
					t.Fatal(err)
				}
			}
		}
		got := mnist(t, dir, c.args...)
		if got.code != exitOK || !regexp.MustCompile(c.want).MatchString(got.stdout) {
			t.Errorf("%v: got %+v\nwant %s", c.args, got, c.want)
		}
	}
	if onnx := content(t, dir, "plain.onnx"); !bytes.Contains(onnx, []byte("(pixel - 0.1307)/0.3081")) {
		t.Error("the ONNX file does not say how pixels are normalised")
	}

	damaged := content(t, dir, "run", "last.safetensors")
	damaged[len(damaged)/2] ^= 4
	write(t, filepath.Join(dir, "damaged.safetensors"), damaged)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"inspect", "damaged.safetensors"}, "damaged.safetensors: checksum: "},
		{[]string{"predict", "--init", "damaged.safetensors", picture}, "damaged.safetensors: checksum: "},
		{[]string{"predict", "--init", trained, picture}, "give it with --model"},
		{[]string{"predict", "--init", "run/last.safetensors", "nowhere.png"}, "nowhere.png"},
		{
			[]string{"predict", "--init", "run/last.safetensors", "run/config.json"},
			`mnist: run/config.json: JSON: unknown key "batch": want {"pixels": [784 numbers]}`,
		},
		{[]string{"predict", "--init", "run/last.safetensors", "--model", "mlp", picture}, "does not fit the model"},
		{[]string{"export", "--init", "run/last.safetensors", "--onnx", "nowhere/x.onnx"}, "nowhere/x.onnx"},
		{[]string{"serve", "--init", "run/last.safetensors", "--addr", "nowhere:x"}, "--addr nowhere:x: "},
	} {
		got := mnist(t, dir, c.args...)
		if got.code != exitFailed || !strings.Contains(got.stderr, c.want) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%v: got %+v\nwant %s", c.args, got, c.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a folder has been made")
	}
}
