package study

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"anneal/internal/atomicfile"
	"anneal/internal/bounded"
	"anneal/internal/folderlock"
	"anneal/runs"
	"anneal/train"
)

// The files of a study's folder, beside a run's folder for each cell.
const (
	StudyFile   = runs.StudyFile // a Record
	ResultsCSV  = "results.csv"
	ResultsJSON = "results.json"
)

// Record is the content of study.json: what the study compares, and what its runs share.
type Record struct {
	Cells  []CellRecord  `json:"cells"`            // none of a search
	Search *SearchRecord `json:"search,omitempty"` // nil: all combinations

	First *runs.Record `json:"first"` // settings of the first cell; all cells share those that are not in CellRecord
}

// CellRecord is a Cell as text and numbers.
type CellRecord struct {
	Name     string  `json:"name"` // of its folder
	Model    string  `json:"model"`
	Setting  string  `json:"setting"`
	Solver   string  `json:"solver"`
	Schedule string  `json:"schedule"`
	LR       float64 `json:"lr"`
	Batch    int     `json:"batch"`
	Augment  string  `json:"augment"`
	Seed     uint64  `json:"seed"`
}

func (c Cell) record() CellRecord {
	return CellRecord{
		c.Name(), c.Model, c.Setting, c.Solver.String(), c.Schedule.String(), c.LR, c.Batch, c.Augment.String(), c.Seed,
	}
}

// own has the settings in runs.Record that differ between cells: those that the matrix decides, and the number of
// steps.
var own = []string{"model", "solver", "schedule", "batch", "augment", "seed", "steps"}

// ErrTaken is wrapped by the error of a study in whose folder another program is at work on another study.
var ErrTaken = errors.New("another program is at work on another study in it")

// lock makes the study's folder and locks it until unlock is called.
func (c Config) lock(record *Record) (unlock func(), err error) {
	if c.Dir == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(c.Dir, 0o777); err != nil {
		return nil, fmt.Errorf("study: %w", err)
	}
	lock := folderlock.Lock
	if c.shared() {
		lock = folderlock.Share
	}
	unlock, err = lock(c.Dir)
	if err == nil {
		return unlock, nil
	}
	// A program that locks a folder without a record is about to write one.
	if was, e := readStudy(c.Dir); e == nil && (was == nil || len(record.differences(was)) > 0) {
		return nil, fmt.Errorf("study: folder %s: %w: use another folder", c.Dir, ErrTaken)
	}
	return nil, fmt.Errorf("study: %w", err)
}

// claim writes study.json into the folder, after checking that the folder is empty or has this study.
func (c Config) claim(ctx context.Context, record *Record) error {
	switch {
	case c.Dir == "":
		return nil
	case c.leases != nil:
		return c.join(ctx, record)
	}
	content, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return fmt.Errorf("study: %s: %w", StudyFile, err)
	}
	content = append(content, '\n')
	was, err := readStudy(c.Dir)
	if err != nil {
		return err
	}
	if was != nil {
		if err := c.same(record, was); err != nil {
			return err
		}
	}
	err = atomicfile.RemoveTemps(c.Dir)
	if err == nil && was == nil {
		err = empty(c.Dir)
	}
	if err == nil {
		err = atomicfile.Write(filepath.Join(c.Dir, StudyFile), content)
	}
	if err != nil {
		return fmt.Errorf("study: %w", err)
	}
	return nil
}

// same returns an error unless the record of c is that of the study in its folder, or of a larger one.
func (c Config) same(record, was *Record) error {
	if d := record.differences(was); len(d) > 0 {
		return fmt.Errorf("study: %s holds another study: %s; use another folder, or repeat that study's models, "+
			"settings, rates, batch sizes, augmentations, seeds and epochs; there may be more of them",
			c.Dir, strings.Join(d, "; "))
	}
	return nil
}

// readStudy reads study.json, if there is one. A study without a folder has none.
func readStudy(dir string) (*Record, error) {
	if dir == "" {
		return nil, nil
	}
	path := filepath.Join(dir, StudyFile)
	content, err := bounded.ReadFile(path, runs.MaxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var r *Record
	if err == nil {
		r, err = parseStudy(content)
	}
	if err != nil {
		return nil, fmt.Errorf("study: %s: not the record of a study: %w", path, err)
	}
	return r, nil
}

func parseStudy(content []byte) (*Record, error) {
	r := new(Record)
	if err := json.Unmarshal(content, r); err != nil {
		return nil, err
	}
	if r.First == nil || len(r.Cells) == 0 && r.Search == nil {
		return nil, errors.New("cells or settings are missing")
	}
	return r, nil
}

// empty returns an error if a folder holds anything.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		err = occupied(dir, entries[0].Name())
	}
	return err
}

// occupied returns the error of a folder for a new study that holds a file.
func occupied(dir, file string) error {
	return fmt.Errorf("%s holds files already, such as %s, and no %s: use a new or an empty folder, or that of the study",
		dir, file, StudyFile)
}

// differences lists what of an older study is not in r, or differs in r.
func (r *Record) differences(was *Record) []string {
	list := r.First.Differences(was.First, append(own, "epochs")...)
	if r.First.Epochs < was.First.Epochs {
		list = append(list, fmt.Sprintf("epochs is %d and was %d, and may only be more", r.First.Epochs, was.First.Epochs))
	}
	list = append(list, r.Search.differences(was.Search)...)
	missing := 0
	for _, old := range was.Cells {
		i := slices.IndexFunc(r.Cells, func(c CellRecord) bool { return c.Name == old.Name })
		if i < 0 {
			missing++
			continue
		}
		if c := r.Cells[i]; c != old { // the names are the same, so the setting has changed
			list = append(list, fmt.Sprintf("setting %s is %s, %s and was %s, %s",
				c.Setting, c.Solver, c.Schedule, old.Solver, old.Schedule))
		}
	}
	list = slices.Compact(list)
	if missing == 0 {
		return list
	}
	gone := r.gone(was)
	if gone == nil {
		gone = []string{fmt.Sprintf("runs that are missing: %d of its %d", missing, len(was.Cells))}
	}
	return append(list, gone...)
}

// gone lists the values of an older study that no cell of r has.
func (r *Record) gone(was *Record) []string {
	var list []string
	for _, axis := range []struct {
		name string
		of   func(CellRecord) string
	}{
		{"model", func(c CellRecord) string { return c.Model }},
		{"setting", func(c CellRecord) string { return c.Setting }},
		{"rate", func(c CellRecord) string { return shortest(c.LR) }},
		{"batch size", func(c CellRecord) string { return fmt.Sprint(c.Batch) }},
		{"augmentation", func(c CellRecord) string { return c.Augment }},
		{"seed", func(c CellRecord) string { return fmt.Sprint(c.Seed) }},
	} {
		var values []string
		for _, old := range was.Cells {
			v := axis.of(old)
			if !slices.Contains(values, v) && !slices.ContainsFunc(r.Cells, func(c CellRecord) bool { return axis.of(c) == v }) {
				values = append(values, v)
			}
		}
		if values != nil {
			list = append(list, fmt.Sprintf("%s %s is missing", axis.name, strings.Join(values, ", ")))
		}
	}
	return list
}

// look returns the result of a cell's run if it has ended, or finds that it can continue. It removes what remains of a
// run that was killed before it began.
func (c Config) look(dir string) (over *train.Result, underWay bool, err error) {
	was, err := begun(dir)
	if was == nil {
		return nil, false, err
	}
	over = c.ended(was)
	return over, over == nil, nil
}
