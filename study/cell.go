package study

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"anneal/data"
	"anneal/graph"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// Cell is one run of a study.
type Cell struct {
	Model    string
	Setting  string // the name of its Setting
	Solver   solvers.Algorithm
	Schedule schedules.Schedule
	LR       float64 // of Solver
	Batch    int
	Augment  data.Compose
	Seed     uint64

	draw  graph.Model
	ascii bool // its folder was named when names had no letters beyond ASCII
}

// named returns the name that people gave the cell's setting, or "" if it has none but its specs.
func (c Cell) named() string {
	if c.Setting == (Setting{Solver: c.Solver, Schedule: c.Schedule}).label() {
		return ""
	}
	return c.Setting
}

const longestName = 120 // bytes

var (
	rate     = regexp.MustCompile(`\blr=[^,)]*(, )?`)
	foreign  = regexp.MustCompile(`[^\pL\pM\pN.=-]+`)
	notASCII = regexp.MustCompile(`[^A-Za-z0-9.=-]+`)
)

// label returns the name of the setting.
func (s Setting) label() string {
	if s.Name != "" {
		return s.Name
	}
	solver := strings.TrimSuffix(rate.ReplaceAllString(s.Solver.String(), ""), "()")
	if _, constant := s.Schedule.(schedules.Constant); constant || s.Schedule == nil {
		return solver
	}
	return solver + ", " + s.Schedule.String()
}

// Name returns the name of the cell's folder. No other cell has it. It depends on the cell alone, except in the folder
// of an older study, and has letters and digits of any script and no character that needs quotes in a file system or a
// shell.
func (c Cell) Name() string {
	if c.ascii {
		return c.name(notASCII)
	}
	return c.name(foreign)
}

// name returns the name of the cell's folder without the characters of left.
func (c Cell) name(left *regexp.Regexp) string {
	parts := append(c.group(), "seed"+strconv.FormatUint(c.Seed, 10))
	exact := true
	for i, text := range parts {
		exact = exact && !notASCII.MatchString(text) && strings.Trim(text, "-") == text
		parts[i] = strings.Trim(left.ReplaceAllString(text, "-"), "-")
	}
	name := strings.Join(parts, "_")
	if exact && len(name) <= longestName {
		return name
	}
	for len(name) > longestName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	sum := sha256.Sum256([]byte(strings.Join(append(c.group(), strconv.FormatUint(c.Seed, 10)), "\x00")))
	return fmt.Sprintf("%s_%x", name, sum[:4])
}

// keepNames gives cells the names that an older study has for them: was is its record, or nil, and dir its folder, in
// which a search, whose record has no cells, has their folders.
func keepNames(cells []Cell, was *Record, dir string) {
	if was == nil {
		return
	}
	for i := range cells {
		old := cells[i].name(notASCII)
		if old == cells[i].Name() {
			continue
		}
		_, err := os.Stat(filepath.Join(dir, old))
		cells[i].ascii = was.Search != nil && err == nil ||
			slices.ContainsFunc(was.Cells, func(c CellRecord) bool { return c.Name == old })
	}
}

// group returns what two cells that differ only in the seed have in common.
func (c Cell) group() []string {
	parts := []string{c.Model, c.Setting, "lr" + shortest(c.LR), "batch" + strconv.Itoa(c.Batch)}
	if len(c.Augment) > 0 {
		parts = append(parts, c.Augment.String())
	}
	return parts
}

// shortest returns the fewest digits that read back to v.
func shortest(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// config returns the settings of the cell's run in the folder dir.
func (c Cell) config(common train.Config, dir string) train.Config {
	common.Model, common.Name, common.Solver, common.Schedule = c.draw, c.Model, c.Solver, c.Schedule
	common.Batch, common.Augment, common.Seed, common.Dir = c.Batch, c.Augment, c.Seed, dir
	return common
}
