package study

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"anneal/internal/plural"
	"anneal/view/report"
)

// Page returns a page about a study that has a folder: a curve per setting with a band over its seeds, the tables, and
// the heat maps.
func (r *Results) Page() (*report.Page, error) {
	if r.Dir == "" {
		return nil, errors.New("study: a page shows what the runs have recorded: want a study with a Dir")
	}
	page := &report.Page{Tables: r.Tables(), Open: r.Open}
	if r.Found == nil {
		page.Tables[0] = r.summaryTable(r.Ranked())
	}
	var models []string
	for _, c := range r.shown() {
		run, err := report.ReadRun(filepath.Join(r.Dir, c.Name()))
		if err != nil {
			return nil, fmt.Errorf("study: %w", err)
		}
		run.Name, run.Setting, run.Pruned = r.label(c.Cell), c.named(), c.End.Reason == Pruned
		page.Runs = append(page.Runs, *run)
		if !slices.Contains(models, c.Model) {
			models = append(models, c.Model)
		}
	}
	if !slices.ContainsFunc(r.Cells, func(c Result) bool { return c.named() != "" }) {
		report.Distinguish(page.Runs) // shorter than the specs of solvers and schedules
	}
	page.Title = fmt.Sprintf("%s: %s compared", strings.Join(models, ", "), plural.Of(len(r.Cells), "run"))
	if r.Found != nil {
		r.searchPage(page)
	}
	grids := r.Grids()
	for _, g := range grids {
		h := g.HeatMap()
		h.Heading, h.Of = g.heading(grids), g.of()
		page.HeatMaps = append(page.HeatMaps, h)
	}
	return page, nil
}

// shown returns the cells in the order of the page: those of a search by rank.
func (r *Results) shown() []Result {
	if r.Found == nil {
		return r.Cells
	}
	var list []Result
	seeds := len(r.Cells) / len(r.Found.Trials)
	for _, i := range r.Found.Ranked() {
		list = append(list, r.Cells[i*seeds:(i+1)*seeds]...)
	}
	return list
}

// label returns the model of a cell, and what of the rest except the seed differs between cells.
func (r *Results) label(c Cell) string {
	var all []Cell
	for _, other := range r.Cells {
		all = append(all, other.Cell)
	}
	return strings.Join(append([]string{c.Model}, c.differing(all)...), ", ")
}
