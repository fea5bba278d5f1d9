package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

// leak matches what a user of the command need not know: a package's name before its error, or a type of Go.
var leak = regexp.MustCompile(`(^|: |; |\()(anneal/)?(` + strings.Join(packages, "|") + `): ` +
	`|\*?\b(` + strings.Join(packages, "|") +
	`|gorgonia|tensor)\.[A-Z]\w*|\bmap\[\w|\[\]\w+\b|interface ?\{|\bGo (struct|value)`)

// checkMessages reports the errors and warnings in a log that name a package or a type of Go.
func checkMessages(t *testing.T, stderr string) {
	t.Helper()
	for line := range strings.Lines(stderr) {
		if text, ok := strings.CutPrefix(line, "mnist: "); ok || strings.HasPrefix(line, "warning: ") {
			if found := leak.FindString(text); found != "" {
				t.Errorf("got %swhich has %q in it", line, found)
			}
		}
	}
}

// TestMessages runs command lines that are wrong in many places, and looks at what each says.
func TestMessages(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	set := dataset(t, 20, 28)
	lenet := absolute("../../../train/testdata/lenet_init.safetensors")
	dir := t.TempDir()
	if got := mnist(t, dir, "--data", set, "--epochs", "1", "--model", "mlp", "--out", "run",
		"--quiet"); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	write(t, filepath.Join(dir, "text"), []byte("these are not weights, nor a picture, nor anything else"))
	config := strings.Replace(string(content(t, dir, "run", "config.json")), `"epochs": 1`, `"epochs": "one"`, 1)
	if err := os.Mkdir(filepath.Join(dir, "mistyped"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "mistyped", "config.json"), []byte(config))
	study := []string{"compare", "--data", set, "--model", "mlp", "--epochs", "1", "--seed", "1", "--out", "study"}
	if got := mnist(t, dir, study...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--model", "lent"}, "mnist: --model: "},
		{[]string{"--solver", "Foo(1)"}, `mnist: --solver "Foo(1)": column 1: there is no solver "Foo"; there are SGD, `},
		{[]string{"--solver", "SGD(lr=-0.1)"}, "mnist: --solver"},
		{[]string{"--solver", "SGD(lr=0.1"}, "mnist: --solver"},
		{[]string{"--schedule", "StepLR(-5)"}, "mnist: --schedule"},
		{[]string{"--schedule", "StepLR(5, gama=0.1)"}, "mnist: --schedule"},
		{[]string{"--augment", "GaussianNoise(sigma=-1)"}, "mnist: --augment"},
		{[]string{"--group", "conv*"}, "mnist: --group"},
		{[]string{"--group", "conv*: schedule=StepRL(5)"}, "mnist: --group"},
		{[]string{"--min-delta", "0.1"}, "mnist: --min-delta needs --patience (see mnist train --help)\n"},
		{[]string{"--init", ""}, "mnist: --init is empty: give it FILE, or leave the flag out (see mnist train --help)\n"},
		{[]string{"compare", "--setting", "a: Foo"}, "mnist: --setting"},
		{[]string{"compare", "--print"}, "mnist: --print needs --preset or --file (see mnist compare --help)\n"},
		{[]string{"compare", "--seed", "1,1"}, "mnist: "},
		{append(study, "--batch", "32"), "mnist: study holds another study: "},
		{[]string{"tarin"}, `mnist: there is no command "tarin": want one of train, eval, models, `},
		{[]string{"--data", set, "--freeze", "xyz"}, `mnist: freeze "xyz" matches no parameter; there are conv1.weight, `},
		{[]string{"--data", set, "--init", lenet, "--model", "mlp"}, "mnist: "},
		{[]string{"--data", set, "--init", "text"}, "mnist: load: text: "},
		{[]string{"--data", set, "--init", "nowhere"}, "mnist: "},
		{[]string{"--data", dataset(t, 20, 10)}, "mnist: "},
		{[]string{"--data", set, "--model", "mlp-bn", "--batch", "19"}, "mnist: "},
		{
			[]string{"--data", set, "--model", "lenet", "--solver", "SGD(lr=1.0, weight_decay=1e30)", "--out", "wild"},
			"mnist: ",
		},
		{[]string{"--data", set, "--out", "run"}, "mnist: run holds files already: use a new or an empty folder"},
		{[]string{"--resume", "nowhere"}, "mnist: not the folder of a run: "},
		{[]string{"--resume", "mistyped"}, "mnist: "},
		{[]string{"--resume", "run", "--seed", "7"}, "mnist: "},
		{[]string{"report", "nowhere"}, "mnist: not the folder of a run: "},
		{[]string{"report", "mistyped"}, "mnist: "},
		{[]string{"inspect", "text"}, "mnist: text: "},
		{[]string{"predict", "--init", "run/final.safetensors", "text"}, "mnist: text: unknown format"},
		{[]string{"predict", "--init", lenet, "text"}, "mnist: "},
		{[]string{"predict", "--init", "run/final.safetensors", "--model", "lenet", "text"}, "mnist: "},
		{[]string{"export", "--init", "run/final.safetensors", "--onnx", "nowhere/x"}, "mnist: "},
		{
			[]string{"recalibrate", "--init", "run/final.safetensors", "--out", "x", "--data", set, "--quiet"},
			"mnist: recalibrate: the model has no BatchNorm",
		},
		{[]string{"serve", "--init", "run/final.safetensors", "--addr", "nowhere:x"}, "mnist: --addr nowhere:x: "},
		{[]string{"summary", "--shape", "1,8,8"}, "mnist: "},
		{[]string{"schedule", "ReduceLROnPlateau(min_lr=[0.1, 0.2])"}, "mnist: ReduceLROnPlateau: min_lr has 2 rates"},
		{[]string{"schedule", "StepLR(5)", "--plot", "a.pdf"}, "mnist: --plot: a.pdf: "},
		{[]string{"bench", "--batch", "1", "--model", "mlp-bn", "--mode", "train"}, "mnist: "},
	} {
		args := c.args
		if args[0] == "--data" || args[0] == "--resume" || args[0] == "compare" {
			args = append(slices.Clone(args), "--quiet")
		}
		got := mnist(t, dir, args...)
		if got.code == exitOK || !strings.HasPrefix(got.stderr, c.want) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q: got %+v, want one line that begins with %s", args, got, c.want)
		}
		if testing.Verbose() {
			t.Logf("%q\n%s", args, got.stderr)
		}
	}
}

