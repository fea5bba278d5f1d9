package app

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/models"
)

// spaces are the limits of the address space under which TestLargeImages runs the commands, in kB. Go's runtime alone
// takes more than a million.
var spaces = []string{"2000000", "3000000"}

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
			c := command(t, t.TempDir(), args...)
			limit := []string{"-c", `ulimit -v ` + space + `; exec "$0" "$@"`}
			limited := exec.CommandContext(t.Context(), "sh", append(limit, c.Args...)...)
			limited.Dir, limited.Env = c.Dir, c.Env
			var stderr bytes.Buffer
			limited.Stderr = &stderr
			if err := limited.Run(); err != nil && limited.ProcessState == nil {
				t.Fatal(err)
			}
			code := limited.ProcessState.ExitCode()
			if code != exitOK {
				failed++
			}
			if code != exitOK && code != exitFailed || strings.Count(stderr.String(), "\n") > 4 {
				t.Errorf("%v in %s kB: got code %d, %.600s", args, space, code, &stderr)
			}
			t.Logf("%v in %s kB: got code %d, %.300s", args, space, code, &stderr)
		}
	}
	if failed < len(commands)/2 {
		t.Errorf("%d of %d did not fit: want the images to be too large for most", failed, len(commands)*len(spaces))
	}
}
