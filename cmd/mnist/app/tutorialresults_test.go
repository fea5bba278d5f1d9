package app

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// claim is what docs/tutorial.md says of results, which are in docs/results.
type claim struct {
	section string
	// results is the name of their file, without .csv. That of a study is its results.csv. Files below runs have the
	// epochs of runs, and files below layers their diagnostics.
	results string
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
// docs/results holds. With ANNEAL_TUTORIAL, a folder, it also runs the commands again, there, and their numbers must be
// as near to the page's as near says.
func TestTutorialResults(t *testing.T) {
	said := tutorialSections(tutorialPage(t))
	for _, name := range resultFiles(t) {
		t.Run(name, func(t *testing.T) {
			results := resultsOf(t, resultFile(name))
			var repeated []map[string]string
			if dir := os.Getenv("ANNEAL_TUTORIAL"); dir != "" {
				repeated = again(t, name, dir)
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
				if repeated != nil {
					for _, s := range c.selections {
						near(t, s, repeated, results)
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
	var names []string
	for _, folder := range []string{"", "runs/", "layers/"} {
		files, err := filepath.Glob(resultFile(folder + "*"))
		if err != nil || len(files) == 0 {
			t.Fatal(err, "no results")
		}
		for _, file := range files {
			names = append(names, folder+strings.TrimSuffix(filepath.Base(file), ".csv"))
		}
	}
	return names
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
	columns, conditions := columnsOf(selection)
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
		for _, column := range columns {
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

// columnsOf returns the columns of a selection, and its conditions.
func columnsOf(selection string) (columns []string, conditions string) {
	names, conditions, ok := strings.Cut(selection, " of ")
	if !ok {
		return []string{"final_accuracy"}, selection
	}
	return strings.Split(names, ", "), conditions
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
