package app

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"anneal/internal/longtest"
	"anneal/study"
)

// smallSearch returns the arguments of a search on few images.
func smallSearch(t *testing.T, more ...string) []string {
	return append([]string{
		"compare", "--data", dataset(t, 100, 28), "--model", "mlp,mlp-bn", "--epochs", "4", "--valid", "30",
		"--solver", "SGD(lr=0.1, momentum=choice(0, uniform(0.5, 0.99))); Adam(lr=1e-3)", "--lr", "log(1e-4, 1)",
		"--batch", "log_integer(16, 64)", "--schedule", "none;OneCycleLR(max_lr=0.1)",
	}, more...)
}

// TestSearch has a ranking on stdout, a page with what was found, and the same results.csv from one run at a time and
// from three. The command, repeated with a larger budget, continues.
func TestSearch(t *testing.T) {
	longtest.SkipIfRace(t, "draws pages")
	dir, args := t.TempDir(), smallSearch(t, "--search", "asha", "--at-once", "4")
	got := mnist(t, dir, append(args, "--budget", "30 epochs", "--jobs", "1", "--out", "one")...)
	if got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	for _, want := range []string{
		"Settings by validation accuracy in %, those that were trained the longest first\nrank  validation",
		"SGD momentum", "completed", "pruned after 1 epoch", "\nWhat was pruned\nafter epoch  settings  went on  pruned",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("got\n%s\nwant %q in it", got.stdout, want)
		}
	}
	for _, want := range []string{"asha search, 30 epochs, in one\n", "paused", "chosen by the validation images"} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("got log\n%s\nwant %q in it", got.stderr, want)
		}
	}
	page := string(content(t, dir, "one", reportFile))
	for _, want := range []string{`class="parallel"`, "How much each setting matters, after 1 epoch", "What was pruned"} {
		if !strings.Contains(page, want) {
			t.Errorf("got a report of %d bytes without %s", len(page), want)
		}
	}
	want := string(content(t, dir, "one", study.ResultsCSV))
	for _, budget := range []string{"12 epochs", "30 epochs"} {
		got = mnist(t, dir, append(args, "--budget", budget, "--jobs", "3", "--out", "three", "--format", "csv")...)
		if got.code != exitOK {
			t.Fatalf("%s: got %+v", budget, got)
		}
	}
	if got.stdout != want {
		t.Errorf("three at a time, continued: got\n%s\nwant\n%s", got.stdout, want)
	}
}

// Random search trains all epochs, and each of several seeds.
func TestRandomSearch(t *testing.T) {
	longtest.SkipIfRace(t, "draws pages")
	dir := t.TempDir()
	got := mnist(t, dir, smallSearch(t, "--search", "random", "--budget", "5", "--seed", "3,4", "--format", "csv")...)
	if lines := strings.Count(got.stdout, ",completed,") + strings.Count(got.stdout, ",diverged,"); got.code != exitOK ||
		lines != 4 || strings.Count(got.stdout, "seed3") != 2 || !exists(filepath.Join(dir, "runs", "search")) {
		t.Errorf("got %+v, want 2 settings from seeds 3 and 4 in runs/search", got)
	}
}

func TestSearchErrors(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--lr", "log(1e-4, 1)"}, "--lr log(1e-4, 1) has a range: it needs --search random or asha"},
		{
			[]string{"--budget", "20"},
			"--budget, --search-seed, --min-epochs, --reduction and --at-once need --search random or asha",
		},
		{[]string{"--search-seed", "2"}, "--budget, --search-seed, --min-epochs, --reduction and --at-once need --search"},
		{[]string{"--search", "asha"}, "--search asha needs --budget: runs such as 60, epochs such as '200 epochs'"},
		{[]string{"--search", "asha", "--budget", "3 weeks"}, `--budget: got "3 weeks", want a number of runs such as 60`},
		{
			[]string{"--search", "random", "--budget", "3", "--min-epochs", "2"},
			"--min-epochs and --reduction belong to --search asha",
		},
		{[]string{"--search", "asha", "--budget", "3", "--reduction", "1"}, "--reduction 1: want at least 2"},
		{
			[]string{"--search", "asha", "--budget", "3", "--setting", "a: SGD(lr=0.1)"},
			"--setting a: a search chooses a solver and a schedule by itself",
		},
		{[]string{"--search", "grid", "--budget", "3"}, `--search must be one of "","random","asha" but got "grid"`},
		{
			[]string{"--search", "asha", "--budget", "3", "--lr", "log(0, 1)"},
			"--lr: log(0, 1): got 0, want a least value above 0, since the range is logarithmic",
		},
		{
			[]string{"--search", "asha", "--budget", "3", "--solver", "SGD(lr=0.1, momentum=uniform(0.9, 0.5))"},
			"--solver: uniform(0.9, 0.5): 0.9 is not below 0.5: want the least value first",
		},
		{
			[]string{"--search", "asha", "--budget", "3", "--batch", "integer(0, 64)", "--data", dataset(t, 20, 28)},
			`--batch 0: got "0", want a whole number of at least 1`,
		},
		{
			[]string{
				"--search", "asha", "--budget", "3", "--solver", "SGD(lr=0.1, momentum=uniform(-0.5, 0.9))",
				"--data", dataset(t, 20, 28),
			},
			"-0.5",
		},
	} {
		got := mnist(t, dir, append([]string{"compare", "--model", "mlp"}, c.args...)...)
		if got.code == exitOK || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%q: got %+v, want %s", c.args, got, c.want)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "runs")); err == nil && len(entries) > 0 {
		t.Errorf("made %s", entries[0].Name())
	}
}

// What cannot be trained, and a budget that ends before any setting is trained to its end, are warnings.
func TestWarnFound(t *testing.T) {
	var text bytes.Buffer
	log := logrus.New()
	log.SetOutput(&text)
	f := &study.Found{Rungs: []int{1, 3, 9}, Reached: []int{0, 2, 1}}
	if warnFound(log, f); text.Len() > 0 {
		t.Errorf("nothing is wrong: got %s", &text)
	}
	f.Reached[1], f.Left = 1, []error{errors.New("study: too large")}
	warnFound(log, f)
	for _, want := range []string{"1 setting that cannot be trained left out", ": too large", "all of its 9 epochs"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("got %s, want %s in it", &text, want)
		}
	}
}

// A comma inside parentheses separates no values.
func TestWhole(t *testing.T) {
	for text, want := range map[string]string{
		"0.1,0.2": "0.1,0.2", "log(1e-4, 1),0.1": `log(1e-4\, 1),0.1`, "a(b(1,2),3),c": `a(b(1\,2)\,3),c`,
		`a(1\,2)`: `a(1\,2)`, "": "",
	} {
		if got := whole(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
