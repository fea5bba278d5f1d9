package app

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/sirupsen/logrus"

	"anneal/runs"
	"anneal/study"
	"anneal/view/live"
)

// studyPage is the page of a study that is under way.
type studyPage struct {
	*live.Study
	cell func(study.Cell) live.Cell
}

// study starts the page of the study in a folder.
func (f *liveFlags) study(c *console, log logrus.FieldLogger, quiet bool, dir string) (*studyPage, error) {
	page, err := live.StartStudy(f.Live, filepath.Base(dir))
	if err != nil {
		return nil, fmt.Errorf("--live: %w", err)
	}
	f.tell(c, log, quiet, page, "watch the study at")
	return &studyPage{Study: page}, nil
}

// begin shows the study that c describes, and makes c tell the page what happens in it. A run is called by what differs
// between all cells; those of a search, which decides as it goes, have all of it.
func (p *studyPage) begin(c *study.Config, cells []study.Cell) {
	plan := live.Plan{Dir: c.Dir, Report: reportFile, Epochs: c.Common.Epochs, Search: c.Search != nil, Rungs: c.Rungs()}
	p.cell = func(cell study.Cell) live.Cell {
		parts := []string{cell.Model, cell.Setting, fmt.Sprintf("lr %.4g", cell.LR), fmt.Sprint("batch ", cell.Batch)}
		if len(cell.Augment) > 0 {
			parts = append(parts, cell.Augment.String())
		}
		return live.Cell{Name: cell.Name(), Setting: strings.Join(parts, ", "), Seed: cell.Seed}
	}
	if c.Search == nil {
		p.cell = func(cell study.Cell) live.Cell {
			return live.Cell{Name: cell.Name(), Setting: study.Label(cell, cells), Seed: cell.Seed}
		}
		for _, cell := range cells {
			plan.Cells = append(plan.Cells, p.cell(cell))
		}
	}
	p.Begin(plan)
	observe, written := c.Observer, c.Written
	c.Observer = func(cell study.Cell, e runs.Event) error {
		p.Observe(p.cell(cell), e)
		return observe(cell, e)
	}
	c.Written = func(r *study.Results) error {
		p.results(r)
		return written(r)
	}
}

// results shows the runs that have ended.
func (p *studyPage) results(r *study.Results) {
	for _, c := range r.Cells {
		p.Ended(p.cell(c.Cell), live.Ended{By: r.By, Best: r.Measure, Epochs: c.Epochs, End: c.End})
	}
}
