package main

import (
	"os"

	"github.com/sirupsen/logrus"

	"anneal/view/report"
)

// plotFile is the file to draw a figure in, or "" for none.
type plotFile string

func (f *plotFile) UnmarshalText(text []byte) error {
	*f = plotFile(text)
	return report.CheckPath(string(text))
}

// save draws the figure, and logs the name of its file.
func (f plotFile) save(log logrus.FieldLogger, figure report.Figure) error {
	if f == "" {
		return nil
	}
	_, missing := os.Stat(string(f))
	if err := figure.Save(string(f)); err != nil {
		return err
	}
	if missing == nil {
		log.Infof("drawn in %s, in place of an older file", f)
	} else {
		log.Infof("drawn in %s", f)
	}
	return nil
}
