package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"anneal/data"
	"anneal/internal/atomicfile"
	"anneal/view/contact"
)

// dataCmd says what a data set holds.
type dataCmd struct {
	dataFlags
	sheetFlags
	logFlags
}

// sheetFlags say what a contact sheet shows.
type sheetFlags struct {
	Sheet   sheetFile   `placeholder:"FILE" help:"${sheet}"`
	Augment augmentFlag `placeholder:"SPEC" help:"${sheet_augment}"`
	Rows    count       `default:"10" placeholder:"N" help:"Images of a sheet with --augment, one of each class first."`
	Columns count       `default:"10" placeholder:"N" help:"Samples per class, or epochs with --augment."`
	Seed    seed        `default:"1" help:"Seed of the run whose images a sheet with --augment shows."`
}

// sheetFile is the name of a PNG file.
type sheetFile string

func (f *sheetFile) UnmarshalText(text []byte) error {
	if !bytes.HasSuffix(bytes.ToLower(text), []byte(".png")) {
		return fmt.Errorf("%q: want a name that ends in .png", text)
	}
	*f = sheetFile(text)
	return nil
}

// Validate returns an error for an augmentation without a picture of it.
func (f *sheetFlags) Validate() error {
	if f.Sheet == "" && len(f.Augment.Compose) > 0 {
		return errors.New("--augment: want --sheet FILE with it, the picture to draw")
	}
	return nil
}

func (d *dataCmd) Run(ctx context.Context, c *console) error {
	log := c.log(d.logFlags)
	pair, err := d.dataFlags.read(ctx, log, nil)
	if err != nil {
		return err
	}
	if err := writeCounts(c, pair.Train, pair.Test); err != nil {
		return err
	}
	if d.Sheet == "" {
		return nil
	}
	for _, warning := range d.Augment.Warnings(data.FrameOf(pair.Train), data.FactsOf(pair.Train).Digits) {
		log.Warn(warning)
	}
	if err := d.draw(pair.Train); err != nil {
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

// writeCounts prints how many samples of each class a training set and its test set have.
func writeCounts(c *console, sets ...data.Dataset) error {
	counts := make([][]int, len(sets))
	for i, set := range sets {
		labels, err := data.Labels(set)
		if err != nil {
			return err
		}
		counts[i] = make([]int, set.Classes())
		for _, label := range labels {
			counts[i][label]++
		}
	}
	names := data.FactsOf(sets[0]).ClassNames
	fmt.Fprintf(c.stdout, "%-16s %8s %8s\n", "class", "train", "test")
	for class := range sets[0].Classes() {
		name := strconv.Itoa(class)
		if class < len(names) {
			name = cmp.Or(names[class], name)
		}
		fmt.Fprintf(c.stdout, "%-16s %8d %8d\n", name, counts[0][class], counts[1][class])
	}
	_, err := fmt.Fprintf(c.stdout, "%-16s %8d %8d\n", "all", sets[0].Len(), sets[1].Len())
	return err
}
