package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"anneal/cmd/mnist/app"
)

// TestMain makes the test's own binary the program, for tests that start it.
func TestMain(m *testing.M) {
	if os.Getenv("AS_PROGRAM") != "" {
		main()
	}
	os.Exit(m.Run())
}

// pets runs the program in dir, and wants texts in what it prints.
func pets(t *testing.T, dir, line string, want ...string) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program, strings.Fields(line)...)
	c.Dir, c.Env = dir, append(os.Environ(), "AS_PROGRAM=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("pets %s: %v\n%s", line, err, out)
	}
	for _, text := range want {
		if !strings.Contains(string(out)+strings.Join(strings.Fields(string(out)), " "), text) { // help has broken lines
			t.Errorf("pets %s: %q is not in\n%s", line, text, out)
		}
	}
}

func TestCommands(t *testing.T) {
	dir := t.TempDir()
	picture := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		picture.Set(i%8, i/8, color.RGBA{40, 210, 40, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "dog.png"), b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	pets(t, dir, "models", "pets            a convolution, for pictures of stripes", "slope ", "lenet ")
	pets(t, dir, "train --help", "Usage: pets train", "Of this program: planes, numbers to learn from 4 others; stripes,",
		"Default: stripes.", "models command. Default: pets.")
	pets(t, dir, "data", "cat                    16        4\n", "all                    48       12\n")
	pets(t, dir, "summary", "pets", "conv")
	pets(t, dir, "bench --batch 8 --seconds 0.01", "pets")
	pets(t, dir, "lrfind --batch 16 --steps 20 --try-steps 8 --seeds 1 --from 0.001 --to 1 --valid 6 --plot a.png "+
		"--sample balanced --augment RandomHorizontalFlip() --label-smoothing 0.1 --workers 1 --ahead 3", "pets: ")

	pets(t, dir, "train --epochs 2 --batch 16 --out run",
		"48 training and 12 test images of 3x8x8 in 3 classes, from stripes", "report: "+filepath.Join("run", "report.html"))
	record(t, dir, "run", map[string]any{"data": "stripes"}, "pets")
	pets(t, dir, "train --resume run --epochs 3", "Epoch 3: ")
	pets(t, dir, "eval --init run/final.safetensors --per-class", "as fox", "test accuracy", "from stripes")
	pets(t, dir, "inspect run/final.safetensors", "conv.weight")
	pets(t, dir, "predict --init run/final.safetensors dog.png", "dog.png", "P(fox)")
	pets(t, dir, "export --init run/final.safetensors --onnx a.onnx --fold", "a.onnx: pets, ")
	pets(t, dir, "recalibrate --init run/final.safetensors --out exact.safetensors", "exact.safetensors: pets, ")
	pets(t, dir, "resume-check --epochs 2 --batch 16", "same bits")
	pets(t, dir, "compare --seed 1 --batch 16,32 --epochs 1", "best: pets, ")
	pets(t, dir, "report runs/compare --out all.html", "drawn in all.html")

	pets(t, dir, "train --model slope --data planes?length=80 --epochs 1 --batch 16 --out plane",
		"80 training and 10 test samples", "test mae")
	record(t, dir, "plane", map[string]any{"data": "planes", "data_options": "length=80"}, "slope")
	pets(t, dir, "eval --init plane/final.safetensors", "test r2", "80 training and 10 test samples")
	pets(t, dir, "recalibrate --init plane/final.safetensors --out b.safetensors",
		"statistics  test loss\n", "b.safetensors: slope, statistics of 1 BatchNorm over 80 samples\n")
	pets(t, dir, "train --resume plane --epochs 2", "Epoch 2: ")
	pets(t, dir, "train --model slope --data planes --valid 0.2 --epochs 1 --out other", "40 training")
}

// record wants notes in the record of a run, a command that begins with this program, and the model's name.
func record(t *testing.T, dir, run string, notes map[string]any, model string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, run, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Model string
		Notes map[string]any
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range notes {
		if got.Notes[key] != want {
			t.Errorf("%s: note %s is %v, want %v", run, key, got.Notes[key], want)
		}
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if command, _ := got.Notes["command"].(string); got.Model != model || !strings.HasPrefix(command, program+" train ") {
		t.Errorf("%s: got model %s and command %s, want %s and one that begins with %s",
			run, got.Model, command, model, program)
	}
}

// Run says what is wrong with a command line and with options, in the program's name.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		line    string
		options []app.Option
		code    int
		want    string
	}{
		{"train --data nowhere", nil, 1, "pets: data nowhere: there is no such folder, nor a data set of that name: want a " +
			"folder, a file, or one of planes, stripes\n"},
		{"tarin", nil, 2, `pets: there is no command "tarin": want one of train, `},
		{"train --epochs x", nil, 2, "(see pets train --help)\n"},
		{"train --model cats", nil, 2, `there is no model "cats": want one of autoencoder, `},
		{
			"train --data planes?target=y", nil, 1,
			"there is no option target for the data set planes: want one of test, test_seed, length",
		},
		{"train --data planes?test=0.1", nil, 1, "options test and test_seed: the set has a test part"},
		{"train --data planes", nil, 1, "pets tells classes apart, and the data has none"},
		{"models", []app.Option{app.Model("lenet", "mine", Pets)}, 2, `pets: register: there is a model "lenet" already`},
		{"models", []app.Option{app.Model("a b", "mine", Pets)}, 2, `pets: register: name "a b": want letters, `},
		{"models", []app.Option{app.Model("cat", "", Pets)}, 2, `pets: register cat: about is "": want one line`},
		{"models", []app.Option{app.Model("cat", "a cat", nil)}, 2, "pets: register cat: want a function that draws"},
		{
			"models",
			[]app.Option{app.Data("stripes", "again", stripes)},
			2,
			`pets: register: there is a data set "stripes" already`,
		},
		{"models", []app.Option{app.Data("cats", "none", nil)}, 2, "pets: register cats: want a function that loads"},
		{"models", []app.Option{app.DefaultModel("cats")}, 2, `pets: default model: there is no model "cats"`},
		{
			"models",
			[]app.Option{app.DefaultData("cats?colour=1")},
			2,
			`pets: default data: data cats: there is no option "colour"`,
		},
		{"models", []app.Option{app.DefaultShape(3, 0, 8)}, 2, "pets: default shape: got 3,0,8, want"},
	} {
		var out, errs bytes.Buffer
		code := app.Run(t.Context(), strings.Fields(c.line), &out, &errs, append(options, c.options...)...)
		if code != c.code || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: got code %d and %s, want %d and %s", c.line, code, &errs, c.code, c.want)
		}
	}
}
