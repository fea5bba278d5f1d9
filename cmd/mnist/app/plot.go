package app

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

// saveNew draws the figure in a file that did not exist: name with the extension, and a number between them if need be.
// Programs that start at the same time get files of their own.
func saveNew(log logrus.FieldLogger, name, extension string, figure report.Figure) error {
	path, err := firstFree(name, extension, func(path string) error {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return err
		}
		return file.Close()
	})
	if err != nil {
		return err
	}
	if err := figure.Save(path); err != nil {
		os.Remove(path)
		return err
	}
	log.Infof("drawn in %s", path)
	return nil
}
