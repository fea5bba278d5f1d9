package runs

import (
	"slices"
	"strconv"
)

// DataRecord identifies a data set, and states what a network trained on it must know to run elsewhere.
type DataRecord struct {
	Samples int    `json:"samples"`
	Shape   [3]int `json:"shape"` // C, H, W
	Classes int    `json:"classes"`

	// Pixels of 0 to 1 are normalised to (pixel − Mean)/Std, if the data set says how (as data.Images does).
	Mean float64 `json:"mean,omitempty"`
	Std  float64 `json:"std,omitempty"`

	// SHA256 is that of the samples as the model sees them, normalised: each its float32 pixels and int32 label,
	// little-endian.
	SHA256 string `json:"sha256"`

	XShape []int         `json:"x_shape,omitempty"` // in which a network takes a sample, if it is not C, H, W
	Fields []FieldRecord `json:"fields,omitempty"`  // what a sample has besides x and its label

	Name       string    `json:"name,omitempty"`         // such as MNIST
	ClassNames []string  `json:"class_names,omitempty"`  // by class
	Means      []float64 `json:"channel_mean,omitempty"` // in place of Mean and Std, one per channel
	Stds       []float64 `json:"channel_std,omitempty"`
	Background float64   `json:"background,omitempty"` // an empty pixel, from 0 to 1
	Preprocess string    `json:"preprocess,omitempty"` // PreprocessDigit, …; "" in older records

	Columns []ColumnRecord `json:"columns,omitempty"` // of a table; Means and Stds have one for each number of x
	Target  *TargetRecord  `json:"target,omitempty"`  // what a regression on a table predicts
}

// ColumnRecord is a data.Column.
type ColumnRecord struct {
	Name       string   `json:"name"`
	Categories []string `json:"categories,omitempty"`
}

// Width returns how many numbers of a sample are the column's: one, or one for each category.
func (c ColumnRecord) Width() int { return max(1, len(c.Categories)) }

// TargetRecord is a data.Target.
type TargetRecord struct {
	Name string  `json:"name"`
	Mean float64 `json:"mean"`
	Std  float64 `json:"std"`
}

// FieldRecord is a data.Field.
type FieldRecord struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape,omitempty"`
	Ints  bool   `json:"ints,omitempty"`
}

// How pictures become samples of a data set.
const (
	PreprocessDigit = "digit" // the digit on them is centred and scaled, as MNIST's makers did it
	PreprocessNone  = "none"  // they are scaled to the samples' size
	PreprocessCrop  = "crop"  // they are scaled until they cover a sample, and cropped to its middle
)

// NetworkShape returns the shape in which a network takes a sample: XShape, or C, H, W.
func (d DataRecord) NetworkShape() []int {
	if d.XShape != nil {
		return d.XShape
	}
	return d.Shape[:]
}

// Normalisation returns the mean and the standard deviation of pixels of 0 to 1: one of each per channel, or one for
// all channels. It returns nil if d does not have them.
func (d DataRecord) Normalisation() (mean, std []float64) {
	if d.Means == nil && d.Std > 0 {
		return []float64{d.Mean}, []float64{d.Std}
	}
	return d.Means, d.Stds
}

// SetNormalisation sets what Normalisation returns.
func (d *DataRecord) SetNormalisation(mean, std []float64) {
	d.Mean, d.Std, d.Means, d.Stds = 0, 0, nil, nil
	switch len(mean) {
	case 0:
	case 1:
		d.Mean, d.Std = mean[0], std[0]
	default:
		d.Means, d.Stds = mean, std
	}
}

// ClassName returns the name of a class, or its number if it has no name.
func (d DataRecord) ClassName(class int) string { return ClassName(d.ClassNames, class) }

// ClassName returns the name of a class, or its number if names does not have it.
func ClassName(names []string, class int) string {
	if class >= 0 && class < len(names) {
		return names[class]
	}
	return strconv.Itoa(class)
}

// HasNames reports whether names has a name that is not just the number of its class.
func HasNames(names []string) bool {
	for class, name := range names {
		if name != strconv.Itoa(class) {
			return true
		}
	}
	return false
}

// bare returns d without what only describes the samples.
func (d DataRecord) bare() DataRecord {
	return DataRecord{Samples: d.Samples, Shape: d.Shape, Classes: d.Classes, SHA256: d.SHA256}
}

// sameSamples reports whether d and o are of the same samples, whatever they say about them.
func (d DataRecord) sameSamples(o DataRecord) bool {
	return d.Samples == o.Samples && d.Shape == o.Shape && d.Classes == o.Classes && d.SHA256 == o.SHA256
}

// Data returns what the run's network was trained with: the record of the training samples, completed by that of the
// test samples.
func (r *Record) Data() DataRecord {
	d := r.Train
	if mean, _ := d.Normalisation(); mean == nil {
		d.SetNormalisation(r.Test.Normalisation())
	}
	if d.Name == "" {
		d.Name = r.Test.Name
	}
	if d.ClassNames == nil {
		d.ClassNames = slices.Clone(r.Test.ClassNames)
	}
	if d.Preprocess == "" {
		d.Preprocess = r.Test.Preprocess
	}
	return d
}
