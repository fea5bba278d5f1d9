package app

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"anneal/internal/longtest"
	"anneal/internal/terminal"
	"anneal/runs"
	"anneal/study"
)

// smallStudy returns the arguments of a study of 12 runs of 12 steps.
func smallStudy(t *testing.T) []string {
	return []string{
		"compare", "--data", dataset(t, 100, 28), "--model", "mlp,mlp-bn", "--setting", "fixed: SGD(lr=0.1)",
		"--setting", "plateau: Adam; ReduceLROnPlateau(patience=0)", "--seed", "1,2,3", "--batch", "32", "--epochs", "3",
	}
}

// TestCompare has the table on stdout and the same results.csv from one run at a time and from three.
func TestCompare(t *testing.T) {
	longtest.SkipIfRace(t, "draws dozens of pages")
	dir, args := t.TempDir(), smallStudy(t)
	got := mnist(t, dir, args...)
	if got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	for _, want := range []string{
		`model +setting +lr +validation +final +best +best epoch +to 97 % +to 98 % +to 99 % +diverged +collapsed\n`,
		`\n *mlp-bn +plateau +0\.001 +100\.00 ± 0\.00 +100\.00 ± 0\.00 +100\.00 ± 0\.00 +[0-9.]+ +[0-9]+, [0-9.]+ s .*` +
			` 0 of 3 +0 of 3\n`,
	} {
		if !regexp.MustCompile(want).MatchString(got.stdout) {
			t.Errorf("got\n%s\nwant %s in it", got.stdout, want)
		}
	}
	for _, want := range []string{
		"12 runs, in runs/compare\n", "12/12  mlp",
		"results.csv, results.json and report.html are in runs/compare",
	} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("got log\n%s\nwant %s in it", got.stderr, want)
		}
	}
	if page := string(content(t, dir, "runs", "compare", reportFile)); !strings.Contains(page,
		"mlp-bn, plateau, lr 0.001") || !strings.Contains(page, "<span>go run ./cmd/mnist compare</span> <span>--data ") {
		t.Errorf("got a report of %d bytes without a run's name or the command", len(page))
	}
	if curves := content(t, dir, "runs", "compare", curvesFile); !bytes.HasPrefix(curves, []byte("\x89PNG")) {
		t.Errorf("got %d bytes of curves, want a PNG", len(curves))
	}
	csv := content(t, dir, "runs", "compare", study.ResultsCSV)
	if n := bytes.Count(csv, []byte("\n")); n != 13 {
		t.Errorf("got %d lines, want a head and 12:\n%s", n, csv)
	}
	for _, jobs := range []string{"1", "3"} {
		if got := mnist(t, dir, append(args, "--jobs", jobs, "--out", jobs, "--quiet")...); got.code != exitOK ||
			got.stderr != "" {
			t.Fatalf("got %+v", got)
		}
		if got := content(t, dir, jobs, study.ResultsCSV); !bytes.Equal(got, csv) {
			t.Errorf("%s at a time: got\n%s\nwant\n%s", jobs, got, csv)
		}
	}
	if got := mnist(t, dir, "report", filepath.Join("runs", "compare"), "--out", "all.html",
		"--quiet"); got.code != exitOK || got.stderr != "" {
		t.Errorf("report: got %+v", got)
	} else if names := curvesIn(t, content(t, dir, "all.html"))[0]; len(names) < 4 {
		t.Errorf("report: got curves %q, want those of all settings", names)
	}
	// A cell is a run like any other.
	run := filepath.Join("runs", "compare", "mlp_fixed_lr0.1_batch32_seed2")
	if got := mnist(t, dir, "--resume", run, "--quiet"); got.code != exitOK || got.stderr != "" {
		t.Errorf("resume %s: got %+v", run, got)
	}
	if got := mnist(t, dir, append(args, "--epochs", "2")...); got.code != exitFailed ||
		!strings.Contains(got.stderr, "epochs is 2 and was 3") {
		t.Errorf("fewer epochs in the same folder: got %+v", got)
	}
}

