// Package table reads tables, CSV and TSV, as data sets for regression and classification.
//
// A column is of numbers or of categories. Numbers are standardised, (x − mean)/std, by the mean and the standard
// deviation of the training rows; a missing one is the mean. A category is a 0 or 1 for each name, as scikit-learn's
// OneHotEncoder(handle_unknown='ignore') writes it; a missing one, and one that no training row has, is all 0.
package table

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"anneal/data"
	"anneal/internal/nearest"
	"anneal/internal/printable"
)

// Options say what Load does with a table.
type Options struct {
	Target     string   // the column to predict
	Task       string   // Classes or Numbers; "": classes if the target is of texts, or of at most 20 whole numbers
	Drop       []string // columns that are ignored
	Categories []string // columns of numbers whose numbers are names
	NoHeader   bool     // the first line is a row: columns have the names 0, 1, 2 and so on
	SkipBad    bool     // leave bad rows out, and count them; else the first one is an error
	RawTarget  bool     // a target of numbers is taken as it is; else it is standardised
	Groups     string   // the column whose equal texts are a group, which no division cuts; it is no input. "": none
	Test       float64  // share or number of rows that are set aside for the test, if the table has no test part
	Seed       uint64   // decides which

	// As has what a trained network knows: its columns, their means and deviations, its classes and its target. nil: the
	// training rows decide.
	As *data.Facts
}

// What a target may be.
const (
	Classes = "classes"
	Numbers = "numbers"
)

// CheckTask returns an error unless task is Classes, Numbers or "".
func CheckTask(task string) error {
	if task != "" && task != Classes && task != Numbers {
		return fmt.Errorf("task: got %q, want %s or %s", task, Classes, Numbers)
	}
	return nil
}

const maxNumericClasses = 20

// IsFolder reports whether a folder has the table of a training part.
func IsFolder(folder string) bool { return part(folder, "train") != "" }

// part returns the table of a part in a folder, "" if there is none.
func part(folder string, names ...string) string {
	for _, name := range names {
		for _, extension := range []string{".csv", ".tsv"} {
			path := filepath.Join(folder, name+extension)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path
			}
		}
	}
	return ""
}

// Load reads a table: a file, or a folder with train.csv and, if there are such parts, val.csv and test.csv. Columns
// are separated by tabs in a .tsv file, else by commas, or by semicolons if the first line has more of them.
func Load(path string, o Options) (*data.Sets, error) {
	sets, err := load(path, o)
	if err != nil {
		return nil, fmt.Errorf("table: %w", printable.Error(err))
	}
	return sets, nil
}

func load(path string, o Options) (*data.Sets, error) {
	if err := CheckTask(o.Task); err != nil {
		return nil, err
	}
	t := &rows{skip: o.SkipBad, noHeader: o.NoHeader, groups: grouping{name: o.Groups, seen: map[string]int32{}}}
	files := []string{path, "", ""}
	if IsFolder(path) {
		files = []string{part(path, "train"), part(path, "val", "valid", "validation"), part(path, "test")}
	}
	for _, file := range files {
		if file != "" {
			if err := t.read(file); err != nil {
				return nil, err
			}
		}
		t.files, t.ends = append(t.files, file), append(t.ends, len(t.lines))
	}
	e, err := newEncoder(t, o)
	if err != nil {
		return nil, err
	}
	if err := t.strike(e); err != nil {
		return nil, err
	}
	train, valid, test := t.from(0), t.from(1), t.from(2)
	if len(train) == 0 {
		return nil, fmt.Errorf("%s: no rows", files[0])
	}
	e.labels(t)
	parts, note, err := data.TestPart(train, valid, test, func() (stay, apart []int, err error) {
		if o.Groups != "" {
			return t.groups.split(train, o.Test, o.Seed)
		}
		return data.SplitLabels(e.labelsOf(train), len(train), o.Test, o.Seed)
	})
	if err != nil {
		return nil, err
	}
	if note != "" {
		e.notes = append(e.notes, note)
	}
	if note := t.groups.shared(parts); note != "" {
		e.notes = append(e.notes, note)
	}
	e.learn(parts[0])
	name := filepath.Base(path)
	sets := &data.Sets{From: path, Skipped: t.skipped, Notes: e.notes, Missing: e.missing(parts[0])}
	for _, p := range []struct {
		rows []int
		set  *data.Dataset
	}{{parts[0], &sets.Train}, {parts[1], &sets.Valid}, {parts[2], &sets.Test}} {
		if len(p.rows) > 0 && err == nil {
			*p.set, err = e.dataset(p.rows, t.groups.groups(p.rows), strings.TrimSuffix(name, filepath.Ext(name)))
		}
	}
	return sets, err
}

// missing counts the cells of some rows that are missing, by column of the facts.
func (e *encoder) missing(rows []int) (counts []int) {
	for _, in := range e.inputs {
		if in.empty() {
			continue
		}
		n := 0
		for _, r := range rows {
			if math.IsNaN(in.numbers[r]) {
				n++
			}
		}
		counts = append(counts, n)
	}
	return counts
}

// empty reports whether x has nothing of the column: it is of categories, and all are missing.
func (in input) empty() bool { return in.categories != nil && len(in.categories) == 0 }

// known returns an error if a name is no column's.
func (t *rows) known(what string, names []string) error {
	for _, name := range names {
		if t.column(name) == nil {
			return fmt.Errorf("%s: there is no column %q: want one of %s%s",
				what, name, t.names(), nearest.Hint(name, t.columnNames()))
		}
	}
	return nil
}

// column returns the column of that name, nil if there is none.
func (t *rows) column(name string) *column {
	if i := slices.IndexFunc(t.columns, func(c *column) bool { return c.name == name }); i >= 0 {
		return t.columns[i]
	}
	return nil
}

// names lists the columns.
func (t *rows) names() string {
	list := t.columnNames()
	if len(list) > 30 {
		list = append(list[:30], "…")
	}
	return strings.Join(list, ", ")
}

func (t *rows) columnNames() []string {
	var list []string
	for _, c := range t.columns {
		list = append(list, c.name)
	}
	return list
}
