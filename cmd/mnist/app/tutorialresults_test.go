package app

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// claim is what docs/tutorial.md says of results, which are in docs/results.
type claim struct {
	section string
	results string // the name of their file, without .csv: of a study that is its results.csv
	// text is in the section, with what form makes of the selections for each %s. A selection lists columns with their
	// values, which select rows, as in "model=lenet; lr=0.01". Of several rates it selects the best by the validation
	// images. It is of the final test accuracies, unless it begins with other columns, as in "steps of model=lenet".
	text       string
	form       form
	selections []string
}

// each returns a selection for each of the values of a column, which begin with prefix.
func each(prefix string, values ...string) []string {
	var list []string
	for _, v := range values {
		list = append(list, prefix+v)
	}
	return list
}

// TestTutorialResults compares the numbers of the tutorial with the results from which they come, which
// docs/results holds. With ANNEAL_TUTORIAL, a folder, it also does the studies again, there, and their numbers must be
// as near to the page's as near says.
func TestTutorialResults(t *testing.T) {
	page := tutorialPage(t)
	said := tutorialSections(page)
	for _, name := range resultFiles(t) {
		t.Run(name, func(t *testing.T) {
			results := resultsOf(t, resultFile(name))
			var again []map[string]string
			if dir := os.Getenv("ANNEAL_TUTORIAL"); dir != "" {
				again = repeat(t, page, name, filepath.Join(dir, name))
			}
			n := 0
			for _, c := range claims {
				if c.results != name {
					continue
				}
				n++
				want, _ := c.words(t, results)
				if !strings.Contains(strings.Join(strings.Fields(said[c.section]), " "), want) {
					t.Errorf("section %s does not say %q", c.section, want)
				}
				if again != nil {
					for _, s := range c.selections {
						near(t, s, selected(t, again, s), selected(t, results, s))
					}
				}
			}
			if n == 0 {
				t.Errorf("nothing in the tutorial is compared with %s", name)
			}
		})
	}
}

// words returns the claim's text with its numbers, and these.
func (c claim) words(t *testing.T, results []map[string]string) (text string, numbers []string) {
	t.Helper()
	var selections [][]float64
	for _, s := range c.selections {
		selections = append(selections, selected(t, results, s))
	}
	numbers = c.form(selections)
	var list []any
	for _, n := range numbers {
		list = append(list, n)
	}
	return fmt.Sprintf(c.text, list...), numbers
}

// tutorialPage returns docs/tutorial.md.
func tutorialPage(t *testing.T) string {
	t.Helper()
	return string(content(t, "..", "..", "..", "docs", "tutorial.md"))
}

// tutorialSections returns the text of each section of the page, by its number.
func tutorialSections(page string) map[string]string {
	said := map[string]string{}
	for part := range strings.SplitSeq(page, "\n##") {
		title, text, _ := strings.Cut(strings.TrimLeft(part, "# "), "\n")
		number, _, _ := strings.Cut(title, " ")
		said[strings.TrimSuffix(number, ".")] = text
	}
	return said
}

// resultFiles returns the names of the files of results.
func resultFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(resultFile("*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no results")
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".csv")
	}
	return files
}

func resultFile(name string) string {
	return filepath.Join("..", "..", "..", "docs", "results", name+".csv")
}

// resultsOf reads a file of results, a map for each row.
func resultsOf(t *testing.T, path string) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(string(content(t, path)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = row[i]
		}
		list = append(list, m)
	}
	return list
}

// selected returns the numbers of the rows that a selection selects, in the order of the file.
func selected(t *testing.T, results []map[string]string, selection string) []float64 {
	t.Helper()
	columns, conditions, ok := strings.Cut(selection, " of ")
	if !ok {
		columns, conditions = "final_accuracy", selection
	}
	var order []string
	rates, validation := map[string][]float64{}, map[string]float64{}
	for _, run := range results {
		other := func(part string) bool {
			column, value, _ := strings.Cut(part, "=")
			return run[column] != value
		}
		if slices.ContainsFunc(strings.Split(conditions, "; "), other) {
			continue
		}
		lr := run["lr"]
		if rates[lr] == nil {
			order = append(order, lr)
		}
		for column := range strings.SplitSeq(columns, ", ") {
			text, ok := run[column]
			if !ok {
				t.Fatalf("%s: there is no column %s", selection, column)
			}
			rates[lr] = append(rates[lr], numberOf(text))
		}
		v, _ := strconv.ParseFloat(run["final_validation_accuracy"], 64)
		validation[lr] += v
	}
	if order == nil {
		t.Fatalf("no runs are %s", selection)
	}
	best := order[0] // of several that are equal the first, as in the study's picture
	for _, rate := range order {
		if validation[rate] > validation[best] {
			best = rate
		}
	}
	return rates[best]
}

// numberOf returns the number in a cell: 1 for true, 0 for false, and NaN for that of a run that diverged.
func numberOf(text string) float64 {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v
	}
	switch text {
	case "true":
		return 1
	case "false":
		return 0
	}
	return math.NaN()
}

// near compares what was measured again with what the page says: the means differ by no more than two standard
// deviations, or by what slack has for the column if that is more.
func near(t *testing.T, selection string, got, want []float64) {
	t.Helper()
	column := "final_accuracy"
	if columns, _, ok := strings.Cut(selection, " of "); ok {
		column, _, _ = strings.Cut(columns, ", ")
	}
	least, ok := slack[column]
	if !ok {
		t.Fatalf("%s: slack has no column %s, only %v", selection, column, slices.Sorted(maps.Keys(slack)))
	}
	g, _ := moments(got)
	w, d := moments(want)
	if len(want) == 1 {
		d = 0
	}
	if math.IsNaN(g) != math.IsNaN(w) || math.Abs(g-w) > max(2*d, least.absolute, least.relative*math.Abs(w)) {
		t.Errorf("%s: got %v again, want %v", selection, got, want)
	}
}

// slack is by how much a mean may differ when it is measured again, however small its standard deviation.
var slack = map[string]struct{ absolute, relative float64 }{
	"final_accuracy":   {absolute: 1e-3},
	"final_train_loss": {relative: 0.1},
	"steps_to_98":      {absolute: 860}, // an epoch: a run is tested after each
	"steps":            {},
	"collapsed":        {absolute: 0.1},
}

// repeat does a study of the page in dir, and returns its results.
func repeat(t *testing.T, page, study, dir string) []map[string]string {
	t.Helper()
	command := regexp.MustCompile(`(?m)^go (run \S+ compare .*(--preset |--out runs/)` + study + `\b.*)$`)
	line := command.FindStringSubmatch(page)
	if line == nil {
		t.Fatalf("the page has no command for %s", study)
	}
	c := exec.CommandContext(t.Context(), "go", append(words(line[1]), "--quiet", "--out", dir)...)
	c.Dir = filepath.Join("..", "..", "..")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", line[0], err, out)
	}
	return resultsOf(t, filepath.Join(dir, "results.csv"))
}
