package data

// Labeller is a Dataset that knows a sample's label without reading the sample, such as a folder of pictures by class.
// Splits and samplings of a Labeller read nothing.
type Labeller interface {
	Dataset
	Label(i int) (int32, error) // of sample i, as Read returns it
}

// Labels returns the label of every sample of d. It reads all samples unless d is a Labeller, or a set of this package
// that has its labels in memory. One that cannot be read is an error.
func Labels(d Dataset) ([]int32, error) {
	labels, label := make([]int32, d.Len()), labelOf(d)
	if label == nil {
		shape := d.Shape()
		x := make([]float32, shape[0]*shape[1]*shape[2])
		label = func(i int) (int32, error) { return Read(d, i, x) }
	}
	for i := range labels {
		var err error
		if labels[i], err = label(i); err != nil {
			return nil, err
		}
	}
	return labels, nil
}

// labelOf returns what gives the labels of d without reading samples, or nil.
func labelOf(d Dataset) func(i int) (int32, error) {
	switch d := d.(type) {
	case *Images: // no method: a type that embeds a set may have a Read of its own
		return func(i int) (int32, error) { return d.labels[i], nil }
	case *Memory:
		return func(i int) (int32, error) { return d.labels[i], nil }
	case Labeller:
		return func(i int) (label int32, err error) {
			defer guard(i, &err)
			return d.Label(i)
		}
	case limited:
		return labelOf(d.Dataset)
	case part:
		if of := labelOf(d.Dataset); of != nil {
			return func(i int) (int32, error) { return of(d.samples[i]) }
		}
	}
	return nil
}
