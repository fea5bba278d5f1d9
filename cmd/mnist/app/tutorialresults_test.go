package app

import (
	"encoding/csv"
	"fmt"
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

// claim is what docs/tutorial.md says of the results of a study, whose results.csv is docs/results/STUDY.csv.
type claim struct {
	section, study string
	// text is in the section, with what form makes of the runs that each of the selections selects for each %s. A
	// selection lists columns with their values, as in "model=lenet; lr=0.01". Of several rates it selects the best by
	// the validation images.
	text       string
	form       func(numbers []float64) string
	selections []string
}

// deviation writes accuracies in %, as their mean and their standard deviation.
func deviation(x []float64) string {
	m, s := moments(x)
	return fmt.Sprintf("%.2f ± %.2f", 100*m, 100*s)
}

// mean writes accuracies in %, as their mean.
func mean(x []float64) string {
	m, _ := moments(x)
	return fmt.Sprintf("%.2f", 100*m)
}

// meanOrEach writes accuracies in %, as their mean, or one by one if some trained and some did not.
func meanOrEach(x []float64) string {
	if _, s := moments(x); s < 0.1 {
		return mean(x)
	}
	var list []string
	for _, v := range x {
		list = append(list, fmt.Sprintf("%.2f", 100*v))
	}
	return strings.Join(list, ", ")
}

func moments(x []float64) (mean, deviation float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, math.Sqrt(deviation)
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
// within two standard deviations of the page's.
func TestTutorialResults(t *testing.T) {
	page := string(content(t, "..", "..", "..", "docs", "tutorial.md"))
	said := map[string]string{}
	for part := range strings.SplitSeq(page, "\n##") {
		title, text, _ := strings.Cut(strings.TrimLeft(part, "# "), "\n")
		number, _, _ := strings.Cut(title, " ")
		said[number] = strings.Join(strings.Fields(text), " ")
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "docs", "results", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no results")
	}
	for _, file := range files {
		study := strings.TrimSuffix(filepath.Base(file), ".csv")
		t.Run(study, func(t *testing.T) {
			results := resultsOf(t, file)
			var again []map[string]string
			if dir := os.Getenv("ANNEAL_TUTORIAL"); dir != "" {
				again = repeat(t, page, study, filepath.Join(dir, study))
			}
			n := 0
			for _, c := range claims {
				if c.study != study {
					continue
				}
				n++
				var texts []any
				for _, s := range c.selections {
					got := selected(t, results, s)
					texts = append(texts, c.form(got))
					if again != nil {
						near(t, s, selected(t, again, s), got)
					}
				}
				if want := fmt.Sprintf(c.text, texts...); !strings.Contains(said[c.section], want) {
					t.Errorf("section %s does not say %q", c.section, want)
				}
			}
			if n == 0 {
				t.Errorf("nothing in the tutorial is compared with %s", file)
			}
		})
	}
}

// near compares the mean of a study that was done again with that of the page.
func near(t *testing.T, selection string, got, want []float64) {
	t.Helper()
	g, _ := moments(got)
	w, d := moments(want)
	if math.IsNaN(g) != math.IsNaN(w) || math.Abs(g-w) > max(2*d, 1e-3) {
		t.Errorf("%s: got %v again, want %v", selection, got, want)
	}
}

// resultsOf reads a file of results, a map for each run.
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

// selected returns the final test accuracies of the runs that a selection selects, in the order of their seeds.
func selected(t *testing.T, results []map[string]string, selection string) []float64 {
	t.Helper()
	var order []string
	rates, validation := map[string][]float64{}, map[string]float64{}
	for _, run := range results {
		other := func(part string) bool {
			column, value, _ := strings.Cut(part, "=")
			return run[column] != value
		}
		if slices.ContainsFunc(strings.Split(selection, "; "), other) {
			continue
		}
		v, err := strconv.ParseFloat(run["final_accuracy"], 64)
		if err != nil {
			v = math.NaN() // diverged
		}
		if rates[run["lr"]] == nil {
			order = append(order, run["lr"])
		}
		rates[run["lr"]] = append(rates[run["lr"]], v)
		v, _ = strconv.ParseFloat(run["final_validation_accuracy"], 64)
		validation[run["lr"]] += v
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
