package app

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

// idx returns an IDX file of bytes.
func idx(dims []int, content []byte) []byte {
	b := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	return append(b, content...)
}

// dataset writes a folder of n training and n test images of size x size in 10 classes, in which class c has row c
// bright.
func dataset(t *testing.T, n, size int) string {
	t.Helper()
	dir := t.TempDir()
	images, labels := make([]byte, n*size*size), make([]byte, n)
	for i := range n {
		labels[i] = byte(i % 10)
		row := images[i*size*size+i%10*size:]
		copy(row, bytes.Repeat([]byte{200}, size))
	}
	for _, part := range []string{"train", "t10k"} {
		write(t, filepath.Join(dir, part+"-images-idx3-ubyte"), idx([]int{n, size, size}, images))
		write(t, filepath.Join(dir, part+"-labels-idx1-ubyte"), idx([]int{n}, labels))
	}
	return dir
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// damaged returns the folder of a data set whose training images have gone through change.
func damaged(t *testing.T, change func([]byte) []byte) string {
	t.Helper()
	dir := dataset(t, 20, 28)
	path := filepath.Join(dir, "train-images-idx3-ubyte")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, change(content))
	return dir
}

// TestErrors checks that everything a user can get wrong ends in one line on stderr that says so, with its exit code,
// and leaves no folder.
func TestErrors(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	good := dataset(t, 20, 28)
	truncated := damaged(t, func(b []byte) []byte { return b[:len(b)-100] })
	corrupt := damaged(t, func(b []byte) []byte { b[2] = 0x0d; return b })
	weights := filepath.Join("..", "..", "..", "train", "testdata", "lenet_init.safetensors")
	lenet, err := filepath.Abs(weights)
	if err != nil {
		t.Fatal(err)
	}
	notWeights := filepath.Join(t.TempDir(), "text.safetensors")
	write(t, notWeights, []byte("these are not weights"))

	for _, c := range []struct {
		name string
		code int
		args []string
		want []string
	}{
		{"truncated data", 1, []string{"--data", truncated}, []string{"train-images-idx3-ubyte", "15680"}},
		{"corrupt data", 1, []string{"--data", corrupt}, []string{"train-images-idx3-ubyte", "0x0d", "0x08"}},
		{"missing folder", 1, []string{"--data", "nowhere"}, []string{"nowhere", "t10k-labels-idx1-ubyte"}},
		{"small images", 1, []string{"--data", dataset(t, 20, 10)}, []string{"[20 1 10 10]", "conv2"}},
		{"missing weights", 1, []string{"--data", good, "--init", "nowhere.safetensors"}, []string{"nowhere.safetensors"}},
		{"not weights", 1, []string{"--data", good, "--init", notWeights}, []string{notWeights, "not a safetensors file"}},
		{"weights of another model", 1, []string{"--data", good, "--model", "mlp", "--init", lenet}, []string{
			lenet, "fc1.weight has shape [50 320], want [300 784]", "fc3.weight [10 100] is missing",
			"conv1.weight [10 1 5 5] is not in the model",
		}},
		{
			"last batch of one",
			1,
			[]string{"--data", good, "--model", "mlp-bn", "--batch", "19"},
			[]string{"fc1_bn", "batches of 19 and a last one of 1"},
		},
		{"divergence", 1, []string{
			"--data", good, "--model", "lenet", "--solver", "SGD(lr=1.0, weight_decay=1e30)",
			"--batch", "5", "--out", "diverged",
		}, []string{
			"epoch 1, step 2, lr 1: ", "last finite loss 2.",
		}},
		{
			"eval without weights",
			1,
			[]string{"eval", "--data", good, "--init", "nowhere.safetensors"},
			[]string{"nowhere.safetensors"},
		},

		{"unknown model", 2, []string{"--model", "lent"}, []string{
			"--model", `"lent"`, "gru-row, lenet, lenet-bn, lstm-row, mlp",
		}},
		{"unknown solver", 2, []string{"--solver", "SDG(lr=0.1)"}, []string{"--solver", "SDG", "SGD"}},
		{
			"unknown solver key",
			2,
			[]string{"--solver", "SGD(lr=0.1, momentun=0.9)"},
			[]string{"--solver", "momentun", "momentum"},
		},
		{"negative rate", 2, []string{"--solver", "SGD(lr=-0.1)"}, []string{"--solver", "lr", "-0.1"}},
		{"unknown schedule", 2, []string{"--schedule", "StepRL(5)"}, []string{"--schedule", "StepRL", "StepLR"}},
		{"unknown schedule key", 2, []string{"--schedule", "StepLR(step=5)"}, []string{"--schedule", "step", "step_size"}},
		{"negative step size", 2, []string{"--schedule", "StepLR(-5)"}, []string{"--schedule", "step_size is -5"}},
		{"negative batch", 2, []string{"--batch", "-1"}, []string{"--batch", "-1", "at least 1"}},
		{"zero epochs", 2, []string{"--epochs=0"}, []string{"--epochs", "0", "at least 1"}},
		{"negative seed", 2, []string{"--seed", "-1"}, []string{"--seed", "-1"}},
		{"interval", 2, []string{"--interval", "week"}, []string{"--interval", "week", "epoch", "step"}},
		{"log format", 2, []string{"--log-format", "xml"}, []string{"--log-format", "text", "json"}},
		{"unknown flag", 2, []string{"--epoch", "1"}, []string{"--epoch", "--epochs"}},
		{"unknown command", 2, []string{"tarin"}, []string{"tarin"}},
		{"no weights", 2, []string{"eval"}, []string{"--init"}},
		{"empty weights", 2, []string{"--init", ""}, []string{"--init", "empty", "FILE"}},
		{"empty weights to evaluate", 2, []string{"eval", "--init="}, []string{"--init", "empty"}},
		{"empty pattern", 2, []string{"--freeze", ""}, []string{"--freeze", "empty", "PATTERN"}},
		{"missing argument", 2, []string{"schedule"}, []string{"missing argument: <spec> ..."}},
		{"empty data", 2, []string{"--data="}, []string{"--data", "empty", "DIR"}},
		{"empty run", 2, []string{"--resume", ""}, []string{"--resume", "empty", "DIR"}},
		{"empty comparison", 2, []string{"lrfind", "--compare", ""}, []string{"--compare", "empty", "NAME"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := c.args
			if c.code == 1 {
				args = append(args, "--quiet")
			}
			got := mnist(t, dir, args...)
			if got.code != c.code || got.stdout != "" || !strings.HasPrefix(got.stderr, "mnist: ") ||
				strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("got code %d, stdout %q, stderr %q, want code %d and one line on stderr", got.code, got.stdout,
					got.stderr, c.code)
			}
			for _, part := range c.want {
				if !strings.Contains(got.stderr, part) {
					t.Errorf("got %swant %s in it", got.stderr, part)
				}
			}
			if c.name == "divergence" {
				if _, err := os.Stat(filepath.Join(dir, "diverged", "final.safetensors")); err == nil {
					t.Error("the run that diverged left weights")
				}
				return
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("%v, %v is left behind", err, left)
			}
		})
	}
}

func TestUsedFolder(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir := t.TempDir()
	args := []string{"--data", dataset(t, 20, 28), "--epochs", "1", "--model", "mlp", "--out", "run", "--quiet"}
	if got := mnist(t, dir, args...); got.code != 0 {
		t.Fatal(got)
	}
	if got := mnist(t, dir, args...); got.code != 1 || !strings.Contains(got.stderr, "run holds files already") {
		t.Errorf("a second run in the folder: %+v", got)
	}
}
