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
	"anneal/view/report/reporttest"
)

// curvesIn returns the names of the lines in the first chart of each group of a page's charts.
func curvesIn(t *testing.T, page []byte) [][]string {
	t.Helper()
	found := regexp.MustCompile(`(?s)<script type="text/plain" id="data">(.*?)</script>`).
		FindSubmatch(reporttest.Unpacked(t, page))
	var groups []struct {
		Charts []struct {
			Lines []struct {
				Name string
				X    []float64
			}
		}
	}
	if found == nil || json.Unmarshal(found[1], &groups) != nil {
		t.Fatalf("got no curves in a page of %d bytes", len(page))
	}
	var names [][]string
	for _, g := range groups {
		var list []string
		for _, l := range g.Charts[0].Lines {
			list = append(list, l.Name)
		}
		names = append(names, list)
	}
	return names
}

// TestReport trains runs that end in all ways, looks for the report that each leaves, and draws one of them all.
func TestReport(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program dozens of times")
	dir, set := t.TempDir(), dataset(t, 200, 28)
	train := []string{"--data", set, "--model", "mlp", "--log-every", "1"}
	for _, c := range []struct {
		out  string
		code int
		args []string
	}{
		{"a", 0, []string{"--epochs", "2", "--diagnostics"}},
		{"b", 0, []string{"--epochs", "2", "--seed", "2"}},
		{"wild", 1, []string{"--epochs", "2", "--solver", "SGD(lr=1.0, weight_decay=1e30)"}},
	} {
		got := mnist(t, dir, append(append(train, "--out", c.out), c.args...)...)
		if got.code != c.code || strings.Count(got.stderr, filepath.Join(c.out, "report.html")) != 1 {
			t.Fatalf("%s: got %+v, want code %d and a word of the report", c.out, got, c.code)
		}
		page := content(t, dir, c.out, "report.html")
		if names := curvesIn(t, page); names[0][0] != "mlp" {
			t.Errorf("%s: got curves %v", c.out, names)
		}
		if !bytes.HasPrefix(content(t, dir, c.out, "curves.png"), []byte("\x89PNG")) {
			t.Errorf("%s: curves.png is no PNG", c.out)
		}
		for _, want := range []string{
			map[int]string{0: "completed", 1: "diverged"}[c.code], "Repeat it",
			"go run ./cmd/mnist",
		} {
			if !bytes.Contains(page, []byte(want)) {
				t.Errorf("%s: the page does not have %s", c.out, want)
			}
		}
	}
	if page := content(t, dir, "a", "report.html"); len(curvesIn(t, page)) != 3 ||
		!bytes.Contains(page, []byte("data:image/png")) && !bytes.Contains(page, []byte("100.00 %")) {
		t.Error("the page has no curves of the diagnostics, or no mistakes though there are some")
	}

	// A run that goes on draws it again.
	if got := mnist(t, dir, "--resume", "a", "--epochs", "3", "--quiet"); got.code != 0 {
		t.Fatalf("got %+v", got)
	}
	if page := content(t, dir, "a", "report.html"); !bytes.Contains(page, []byte("after epoch 3</small>")) {
		t.Error("the page of the resumed run does not have its third epoch")
	}

	got := mnist(t, dir, "report", "a", "b", "wild", "--out", "all.html", "--plot", "all.svg")
	if got.code != 0 || got.stderr != "drawn in all.html\ndrawn in all.svg\n" {
		t.Fatalf("got %+v", got)
	}
	if names := curvesIn(t, content(t, dir, "all.html"))[0]; names[0] == names[2] ||
		!strings.Contains(names[4], "weight_decay") {
		t.Errorf("got curves %q, want names that tell the settings apart", names)
	}
	if !bytes.Contains(content(t, dir, "all.svg"), []byte("weight_decay")) {
		t.Error("the picture's legend does not name the third run")
	}
	if got := mnist(t, dir, "report", "b", "--quiet"); got.code != 0 || got.stderr != "" {
		t.Errorf("got %+v", got)
	}

	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"report", 2, "<dir>"},
		{"report nowhere", 1, "nowhere"},
		{"report a --out all.txt", 2, `--out: got "all.txt", want a name that ends in .html, .png or .svg`},
		{"report a --plot all.pdf", 2, ".png or .svg"},
	} {
		if got := mnist(t, dir, strings.Fields(c.args)...); got.code != c.code ||
			!strings.Contains(got.stderr, c.want) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: got %+v, want code %d and %s", c.args, got, c.code, c.want)
		}
	}

	// A report that cannot be drawn fails the run after everything else is saved.
	if err := os.Remove(filepath.Join(dir, "b", "report.html")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "b", "report.html", "x"), 0o777); err != nil {
		t.Fatal(err)
	}
	got = mnist(t, dir, "--resume", "b", "--epochs", "3", "--quiet")
	if got.code != 1 || !strings.Contains(got.stderr, "the run is saved in b, but not its report") {
		t.Errorf("got %+v", got)
	}
	if got := mnist(t, dir, "eval", "--data", set, "--model", "mlp", "--init", "b/final.safetensors",
		"--quiet"); got.code != 0 {
		t.Errorf("the weights: %+v", got)
	}
}

// TestOneBadInput gives commands several inputs, some of which are bad. They do the rest, and say what was wrong with
// each of those.
func TestOneBadInput(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bad.png"), []byte("no picture"))
	weights, err := filepath.Abs("../../../deploy/predict/testdata")
	if err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(weights, "digit.png")
	args := []string{
		"predict", "--init", filepath.Join(weights, "lenet-bn.safetensors"), "--model", "lenet-bn", "--format", "csv",
		picture, "bad.png", "missing.png", picture,
	}
	got := mnist(t, dir, args...)
	if got.code != exitFailed || strings.Count(got.stdout, picture+",7,") != 2 ||
		!strings.Contains(got.stderr, "bad.png: ") ||
		!strings.Contains(got.stderr, "mnist: 2 of 4 pictures could not be read: open missing.png: ") {
		t.Errorf("got %+v", got)
	}

	set := dataset(t, 40, 28)
	for _, seed := range []string{"1", "2"} {
		args := []string{"--data", set, "--model", "mlp", "--epochs", "1", "--seed", seed, "--out", seed, "--quiet"}
		if got := mnist(t, dir, args...); got.code != exitOK {
			t.Fatalf("got %+v", got)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "broken"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "broken", "config.json"), []byte("{"))
	got = mnist(t, dir, "report", "1", "broken", "2", "missing")
	page := string(content(t, dir, "report.html"))
	if got.code != exitFailed || !strings.Contains(page, `"1"`) || !strings.Contains(page, `"2"`) ||
		!strings.Contains(got.stderr, "broken/config.json") ||
		!strings.Contains(got.stderr, "mnist: 2 of 4 runs could not be read: ") {
		t.Errorf("got %+v", got)
	}
	if got := mnist(t, dir, "report", "broken", "missing"); got.code != exitFailed {
		t.Errorf("only bad ones: got %+v", got)
	}
}
