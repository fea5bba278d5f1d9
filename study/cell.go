package study

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strconv"
	"strings"

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

	draw graph.Model
}

const longestName = 120 // bytes

var (
	rate    = regexp.MustCompile(`\blr=[^,)]*(, )?`)
	foreign = regexp.MustCompile(`[^A-Za-z0-9.=-]+`)
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

// Name returns the name of the cell's folder. No other cell has it. It depends on the cell alone, and has only
// characters that need no quotes in any file system or shell.
func (c Cell) Name() string {
	parts := append(c.group(), "seed"+strconv.FormatUint(c.Seed, 10))
	exact := true
	for i, text := range parts {
		parts[i] = strings.Trim(foreign.ReplaceAllString(text, "-"), "-")
		exact = exact && parts[i] == text
	}
	name := strings.Join(parts, "_")
	if exact && len(name) <= longestName {
		return name
	}
	sum := sha256.Sum256([]byte(strings.Join(append(c.group(), strconv.FormatUint(c.Seed, 10)), "\x00")))
	return fmt.Sprintf("%.*s_%x", longestName, name, sum[:4])
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
