package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/data/profile"
	"anneal/internal/atomicfile"
	"anneal/runs"
	"anneal/view/contact"
)

// dataCmd says what a data set holds.
type dataCmd struct {
	dataFlags
	partsFlags
	sheetFlags
	Format string `enum:"text,json" default:"text" help:"How to print: text or json."`
	logFlags
}

// sheetFlags say what a contact sheet shows.
type sheetFlags struct {
	Sheet   sheetFile   `placeholder:"FILE" help:"${sheet}"`
	Augment augmentFlag `placeholder:"SPEC" help:"${sheet_augment}"`
	Rows    count       `default:"10" placeholder:"N" help:"${sheet_rows} Default: ${default}."`
	Columns count       `default:"10" placeholder:"N" help:"${sheet_columns} Default: ${default}."`
	Seed    seed        `default:"1" help:"Seed of the run whose images a sheet with --augment shows."`
}

// sheetFile is the name of a PNG file.
type sheetFile string

func (f *sheetFile) UnmarshalText(text []byte) error {
	if !bytes.HasSuffix(bytes.ToLower(text), []byte(".png")) {
		return fmt.Errorf("got %q, want a name that ends in .png", text)
	}
	*f = sheetFile(text)
	return nil
}

// Validate checks flags that depend on one another.
func (d *dataCmd) Validate() error {
	return cmp.Or(d.partsFlags.check(), d.sheetFlags.check())
}

// check returns an error for an augmentation without a picture of it.
func (f *sheetFlags) check() error {
	if f.Sheet == "" && len(f.Augment.Compose) > 0 {
		return errors.New("--augment needs --sheet, the picture to draw")
	}
	return nil
}

func (d *dataCmd) Run(ctx context.Context, c *console) error {
	log := c.log(d.logFlags)
	pair, err := d.dataFlags.read(ctx, log, nil)
	if err != nil {
		return err
	}
	if err := d.apply(pair.Sets); err != nil {
		return err
	}
	if d.Format == "text" {
		if err := writeCounts(c, pair.Sets); err != nil {
			return err
		}
	}
	if err := d.drawSheet(log, pair.Train); err != nil {
		return err
	}
	found, err := profile.Of(ctx, pair.Sets, profile.Options{SkipBad: pair.spec.SkipBad, Progress: progress(log)})
	switch {
	case err != nil:
		return err
	case d.Format == "json":
		return printJSON(c.stdout, found)
	}
	return writeProfile(c, found)
}

// progress returns what logs how far the reading of a large data set is.
func progress(log logrus.FieldLogger) func(part string, done, samples int) {
	return func(part string, done, samples int) {
		log.Infof("examining the %s samples: %d of %d", part, done, samples)
	}
}

// drawSheet draws the sheet if there is to be one, and says so.
func (d *dataCmd) drawSheet(log logrus.FieldLogger, set data.Dataset) error {
	if d.Sheet == "" {
		return nil
	}
	warnAugment(log, d.Augment, set)
	if err := d.draw(set); err != nil {
		return err
	}
	log.Infof("drawn in %s", d.Sheet)
	return nil
}

// draw draws the sheet of a set.
func (f *sheetFlags) draw(set data.Dataset) (err error) {
	var sheet contact.Sheet
	if len(f.Augment.Compose) > 0 {
		sheet, err = contact.Augmented(set, f.Augment.Compose, uint64(f.Seed), int(f.Rows), int(f.Columns))
	} else {
		sheet, err = contact.Samples(set, int(f.Columns))
	}
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.Write(&b); err != nil {
		return err
	}
	return atomicfile.Write(string(f.Sheet), b.Bytes())
}

// writeCounts prints how many samples of each class each part of a data set has, and how many in all.
func writeCounts(c *console, sets *data.Sets) error {
	parts := []struct {
		name string
		set  data.Dataset
	}{{"train", sets.Train}, {"valid", sets.Valid}, {"test", sets.Test}}
	if sets.Valid == nil {
		parts = slices.Delete(parts, 1, 2)
	}
	classes, names := sets.Train.Classes(), data.FactsOf(sets.Train).ClassNames
	rows := make([]string, classes+2)
	rows[0], rows[classes+1] = fmt.Sprintf("%-16s", "class"), fmt.Sprintf("%-16s", "all")
	for class := range classes {
		rows[class+1] = fmt.Sprintf("%-16s", runs.ClassName(names, class))
	}
	for _, p := range parts {
		counts := make([]int, classes)
		if classes > 0 {
			labels, err := data.Labels(p.set)
			if err != nil {
				return err
			}
			for _, label := range labels {
				counts[label]++
			}
		}
		rows[0] += fmt.Sprintf(" %8s", p.name)
		for i, n := range append(counts, p.set.Len()) {
			rows[i+1] += fmt.Sprintf(" %8d", n)
		}
	}
	_, err := fmt.Fprintln(c.stdout, strings.Join(rows, "\n"))
	return err
}
