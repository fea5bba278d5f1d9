package app

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/longtest"
	"anneal/models"
	"anneal/weights"
)

// spaces are the limits of the address space under which TestLargeImages runs the commands, in kB. Go's runtime alone
// takes more than a million.
var spaces = []string{"2000000", "3000000"}

// limited returns the program in an address space of that many kB.
func limited(t *testing.T, space string, args ...string) *exec.Cmd {
	c := command(t, t.TempDir(), args...)
	inside := exec.CommandContext(t.Context(), "sh",
		append([]string{"-c", `ulimit -v ` + space + `; exec "$0" "$@"`}, c.Args...)...)
	inside.Dir, inside.Env = c.Dir, c.Env
	return inside
}

// hasRoom runs the program in an address space, and reports whether there was room. If not, that is an error
// of one line.
func hasRoom(t *testing.T, space string, args ...string) bool {
	t.Helper()
	c := limited(t, space, args...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	code := c.ProcessState.ExitCode()
	if code != exitOK && code != exitFailed || strings.Count(stderr.String(), "\n") > 4 {
		t.Errorf("%v in %s kB: got code %d, %.600s", args, space, code, &stderr)
	}
	t.Logf("%v in %s kB: got code %d, %.300s", args, space, code, &stderr)
	return code == exitOK
}

// TestLargeImages gives every command, and every network, images that are too large for the memory. Whatever does not
// fit is an error of one line, and never the end of the program by Go's runtime.
func TestLargeImages(t *testing.T) {
	longtest.SkipIfShort(t, "runs all networks on images of 36 megapixels")
	longtest.SkipIfRace(t, "limits the address space")
	const side = 6000
	dir := t.TempDir()
	for part, n := range map[string]int{"train": 2, "t10k": 1} {
		images := filepath.Join(dir, part+"-images-idx3-ubyte")
		head := idx([]int{n, side, side}, nil)
		write(t, images, head)
		if err := os.Truncate(images, int64(len(head)+n*side*side)); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, part+"-labels-idx1-ubyte"), idx([]int{n}, make([]byte, n)))
	}
	network, err := filepath.Abs("../../../deploy/predict/testdata/lenet-bn.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	shape := "1,6000,6000"
	commands := [][]string{
		{"data", "--data", dir, "--quiet"},
		{"eval", "--init", network, "--model", "lenet-bn", "--data", dir},
		{"lrfind", "--model", "resnet8", "--batch", "1", "--data", dir, "--quiet"},
		{
			"compare", "--model", "resnet8,gru-row", "--data", dir, "--batch", "1", "--epochs", "1", "--quiet",
			"--out", "study",
		},
		{"bench", "--model", "resnet8", "--batch", "1", "--shape", shape},
		{"summary", "--model", "vit-tiny", "--batch", "1", "--shape", shape},
	}
	for _, m := range models.All() {
		if !m.Tokens {
			commands = append(commands, []string{
				"--model", m.Name, "--data", dir, "--epochs", "1", "--batch", "1", "--valid", "none", "--quiet",
			})
		}
	}
	failed := 0
	for _, args := range commands {
		for _, space := range spaces {
			if !hasRoom(t, space, args...) {
				failed++
			}
		}
	}
	if failed < len(commands)/2 {
		t.Errorf("%d of %d did not fit: want the images to be too large for most", failed, len(commands)*len(spaces))
	}
}

// TestLargeNetwork gives the commands that use a trained network one of images of 36 megapixels, for which there is no
// room.
func TestLargeNetwork(t *testing.T) {
	longtest.SkipIfShort(t, "loads a network of images of 36 megapixels")
	longtest.SkipIfRace(t, "limits the address space")
	model, err := models.Get("resnet8")
	if err != nil {
		t.Fatal(err)
	}
	params := graph.NewParams(1, tensor.Float32)
	if _, err := graph.Describe(model, params, tensor.Shape{1, 1, 32, 32}); err != nil { // it has as many for any size
		t.Fatal(err)
	}
	network := filepath.Join(t.TempDir(), "large.safetensors")
	facts := map[string]string{weights.DataKey: `{"shape":[1,6000,6000],"classes":10,"mean":0.5,"std":0.5}`}
	if err := weights.SaveWith(network, params, nil, facts); err != nil {
		t.Fatal(err)
	}
	picture, err := filepath.Abs("../../../deploy/predict/testdata/digit.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"predict", picture},
		{"export", "--onnx", "large.onnx"},
		{"serve", "--addr", "localhost:0"},
	} {
		for _, space := range spaces {
			if hasRoom(t, space, append(args, "--init", network, "--model", "resnet8")...) {
				t.Errorf("%s in %s kB: want images that are too large", args[0], space)
			}
		}
	}
}
