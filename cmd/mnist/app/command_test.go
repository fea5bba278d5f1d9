package app

import (
	"os/exec"
	"testing"

	"anneal/runs"
)

// TestCommandInAShell lets a shell read what commandOf writes.
func TestCommandInAShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh: it needs a POSIX shell in PATH")
	}
	for _, word := range []string{
		"a", "", "it's", `"`, "$HOME", "`ls`", "a b", "*", "StepLR(5, gamma=0.1)",
		"--data=/x y", "~", "#", "a;b", "\\", "ü", "line\nline", "-n", "!", "a=b,c:d@e%f+g",
	} {
		output, err := exec.Command(sh, "-c", "printf '[%s]' "+quote(word)).Output()
		if got, want := string(output), "["+word+"]"; err != nil || got != want {
			t.Errorf("%q is written %s, which the shell reads as %q, %v", word, quote(word), got, err)
		}
	}
	program := asMNIST(t)
	arguments := []string{"--out", "x y", "--lr=0.1", "--resume=z", "it's"}
	if got, want := program.commandOf(arguments), `go run ./cmd/mnist --lr=0.1 'it'\''s'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, c := range []struct {
		epochs    int
		arguments []string
		want      string
	}{
		{10, []string{}, "go run ./cmd/mnist"},
		{20, []string{}, "go run ./cmd/mnist --epochs 20"},
		{3, []string{"train", "--epochs", "3", "--out", "a"}, "go run ./cmd/mnist train --epochs 3"},
		{4, []string{"--epochs=3", "--seed", "2"}, "go run ./cmd/mnist --seed 2 --epochs 4"},
		{4, []string{"compare", "--seed", "2"}, "go run ./cmd/mnist compare --seed 2"},
	} {
		r := &runs.Record{Settings: runs.Settings{Epochs: c.epochs}, Notes: map[string]any{noteArguments: c.arguments}}
		if got := program.repeat(r); got != c.want {
			t.Errorf("%d epochs, %q: got %s, want %s", c.epochs, c.arguments, got, c.want)
		}
	}
}
