package app

import (
	"errors"
	"path/filepath"

	"anneal/study"
)

// mostCurves is the largest number of settings whose curves fit in one figure. The page can show more: readers filter
// them.
const mostCurves = 30

// drawStudy draws a study's report into its folder.
func drawStudy(r *study.Results, command string) error {
	page, err := r.Page()
	if err != nil {
		return err
	}
	page.Command = command
	if err := errors.Join(page.Save(filepath.Join(r.Dir, reportFile)), drawBatches(r)); err != nil ||
		len(r.Summaries()) > mostCurves {
		return err
	}
	return page.Curves(filepath.Join(r.Dir, curvesFile))
}

// batchesFile is the picture of the accuracies by batch size.
const batchesFile = "batches.png"

// drawBatches draws the accuracies of a study of several batch sizes into its folder.
func drawBatches(r *study.Results) error {
	f, ok := r.BatchFigure()
	if !ok {
		return nil
	}
	return f.Save(filepath.Join(r.Dir, batchesFile))
}
