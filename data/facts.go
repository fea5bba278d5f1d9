package data

// Facts say what a network that was trained on a data set must know about it to run elsewhere. They travel with the
// network's weights. What is not known stays empty.
type Facts struct {
	Name       string    // of the data set, such as "MNIST"
	ClassNames []string  // by class; nil: the classes have numbers alone
	Mean, Std  []float64 // one per channel, or one for all: a pixel in [0, 1] is normalised to (pixel − Mean)/Std
	Background float64   // an empty pixel, in [0, 1]
	Digits     bool      // each image is one digit, centred and scaled as MNIST's are
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
