package app

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sirupsen/logrus"

	"anneal/runs"
	"anneal/view/report"
)

// The drawings in a run's folder.
const (
	reportFile = "report.html"
	curvesFile = "curves.png"
)

type reportCmd struct {
	Dir  []string `arg:"" help:"${dirs}"`
	Out  string   `placeholder:"FILE" help:"${report_out}"`
	Plot plotFile `placeholder:"FILE" help:"Also draw the curves as .png or .svg. An existing file is replaced."`
	logFlags
}

// Validate checks the name of the file before anything is read.
func (r *reportCmd) Validate() error {
	if r.Out != "" && filepath.Ext(r.Out) != ".html" && report.CheckPath(r.Out) != nil {
		return fmt.Errorf("--out: got %q, want a name that ends in .html, .png or .svg", r.Out)
	}
	return nil
}

func (r *reportCmd) Run(c *console) error {
	page, log := report.Page{}, c.log(r.logFlags)
	bad, all := new(failures), 0
	for _, dir := range r.Dir {
		folders, err := runFolders(dir)
		if err != nil {
			bad.add(log, err)
			all++
		}
		for _, folder := range folders {
			all++
			run, err := c.program.readRun(folder)
			if err != nil {
				bad.add(log, err)
				continue
			}
			page.Runs = append(page.Runs, *run)
		}
	}
	if len(page.Runs) == 0 {
		return bad.of(all, "run")
	}
	report.Distinguish(page.Runs)
	if r.Out == "" {
		r.Out = reportFile
		if all == 1 {
			r.Out = filepath.Join(page.Runs[0].Dir, reportFile)
		}
	}
	save := page.Save
	if report.CheckPath(r.Out) == nil {
		save = page.Curves
	}
	if err := save(r.Out); err != nil {
		return err
	}
	log.Infof("drawn in %s", r.Out)
	if r.Plot != "" {
		if err := page.Curves(string(r.Plot)); err != nil {
			return err
		}
		log.Infof("drawn in %s", r.Plot)
	}
	return bad.of(all, "run")
}

// runFolders returns the folder of a run, or those of the runs in a folder and below, such as that of a study.
func runFolders(path string) ([]string, error) {
	dir := runs.Folder(path)
	var list []string
	var errs []error
	for _, f := range runs.Find(dir) {
		if f.Err != nil {
			errs = append(errs, f.Err)
		} else if !f.IsStudy() {
			list = append(list, f.Dir)
		}
	}
	switch {
	case list != nil:
		return list, errors.Join(errs...)
	case exists(filepath.Join(dir, runs.StudyFile)):
		return nil, fmt.Errorf("%s: no run of the study has begun yet", dir)
	}
	return []string{dir}, nil // whoever reads it says what is missing
}

// readRun reads the folder of a run. Older versions of this program did not note the command that repeats a run, so
// readRun adds it to the notes.
func (p *program) readRun(dir string) (*report.Run, error) {
	run, err := report.ReadRun(dir)
	if err == nil && run.Record.Notes[noteCommand] == nil {
		if command := p.repeat(run.Record); command != "" {
			run.Record.Notes[noteCommand] = command
		}
	}
	return run, err
}

// reporter returns an observer that draws a run's report into the run's folder when the run ends. link makes its path
// one to open.
func (p *program) reporter(log logrus.FieldLogger, link func(path string) string) runs.Observer {
	var dir string
	return func(e runs.Event) error {
		switch e := e.(type) {
		case runs.Start:
			dir = e.Dir
		case runs.End:
			path := filepath.Join(dir, reportFile)
			if err := p.drawRun(dir, path); err != nil {
				return fmt.Errorf("the run is saved in %s, but not its report: %w", dir, err)
			}
			log.Infof("report: %s (curves, worst mistakes, settings)", link(path))
		}
		return nil
	}
}

// reportOf returns the report of the run in dir as it is now.
func (p *program) reportOf(dir string) ([]byte, error) {
	run, err := p.readRun(dir)
	if err != nil {
		return nil, err
	}
	return report.Page{Runs: []report.Run{*run}}.HTML()
}

// drawRun draws the report of the run in dir, and its curves beside it.
func (p *program) drawRun(dir, path string) error {
	run, err := p.readRun(dir)
	if err != nil {
		return err
	}
	page := report.Page{Runs: []report.Run{*run}}
	return errors.Join(page.Save(path), page.Curves(filepath.Join(dir, curvesFile)))
}
