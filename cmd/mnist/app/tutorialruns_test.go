package app

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"anneal/runs"
)

// training is a command of docs/tutorial.md, or of a section of docs/studies.md to which it links, that trains one run.
type training struct {
	results string // its runs are in docs/results/runs, and maybe in docs/results/layers, in a file of this name
	run     string // what the file calls them
	command string // as the page has it, after go run ./cmd/mnist
	flags   string // others, which the page describes
	seeds   int    // from 1 on
}

// lookInside is the command of section 4.1.
const lookInside = "--epochs 3 --schedule 'MultiStepLR([2])' --diagnostics --out runs/inside"

var trainings = []training{
	{"average", "average", "--schedule none --ema 0.999 --epochs 6", "", 3},
	{"inside", "lenet-bn", lookInside, "", 3},
	{"inside", "lenet", lookInside, "--model lenet", 3},
	{"inside", "lenet-low", lookInside, "--model lenet --solver 'SGD(lr=0.01, momentum=0.9)'", 3},
	{"accumulated", "batch", "--train-limit 20000 --epochs 1 --batch 64", "", 3},
	{"accumulated", "accumulated", "--train-limit 20000 --epochs 1 --batch 2 --accumulate 32", "", 3},
	{"rates", "one", "", "", 3},
	{"rates", "decay", "--layer-decay 0.8", "", 3},
	{"rates", "groups", "--group 'conv*: lr=0.5' --group '*_bn.*: weight_decay=0'", "", 3},
	{"fast", "fast", "--recipe fast", "", 5},
	{"clothes", "digits", "--epochs 3 --schedule 'StepLR(2)' --out runs/digits", "", 3},
	{
		"clothes", "head", "--data $F --init runs/digits/final.safetensors --init-only 'conv*' --freeze 'conv*' " +
			"--epochs 1 --schedule none --out runs/head", "", 3,
	},
	{"clothes", "scratch", "--data $F --epochs 3 --schedule 'StepLR(2)' --out runs/scratch", "", 3},
}

// TestTutorialTrainings checks that the commands of trainings are those of the pages.
func TestTutorialTrainings(t *testing.T) {
	pages := tutorialPage(t) + studiesPage(t)
	for _, c := range trainings {
		if command := strings.TrimSpace("go run ./cmd/mnist " + c.command); !strings.Contains(pages, command) {
			t.Errorf("no page has the command %s", command)
		}
	}
}

// studiesPage returns docs/studies.md.
func studiesPage(t *testing.T) string {
	t.Helper()
	return string(content(t, "..", "..", "..", "docs", "studies.md"))
}

// again measures once more what a file of results holds, in the folder root, and returns it. It goes on where it
// stopped. What is no study's own results.csv is written below results in root.
func again(t *testing.T, name, root string) []map[string]string {
	t.Helper()
	kind, base := path.Split(name)
	dir := filepath.Join(root, base)
	trained := func(c training) bool { return c.results == base }
	var rows *table
	switch {
	case name == "lrfind":
		rows = findRates(t, dir)
	case slices.ContainsFunc(trainings, trained):
		for _, c := range trainings {
			if trained(c) {
				c.again(t, dir)
			}
		}
	default:
		repeat(t, base, dir)
	}
	switch kind {
	case "runs/":
		rows = epochTable(t, dir)
	case "layers/":
		rows = layerTable(t, dir)
	}
	file := filepath.Join(dir, "results.csv")
	if rows != nil {
		var text strings.Builder
		if err := rows.csv(&text); err != nil {
			t.Fatal(err)
		}
		file = filepath.Join(root, "results", filepath.FromSlash(name)+".csv")
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, file, []byte(text.String()))
	}
	return resultsOf(t, file)
}

// again trains the runs that have not ended, each seed in a folder of its own.
func (c training) again(t *testing.T, dir string) {
	t.Helper()
	folder := regexp.MustCompile(`(?m)^F=(.*)$`).FindStringSubmatch(studiesPage(t))
	args := without(words(strings.ReplaceAll(c.command, "$F", folder[1])+" "+c.flags), "--out")
	for seed := 1; seed <= c.seeds; seed++ {
		place, out := filepath.Join(dir, fmt.Sprint("seed", seed)), filepath.Join("runs", c.run)
		if completed(filepath.Join(place, out)) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(place, out)); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(place, 0o777); err != nil {
			t.Fatal(err)
		}
		all := append(slices.Clone(args), "--seed", strconv.Itoa(seed), "--out", out, "--quiet")
		if got := mnist(t, place, all...); got.code != exitOK {
			t.Fatalf("%q: got %+v", all, got)
		}
	}
}

// completed reports whether the folder is that of a run that was trained to its end.
func completed(dir string) bool {
	events, err := runs.ReadMetrics(dir)
	if err != nil || len(events) == 0 {
		return false
	}
	end, ok := events[len(events)-1].(runs.End)
	return ok && end.Reason == runs.Completed
}

// repeat does a study of the page in dir. It goes on where it stopped.
func repeat(t *testing.T, study, dir string) {
	t.Helper()
	command := regexp.MustCompile(`(?m)^go (run \S+ compare .*(--preset |--recipe |--out runs/)` + study + `\b.*)$`)
	line := command.FindStringSubmatch(tutorialPage(t))
	if line == nil {
		t.Fatalf("the page has no command for %s", study)
	}
	c := exec.CommandContext(t.Context(), "go", append(words(line[1]), "--quiet", "--out", dir)...)
	c.Dir = filepath.Join("..", "..", "..")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line[0], err, out)
	}
}
