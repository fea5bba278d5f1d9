package app

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestASHAAgainstGrid compares two ways to search lenet-bn, and prints a row for each: a grid of rates, momenta, weight
// decays and batch sizes, and ASHA with a third of its epochs, in five searches. It trains 1,944 epochs on 12,000
// images, and so runs with ANNEAL_SEARCH only. The runs stay in t.ArtifactDir if go test has -artifacts.
func TestASHAAgainstGrid(t *testing.T) {
	if os.Getenv("ANNEAL_SEARCH") == "" {
		t.Skip("trains 1,944 epochs: to run it, set ANNEAL_SEARCH")
	}
	dir := t.ArtifactDir()
	common := []string{
		"compare", "--model", "lenet-bn", "--schedule", "CosineAnnealingLR()", "--train-limit", "17000", "--valid", "5000",
		"--epochs", "9", "--seed", "1", "--format", "csv", "--quiet",
	}
	var solvers []string
	for _, momentum := range []string{"0", "0.5", "0.9"} {
		for _, decay := range []string{"1e-6", "1e-4", "1e-2"} {
			solvers = append(solvers, fmt.Sprintf("SGD(lr=0.1, momentum=%s, weight_decay=%s)", momentum, decay))
		}
	}
	grid := append(common[:len(common):len(common)], "--lr", "0.01,0.1,1", "--batch", "16,64,256",
		"--solver", strings.Join(solvers, ";"), "--out", filepath.Join(dir, "grid"))
	best, test, epochs := bestOf(t, mnist(t, dir, grid...))
	var validations, tests []float64
	most := 0
	for seed := 1; seed <= 5; seed++ {
		search := append(common[:len(common):len(common)], "--search", "asha", "--budget", fmt.Sprint(epochs/3, " epochs"),
			"--search-seed", fmt.Sprint(seed), "--lr", "log(0.01, 1)", "--batch", "log_integer(16, 256)",
			"--solver", "SGD(lr=0.1, momentum=uniform(0, 0.9), weight_decay=log(1e-6, 1e-2))",
			"--out", filepath.Join(dir, fmt.Sprint("asha", seed)))
		v, on, n := bestOf(t, mnist(t, dir, search...))
		t.Logf("search %d: validation %.2f %%, test %.2f %%, %d epochs", seed, 100*v, 100*on, n)
		validations, tests, most = append(validations, v), append(tests, on), max(most, n)
	}
	v, std := moments(validations)
	w, testStd := moments(tests)
	t.Logf("| grid, %d epochs | %.2f | %.2f |", epochs, 100*best, 100*test)
	t.Logf("| ASHA, %d epochs | %.2f ± %.2f | %.2f ± %.2f |", most, 100*v, 100*std, 100*w, 100*testStd)
	if !(v >= best) || most > epochs/3 {
		t.Errorf("got a mean of %v with %d epochs, want at least %v with at most %d", v, most, best, epochs/3)
	}
}

// bestOf returns the best final validation accuracy among the runs that were trained the longest, with the test
// accuracy of that run, and the epochs of all runs together.
func bestOf(t *testing.T, got outcome) (validation, test float64, epochs int) {
	t.Helper()
	if got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	rows, err := csv.NewReader(strings.NewReader(got.stdout)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	longest := 0
	for _, row := range rows[1:] {
		number := func(name string) float64 {
			v, err := strconv.ParseFloat(row[column[name]], 64)
			if err != nil {
				return math.Inf(-1) // it diverged
			}
			return v
		}
		n := int(number("epochs"))
		epochs += n
		if n > longest {
			longest, validation = n, math.Inf(-1)
		}
		if v := number("final_validation_accuracy"); n == longest && v > validation {
			validation, test = v, number("final_accuracy")
		}
	}
	return validation, test, epochs
}
