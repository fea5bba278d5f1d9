package app

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"

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
	searches := c.Search != nil
	var known sync.Map // cells by their names: labels take a while, and every step asks for one
	p.cell = func(cell study.Cell) live.Cell {
		name := cell.Name()
		if shown, ok := known.Load(name); ok {
			return shown.(live.Cell)
		}
		shown := live.Cell{Name: name, Setting: described(cell), Seed: cell.Seed}
		if !searches {
			shown.Setting = study.Label(cell, cells)
		}
		known.Store(name, shown)
		return shown
	}
	plan := live.Plan{Dir: c.Dir, Report: reportFile, Epochs: c.Common.Epochs, Search: searches, Rungs: c.Rungs()}
	for i, cell := range cells { // of a search, none
		plan.Cells = append(plan.Cells, p.cell(cell))
		if c.Share.Of > 0 {
			plan.Share, plan.Of = c.Share.Index+1, c.Share.Of
			plan.Shares = append(plan.Shares, c.Share.Owner(i)+1)
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

// described returns all that tells a cell apart, except its seed.
func described(c study.Cell) string {
	parts := []string{c.Model, c.Setting, fmt.Sprintf("lr %.4g", c.LR), fmt.Sprint("batch ", c.Batch)}
	if len(c.Augment) > 0 {
		parts = append(parts, c.Augment.String())
	}
	return strings.Join(parts, ", ")
}

// results shows the runs that have ended.
func (p *studyPage) results(r *study.Results) {
	for _, c := range r.Cells {
		p.Ended(p.cell(c.Cell), live.Ended{By: r.By, Best: r.Measure, Epochs: c.Epochs, End: c.End})
	}
}
