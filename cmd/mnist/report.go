package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sirupsen/logrus"

	"anneal/report"
)

// The drawings in a run's folder.
const (
	reportFile = "report.html"
	curvesFile = "curves.png"
)

type reportCmd struct {
	Dir  []string `arg:"" help:"Folders of runs. Those that differ only in the seed become one curve with a band."`
	Out  string   `placeholder:"FILE" help:"The page, .html, or its curves alone, .png or .svg; a file of that name is replaced. Default: report.html, for one run in its folder."`
	Plot plotFile `placeholder:"FILE" help:"Draw the curves as .png or .svg, too."`
	logFlags
}

func (r *reportCmd) Run(c *console) error {
	page := report.Page{}
	for _, dir := range r.Dir {
		run, err := report.ReadRun(runFolder(dir))
		if err != nil {
			return err
		}
		page.Runs = append(page.Runs, *run)
	}
	report.Distinguish(page.Runs)
	if r.Out == "" {
		r.Out = reportFile
		if len(r.Dir) == 1 {
			r.Out = filepath.Join(runFolder(r.Dir[0]), reportFile)
		}
	}
	save := page.Save
	if report.CheckPath(r.Out) == nil {
		save = page.Curves
	}
	if err := save(r.Out); err != nil {
		return err
	}
	log := c.log(r.logFlags)
	log.Infof("drawn in %s", r.Out)
	if r.Plot == "" {
		return nil
	}
	if err := page.Curves(string(r.Plot)); err != nil {
		return err
	}
	log.Infof("drawn in %s", r.Plot)
	return nil
}

// drawRun draws a run's report into its folder.
func drawRun(log logrus.FieldLogger, dir string) error {
	run, err := report.ReadRun(dir)
	if err != nil {
		return err
	}
	page := report.Page{Runs: []report.Run{*run}}
	path := filepath.Join(dir, reportFile)
	err = errors.Join(page.Save(path), page.Curves(filepath.Join(dir, curvesFile)))
	if err != nil {
		return fmt.Errorf("the run is saved in %s, its report is not: %w", dir, err)
	}
	log.Infof("curves, mistakes and settings to look at are in %s", path)
	return nil
}
