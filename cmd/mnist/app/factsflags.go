package app

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"anneal/internal/bounded"
	"anneal/internal/plural"
	"anneal/runs"
)

// factsFlags say what a network was trained on, in place of what its file says.
type factsFlags struct {
	Shape      shapeFlag      `placeholder:"C,H,W" help:"${facts_shape}"`
	Mean       meanFlag       `placeholder:"MEAN,..." help:"${facts_mean}"`
	Std        stdFlag        `placeholder:"STD,..." help:"${facts_std}"`
	Classes    namesFlag      `placeholder:"NAMES" help:"${facts_classes}"`
	Preprocess preprocessFlag `placeholder:"HOW" help:"${facts_preprocess}"`
}

// given reports whether any of the flags is given.
func (f *factsFlags) given() bool {
	return f.Shape != (shapeFlag{}) || f.Mean != nil || f.Classes != nil || f.Preprocess != ""
}

// apply puts what the flags say into d.
func (f *factsFlags) apply(d *runs.DataRecord) error {
	if f.Shape != (shapeFlag{}) {
		d.Shape = f.Shape
	}
	if len(f.Mean) != len(f.Std) {
		return fmt.Errorf("--mean has %s and --std %d: give both, with one number for all channels, or one per channel",
			plural.Of(len(f.Mean), "number"), len(f.Std))
	}
	if n := len(f.Mean); n > 1 && d.Shape != [3]int{} && n != d.Shape[0] {
		return fmt.Errorf("--mean and --std have %d numbers: want one for all channels, or one for each of the %d channels",
			n, d.Shape[0])
	}
	if f.Mean != nil {
		d.SetNormalisation(f.Mean, f.Std)
	}
	if f.Classes != nil {
		d.ClassNames = f.Classes
	}
	if f.Preprocess != "" {
		d.Preprocess = string(f.Preprocess)
	}
	return nil
}

// meanFlag are means of pixels, one or one per channel.
type meanFlag []float64

func (f *meanFlag) UnmarshalText(text []byte) (err error) {
	*f, err = perChannel(text, "means of pixels from 0 to 1", func(v float64) bool { return v >= 0 && v <= 1 })
	return err
}

// stdFlag are standard deviations of pixels, one or one per channel.
type stdFlag []float64

func (f *stdFlag) UnmarshalText(text []byte) (err error) {
	*f, err = perChannel(text, "finite numbers above 0", func(v float64) bool { return v > 0 && v <= math.MaxFloat32 })
	return err
}

// perChannel reads numbers separated by commas, for each of which allowed must be true. want says what is allowed.
func perChannel(text []byte, want string, allowed func(float64) bool) (list []float64, err error) {
	for part := range strings.SplitSeq(string(text), ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !allowed(v) {
			return nil, fmt.Errorf("got %q, want %s: one for all channels, or one per channel with commas", part, want)
		}
		list = append(list, v)
	}
	return list, nil
}

// maxNamesFile is the size of the largest file of names, in bytes.
const maxNamesFile = 16 << 20

// namesFlag are names separated by commas, or a file with one name per line.
type namesFlag []string

func (f *namesFlag) UnmarshalText(text []byte) error {
	list, separator := string(text), ","
	if about, err := os.Stat(list); err == nil && !about.IsDir() {
		content, err := bounded.ReadNamed(list, maxNamesFile)
		if err != nil {
			return err
		}
		list, separator = strings.TrimSpace(string(content)), "\n"
	}
	for i, name := range strings.Split(list, separator) {
		if name = strings.TrimSpace(name); name == "" {
			return fmt.Errorf("got %q, in which name %d is empty: want names separated by commas, or a file with one per line",
				text, i+1)
		}
		*f = append(*f, name)
	}
	return nil
}

// preprocessFlag says how pictures become samples.
type preprocessFlag string

func (f *preprocessFlag) UnmarshalText(text []byte) error {
	*f = preprocessFlag(text)
	if *f != runs.PreprocessDigit && *f != runs.PreprocessNone && *f != runs.PreprocessCrop {
		return fmt.Errorf("got %q, want digit, none or crop", text)
	}
	return nil
}