// TestMessage has wrapped and joined errors lose the names of packages, each where it begins with one, and nothing
// else.
func TestMessage(t *testing.T) {
	cause := errors.New("solvers: no such thing")
	var mistyped struct{ Epochs struct{ Last []int } }
	for _, c := range []struct {
		err  error
		want string
	}{
		{cause, "no such thing"},
		{fmt.Errorf("train: step 3: %w", cause), "step 3: no such thing"},
		{fmt.Errorf("train: %s: %w", "train", cause), "train: no such thing"}, // a folder of that name
		{fmt.Errorf("the data: %w", cause), "the data: no such thing"},
		{fmt.Errorf("study: %w, and %w", cause, errors.New("graph: b")), "no such thing, and b"},
		{errors.Join(cause, errors.New("report: x")), "no such thing; x"},
		{
			fmt.Errorf("train: config.json: %w", json.Unmarshal([]byte(`{"epochs": {"last": 5}}`), &mistyped)),
			`config.json: "Epochs.Last": got a JSON number, want a list`,
		},
		{json.Unmarshal([]byte(`[]`), &mistyped), "got a JSON array, want an object"},
	} {
		if got := message(c.err); got != c.want {
			t.Errorf("%v: got %q, want %q", c.err, got, c.want)
		}
	}
}

// The list of packages has all whose errors begin with their name. Kernels only panic.
func TestPackages(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			if err == nil && filepath.Ext(path) == ".go" && !strings.HasSuffix(path, "_test.go") {
				source, err := os.ReadFile(path)
				name := filepath.Base(filepath.Dir(path))
				if err != nil || strings.Contains(string(source), `("`+name+`: `) && !slices.Contains(packages, name) {
					t.Errorf("%s: %v, or its package is not in the list", path, err)
				}
			}
			return err
		}
		if name := d.Name(); name == "testdata" || name == "kernels" || name != ".." && strings.HasPrefix(name, ".") {
			return filepath.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Kernels that the environment asks for and that there are not are refused before anything else happens.
func TestKernelsOfEnvironment(t *testing.T) {
	c := command(t, t.TempDir(), "models")
	c.Env = append(c.Env, "ANNEAL_KERNELS=nonsense")
	want := `mnist: ANNEAL_KERNELS: got "nonsense", want generic`
	if got := finish(t, c); got.code != exitUsage || got.stdout != "" || !strings.HasPrefix(got.stderr, want) {
		t.Errorf("got %+v, want code %d and %s", got, exitUsage, want)
	}
}
