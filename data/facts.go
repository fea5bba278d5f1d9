package data

// Facts say what a network that was trained on a data set must know about it to run elsewhere. They travel with the
// network's weights. What is not known stays empty.
type Facts struct {
	Name       string    // of the data set, such as "MNIST"
	ClassNames []string  // by class; nil: the classes have numbers alone
	Mean, Std  []float64 // one per channel, or one for all: a pixel in [0, 1] is normalised to (pixel − Mean)/Std
	Background float64   // an empty pixel, in [0, 1]
	Digits     bool      // each image is one digit, centred and scaled as MNIST's are
	Crop       bool      // each image is the middle of a picture of any size, scaled to the sample

	Columns []Column // of a table: what the numbers of x are, in this order; Mean and Std have one for each number
	Target  *Target  // what a regression predicts
}

// Column is a column of a table.
type Column struct {
	Name       string
	Categories []string // x has a 0 or 1 for each; nil: the column is one number
}

// Width returns how many numbers of x are the column's.
func (c Column) Width() int { return max(1, len(c.Categories)) }

// Target is a number that a network predicts, in units of Std about Mean.
type Target struct {
	Name string
	Mean float64
	Std  float64 // above 0
}

// Describer is a Dataset that states its Facts. Package train records them with the weights.
type Describer interface {
	Facts() Facts
}

// FactsOf returns the facts of d, or none if it states none.
func FactsOf(d Dataset) Facts {
	if f, ok := d.(Describer); ok {
		return f.Facts()
	}
	return Facts{}
}
