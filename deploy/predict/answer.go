package predict

import "anneal/runs"

// labelled is the probability from which on a label counts as one of the sample's.
const labelled = 0.5

// Answer is a Prediction as JSON has it.
type Answer struct {
	Digit         *int           `json:"digit,omitempty"` // the class, if it is a picture's and has no name
	Class         *int           `json:"class,omitempty"`
	Name          string         `json:"name,omitempty"`   // of the class
	Labels        *[]string      `json:"labels,omitempty"` // the names of those with a probability of at least 0.5
	Probabilities []float64      `json:"probabilities,omitempty"`
	Logits        []float64      `json:"logits,omitempty"`
	Values        map[string]any `json:"values,omitempty"` // by their names: numbers, or lists of the values' shapes
}

// Present returns a prediction of the network with the output that was asked for, which Output has checked.
func (o Options) Present(p Prediction, output Output) Answer {
	var a Answer
	switch {
	case o.Task == Numbers:
	case o.Task == Labels:
		yes := []string{}
		for label, probability := range p.Probabilities {
			if probability >= labelled {
				yes = append(yes, runs.ClassName(o.ClassNames, label))
			}
		}
		a.Labels = &yes
	case o.pixels() && !runs.HasNames(o.ClassNames):
		a.Digit = &p.Class
	default:
		a.Class, a.Name = &p.Class, p.Name
	}
	switch output {
	case Probabilities:
		a.Probabilities = p.Probabilities
	case Logits:
		a.Logits = p.Logits
	}
	for _, v := range p.Values {
		if a.Values == nil {
			a.Values = make(map[string]any)
		}
		a.Values[v.Name] = nest(v.Numbers, v.Shape)
	}
	return a
}

// nest returns numbers as lists of lists of that shape.
func nest(numbers []float64, shape []int) any {
	switch len(shape) {
	case 0:
		return numbers[0]
	case 1:
		return numbers
	}
	list := make([]any, shape[0])
	each := len(numbers) / shape[0]
	for i := range list {
		list[i] = nest(numbers[i*each:(i+1)*each], shape[1:])
	}
	return list
}
