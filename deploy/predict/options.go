package predict

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"anneal/runs"
)

// Options say what a network was trained on. The zero value is MNIST.
type Options struct {
	Shape [3]int // of a sample: C, H, W. All 0: 1, 28, 28
	// XShape is the shape in which the network takes a sample, as many numbers as Shape has. nil: C, H, W
	XShape    []int
	Mean, Std float64 // of the training pixels as numbers in [0, 1]; Std > 0. Both 0: 0.1307 and 0.3081

	// Means and Stds are one per channel, in place of Mean and Std. Both nil: Mean and Std in every channel.
	Means, Stds []float64

	DataName   string   // of what the network was trained on, such as MNIST
	ClassNames []string // by class; nil: their numbers
	// Preprocess says how a picture becomes a sample: runs.PreprocessDigit, as Digit does it, runs.PreprocessNone, as
	// Fit does it, or runs.PreprocessCrop, as a folder of pictures becomes samples. "": as Digit does it if samples are
	// 1×28×28, else as Fit does it
	Preprocess string
	Background float64 // an empty pixel in [0, 1], with which Fit fills what a picture leaves empty

	Task Task // what the network's result is. "": Classes. A network with another result than [N, classes] has Numbers
	// Columns are those of the table that the network was trained on. Means and Stds have one for each number that they
	// become. nil: it was no table
	Columns []runs.ColumnRecord
	Target  *runs.TargetRecord // what a network of Task Numbers predicts, in units of Std about Mean; nil: what it says

	MaxBatch int // the most samples in one run of the network, ≥ 1. 0: 64

	unnormalised bool // the file of weights does not say how pixels are normalised
}

// size returns how many numbers a sample has.
func (o Options) size() int { return o.Shape[0] * o.Shape[1] * o.Shape[2] }

// OptionsOf returns the options that d records. The task is not among them: TaskOf knows it from the loss.
func OptionsOf(d runs.DataRecord) Options {
	o := Options{
		Shape: d.Shape, XShape: d.XShape, DataName: d.Name, ClassNames: d.ClassNames,
		Preprocess: d.Preprocess, Background: d.Background, Columns: d.Columns, Target: d.Target,
	}
	mean, std := d.Normalisation()
	switch len(mean) {
	case 0:
		o.unnormalised = true
	case 1:
		o.Means, o.Stds = slices.Repeat(mean, d.Shape[0]), slices.Repeat(std, d.Shape[0])
	default:
		o.Means, o.Stds = mean, std
	}
	return o
}

// errNormalisation is the error for pixels that nobody has said how to normalise.
var errNormalisation = errors.New("predict: the weights do not say how pixels were normalised: " +
	"want a mean and a standard deviation")

// complete checks o, and gives what is not set its default.
func (o *Options) complete() error {
	size := 1
	for _, n := range o.XShape {
		size *= n
	}
	if o.Shape == [3]int{} && o.XShape != nil {
		o.Shape = [3]int{size, 1, 1}
	}
	if o.Shape == [3]int{} {
		o.Shape = [3]int{1, Size, Size}
	}
	if o.Mean == 0 && o.Std == 0 {
		o.Mean, o.Std = 0.1307, 0.3081
	}
	if o.MaxBatch == 0 {
		o.MaxBatch = 64
	}
	switch {
	case o.Task != "" && o.Task != Classes && o.Task != Labels && o.Task != Numbers:
		return fmt.Errorf("predict: Task: got %q, want %s, %s or %s", o.Task, Classes, Labels, Numbers)
	case slices.Min(o.Shape[:]) < 1:
		return fmt.Errorf("predict: Shape: got %v, want C, H and W of at least 1", o.Shape)
	case o.XShape != nil && (len(o.XShape) == 0 || slices.Min(o.XShape) < 1 || size != o.size()):
		return fmt.Errorf("predict: XShape: got %v, want sizes of at least 1, of as many numbers as %v", o.XShape, o.Shape)
	case o.MaxBatch < 1:
		return fmt.Errorf("predict: MaxBatch: got %d, want at least 1", o.MaxBatch)
	case !(o.Background >= 0 && o.Background <= 1):
		return fmt.Errorf("predict: Background: got %v, want a pixel from 0 to 1", o.Background)
	}
	if o.Means == nil && o.Stds == nil {
		o.Means, o.Stds = slices.Repeat([]float64{o.Mean}, o.Shape[0]), slices.Repeat([]float64{o.Std}, o.Shape[0])
	}
	if len(o.Means) != o.Shape[0] || len(o.Stds) != o.Shape[0] {
		return fmt.Errorf("predict: Means and Stds: got %d and %d numbers, want one per channel of %v",
			len(o.Means), len(o.Stds), o.Shape)
	}
	for c, mean := range o.Means {
		std := o.Stds[c]
		if !(std > 0) || math.IsInf(std, 0) || math.IsNaN(mean) || math.IsInf(mean, 0) {
			return fmt.Errorf("predict: Mean and Std: got %g and %g, want finite numbers and Std above 0", mean, std)
		}
	}
	if o.XShape == nil {
		o.XShape = o.Shape[:]
	}
	if err := o.completeTable(); err != nil {
		return err
	}
	grey := o.Shape == [3]int{1, Size, Size}
	switch {
	case o.Preprocess == "" && grey:
		o.Preprocess = runs.PreprocessDigit
	case o.Preprocess == "":
		o.Preprocess = runs.PreprocessNone
	case o.Preprocess == runs.PreprocessDigit && !grey:
		return fmt.Errorf("predict: Preprocess: got %q for samples of shape %v, want %q unless they are [1 28 28]",
			o.Preprocess, o.Shape, runs.PreprocessNone)
	case o.Preprocess != runs.PreprocessDigit && o.Preprocess != runs.PreprocessNone &&
		o.Preprocess != runs.PreprocessCrop:
		return fmt.Errorf("predict: Preprocess: got %q, want %q, %q or %q",
			o.Preprocess, runs.PreprocessDigit, runs.PreprocessNone, runs.PreprocessCrop)
	}
	return nil
}

// completeTable checks what o says of a table.
func (o *Options) completeTable() error {
	if t := o.Target; t != nil && (!(t.Std > 0) || math.IsInf(t.Std, 0) || math.IsNaN(t.Mean) || math.IsInf(t.Mean, 0)) {
		return fmt.Errorf("predict: Target %s: got mean %g and std %g, want finite numbers and a std above 0",
			t.Name, t.Mean, t.Std)
	}
	if o.Columns == nil {
		return nil
	}
	size := 0
	for _, c := range o.Columns {
		size += c.Width()
	}
	if size != o.size() {
		return fmt.Errorf("predict: Columns: got columns of %d numbers, want as many as %v has", size, o.XShape)
	}
	return nil
}