// TestCompareKills kills a study at random moments and starts it again until it is done. Its results.csv is that of a
// study that was left alone.
func TestCompareKills(t *testing.T) {
	longtest.SkipIfShort(t, "kills and resumes a study until it is done")
	dir, args := t.TempDir(), append(smallStudy(t), "--epochs", "8", "--jobs", "2")
	kills, starts := 0, 0
	for done := false; !done; starts++ {
		var stderr bytes.Buffer
		c := command(t, dir, append(args, "--out", "killed", "--quiet")...)
		c.Stderr = &stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		limit := 600 * time.Millisecond
		if starts >= 40 {
			limit = time.Hour // on a machine so slow that it would not end
		}
		kill := time.AfterFunc(rand.N(limit), func() { _ = c.Process.Kill() }) // it may have ended already
		_ = c.Wait()                                                           // the code tells
		kill.Stop()
		switch code := c.ProcessState.ExitCode(); code {
		case -1:
			kills++
		case exitOK:
			done = true
		default:
			t.Fatalf("got code %d, %s", code, &stderr)
		}
	}
	if got := mnist(t, dir, append(args, "--out", "alone", "--quiet")...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	if a, b := content(t, dir, "killed", study.ResultsCSV), content(t, dir, "alone",
		study.ResultsCSV); !bytes.Equal(a, b) {
		t.Errorf("got\n%s\nwant that of a study that was left alone:\n%s", a, b)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "killed", "*.tmp")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v is left behind", left, err)
	}
	cells, err := filepath.Glob(filepath.Join(dir, "alone", "*_seed*"))
	if err != nil || len(cells) != 12 {
		t.Fatalf("got %v, %v, want 12 cells", cells, err)
	}
	for _, cell := range cells {
		for _, name := range []string{runs.FinalFile, runs.BestFile} {
			if a, b := content(t, dir, "killed", filepath.Base(cell), name), content(t, cell, name); !bytes.Equal(a, b) {
				t.Errorf("%s: %s is not that of a study that was left alone", filepath.Base(cell), name)
			}
		}
	}
	t.Logf("killed %d times", kills)
}

// TestCompareSignal interrupts a study, which then says how to go on and has the results so far.
func TestCompareSignal(t *testing.T) {
	dir, args := t.TempDir(), append(smallStudy(t), "--epochs", "100", "--jobs", "2")
	c := command(t, dir, args...)
	var log strings.Builder
	for lines := bufio.NewScanner(begin(t, c)); lines.Scan(); {
		log.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "2/12 ") {
			_ = c.Process.Signal(os.Interrupt) // it may have ended already
		}
	}
	_ = c.Wait() // the code tells
	if code := c.ProcessState.ExitCode(); code != exitInterrupted ||
		!strings.Contains(log.String(), " of 12 runs have ended, those under way are saved; "+
			"to continue, repeat the command") {
		t.Errorf("got code %d and log\n%s", code, &log)
	}
	csv := content(t, dir, "runs", "compare", study.ResultsCSV)
	if n := bytes.Count(csv, []byte("\n")); n < 2 || n > 12 ||
		!strings.Contains(log.String(), "results.csv and report.html in runs/compare have the results so far\n") {
		t.Errorf("got the results\n%s\nand log\n%s\nwant those of the runs that have ended", csv, &log)
	}
	if page := string(content(t, dir, "runs", "compare", reportFile)); !strings.Contains(page, "mlp") {
		t.Errorf("got a report of %d bytes without a run", len(page))
	}
}

// TestPresets parses what comes with the program, with and without flags in its place, and prints it.
func TestPresets(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	parse := func(args ...string) (*compareCmd, error) {
		var c cli
		parser, err := newParser(&c, asMNIST(t))
		if err != nil {
			t.Fatal(err)
		}
		_, err = parser.Parse(append([]string{"compare"}, args...))
		return &c.Compare, err
	}
	for preset, runs := range map[string]int{"tutorial": 2 * 8 * 3, "stability": 4 * 7 * 5 * 2} {
		c, err := parse("--preset", preset)
		if err != nil {
			t.Fatal(err)
		}
		if cells, err := c.matrix().Cells(); err != nil || len(cells) != runs || c.dir() != filepath.Join("runs", preset) {
			t.Errorf("%s: got %d runs, %v, in %s, want %d", preset, len(cells), err, c.dir(), runs)
		}
		dir := t.TempDir()
		printed := mnist(t, dir, "compare", "--preset", preset, "--print")
		write(t, filepath.Join(dir, "own.yaml"), []byte(printed.stdout))
		own, err := parse("--file", filepath.Join(dir, "own.yaml"), "--seed", "5", "--epochs", "1")
		if err != nil {
			t.Fatal(err)
		}
		seeds := len(c.Seed)
		if cells, err := own.matrix().Cells(); err != nil || len(cells) != runs/seeds || own.Epochs != 1 ||
			own.dir() != filepath.Join("runs", "own") {
			t.Errorf("%s, printed, of one seed: got %d runs, %v, %d epochs, in %s", preset, len(cells), err, own.Epochs,
				own.dir())
		}
	}
}

