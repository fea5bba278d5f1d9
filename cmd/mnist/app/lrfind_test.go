package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

func TestLRFind(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), dataset(t, 60, 28)
	args := []string{
		"lrfind", "--data", set, "--compare", "mlp,mlp-bn", "--batch", "10", "--steps", "40", "--try-steps", "10",
		"--to", "1000",
		"--group", "*.bias: lr=0.5", "--clip-norm", "100",
	}
	first := mnist(t, dir, args...)
	if first.code != 0 || !strings.HasSuffix(first.stderr, "drawn in lrfind.png\n") {
		t.Fatalf("got %+v", first)
	}
	var rows []string
	for line := range strings.Lines(first.stdout) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		rows = append(rows, strings.Join(fields, " "))
	}
	if rows[1] != "rate mlp mlp-bn" {
		t.Errorf("got table\n%s", first.stdout)
	}
	for _, want := range []string{
		"recommended", "largest usable", "loss diverges at", "\nmlp: --solver 'SGD(lr=", "\nmlp-bn: --solver 'SGD(lr=",
		"for one cycle add --schedule 'OneCycleLR(max_lr=",
	} {
		if !strings.Contains(first.stdout, want) {
			t.Errorf("got table\n%s\nwant %s in it", first.stdout, want)
		}
	}
	before := content(t, dir, "lrfind.png")
	second := mnist(t, dir, append(args, "--quiet")...)
	if second.code != 0 || second.stderr != "" || second.stdout != first.stdout {
		t.Errorf("the same again: got %+v, want %s", second, first.stdout)
	}
	if string(content(t, dir, "lrfind.png")) != string(before) {
		t.Error("the first plot is overwritten")
	}
	if _, err := os.Stat(filepath.Join(dir, "lrfind-2.png")); err != nil {
		t.Error(err)
	}
	if got := mnist(t, dir, append(args, "--plot", "l.svg")...); got.code != 0 ||
		!strings.Contains(string(content(t, dir, "l.svg")), "mlp-bn") {
		t.Errorf("got %+v", got)
	}
}

// TestLRFindNothing says what to do where no rate trains, and where the best may lie outside the rates that were tried.
func TestLRFindNothing(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	set := dataset(t, 60, 28)
	for rates, want := range map[string]string{
		"--from 1e-9 --to 1e-8": "mlp: no rate from 1e-09 to 1e-08 trained it in 30 steps: its loss is " +
			"that of a guess",
		"--from 1e30 --to 1e31":    "mlp: no rate from 1e+30 to 1e+31 trained it in 30 steps: its loss is not finite",
		"--from 0.0005 --to 0.001": "; rates above --to may be better",
	} {
		args := []string{"lrfind", "--quiet", "--data", set, "--model", "mlp", "--batch", "10", "--try-steps", "30"}
		args = append(args, strings.Fields(rates)...)
		if got := mnist(t, t.TempDir(), args...); got.code != exitOK || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: got %+v, want %s", rates, got, want)
		}
	}
}

func TestLRFindErrors(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	set := dataset(t, 20, 28)
	for _, c := range []struct {
		args, want string
		code       int
	}{
		{"--from 1 --to 0.1", "--from 1 and --to 0.1", exitUsage},
		{"--from 0", `--from: got "0", want a finite number above 0`, exitUsage},
		{"--steps 1", "--steps 1: want at least 2", exitUsage},
		{"--valid none", "--valid none: lrfind judges by validation images", exitUsage},
		{"--valid 20", "validation size: got 20 of 20 samples", exitFailed},
		{"--plot a.gif", ".png or .svg", exitUsage},
		{"--compare lenet,lent", `"lent"`, exitUsage},
		{"--freeze xyz", `mnist: lenet-bn: freeze "xyz" matches no parameter`, exitFailed},
		{"--init nowhere", "nowhere", exitFailed},
	} {
		dir := t.TempDir()
		got := mnist(t, dir, append([]string{"lrfind", "--quiet", "--data", set}, strings.Fields(c.args)...)...)
		if got.code != c.code || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 ||
			!strings.Contains(got.stderr, c.want) {
			t.Errorf("%s: got %+v, want code %d and %s", c.args, got, c.code, c.want)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: %v, %v is left behind", c.args, left, err)
		}
	}
}