func TestCompareErrors(t *testing.T) {
	longtest.SkipIfRace(t, "parses dozens of command lines")
	dir := t.TempDir()
	file := func(text string) string {
		path := filepath.Join(dir, strconv.Itoa(rand.Int())+".yaml")
		write(t, path, []byte(text))
		return path
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--preset", "tutorials"}, `there is no "tutorials": want one of augmentation, norms, stability, tutorial`},
		{[]string{"--preset", "tutorial", "--file", file("seed: [1]\n")}, "can't be used together"},
		{[]string{"--file", "nowhere.yaml"}, "nowhere.yaml"},
		{
			[]string{"--file", file("model: [lenet]\nmodels: [lenet]\n")},
			`line 2: there is no flag "models": want some of model, setting, `,
		},
		{[]string{"--file", file("seed: [1]\nseed: [2]\n")}, "line 2: "},
		{[]string{"--file", file("seed: [1\n")}, "yaml: "},
		{[]string{"--file", file("seed:\n")}, "line 1: seed: no value"},
		{[]string{"--file", file("seed: []\n")}, "line 1: seed: want a value, a list"},
		{[]string{"--file", file("setting: {a: {b: c}}\n")}, "line 1: setting: want a value, a list"},
		{[]string{"--file", file("- seed\n")}, "want a mapping of flags to values"},
		{[]string{"--file", file("")}, "want a mapping of flags to values"},
		{[]string{"--file", file("seed: 1\n---\nseed: 2\n")}, "want one document"},
		{
			[]string{"--file", file("setting:\n  a: Adam\n  a: SGD(lr=0.1)\n")},
			`mnist: setting "a" is both Adam and SGD: give them different names`,
		},
		{[]string{"--file", file("seed: 1\nepochs: [1, 2]\n")}, "line 2: epochs: got 2 values, want one"},
		{[]string{"--file", file("seed: [1, '2,3']\n")}, `line 1: --seed: got "2,3", want a whole number`},
		{[]string{"--file", file("diagnostics: some\n")}, "line 1: --diagnostics: "},
		{[]string{"--file", file("seed: [1, -2]\n")}, `line 1: --seed: got "-2", want a whole number of at least 0`},
		{[]string{"--file", file("model: [lenet, lenetbn]\n")}, `no model "lenetbn"`},
		{[]string{"--file", file("setting: {step: SGD(lr=0.1); Step(5)}\n")}, "setting step: "},
		{[]string{"--setting", "SGD(lr=0.1)"}, "want a name, a colon and a solver"},
		{[]string{"--schedule", "none;Step"}, "Step"},
		{[]string{"--lr", "0.1,0"}, `got "0", want a finite number above 0`},
		{[]string{"--targets", "97"}, `got "97", want a number above 0 and at most 1`},
		{[]string{"--print"}, "--print needs --preset or --file"},
		{[]string{"--seed", "1,1"}, "is there twice: give each model, "},
	} {
		got := mnist(t, dir, append([]string{"compare"}, c.args...)...)
		if got.code == exitOK || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%q: got %+v, want one line with %s in it", c.args, got, c.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "runs")); err == nil {
		t.Error("a folder was made")
	}
}

// Where nothing chooses, a table in a terminal has no ranks.
func TestTableWithoutRanks(t *testing.T) {
	r := studied(t)
	r.By = runs.ByNothing
	f := &fakeTerminal{screen: terminal.Screen{Width: 80}}
	if err := (&compareCmd{Format: "text"}).print(f, r); err != nil || !strings.Contains(f.String(), "OneCycleLR") ||
		strings.Contains(f.String(), "rank") {
		t.Errorf("got %s, %v, want the settings without ranks", f, err)
	}
}

// A warning that several settings have is told once, and --collect prints the table again, ranked.
func TestCompareAgain(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir := t.TempDir()
	args := []string{
		"compare", "--data", dataset(t, 100, 28), "--model", "mlp,mlp-bn", "--schedule", "StepLR(9)", "--lr", "0.1,1e-6",
		"--seed", "1", "--epochs", "2", "--batch", "32",
	}
	first := mnist(t, dir, args...)
	if first.code != exitOK || strings.Count(first.stderr, "never changes the rate") != 1 {
		t.Fatalf("got %+v, want one warning", first)
	}
	again := mnist(t, dir, append(args, "--collect")...)
	if again.code != exitOK || again.stdout != first.stdout {
		t.Errorf("got\n%s\nwant\n%s", again.stdout, first.stdout)
	}
	best := strings.Index(first.stderr, "best: ")
	name, _, _ := strings.Cut(first.stderr[best+len("best: "):], ",")
	if row := strings.Fields(strings.Split(first.stdout, "\n")[2]); row[0] != name {
		t.Errorf("got the first row %q, want the best, %s", row, name)
	}
}
