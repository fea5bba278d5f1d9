package predict

import (
	"fmt"
	"math"
	"slices"

	"anneal/graph"
	"anneal/runs"
)

// Prediction is a network's answer for one sample.
type Prediction struct {
	Class         int       // the most probable one, the first of equal ones
	Name          string    // of the class, or its number if it has no name
	Probabilities []float64 // of each class or label. Those of classes are softmax(logits); their sum is 1
	Logits        []float64 // of each class or label
	Values        []Value   // what a network says besides classes or labels: its numbers and its named outputs
}

// Value is a result for one sample.
type Value struct {
	Name    string // of the target, or of the network's output; "value" for a network's own result without a target
	Shape   []int  // nil: one number
	Numbers []float64
}

// Answer returns the network's answers for samples, whatever its task. Each is [...] flat in the network's own order
// and normalisation, as JSON, Rows and Normalise return it. Numbers that predict a target are in its own units. A
// result that is not finite is an error.
func (p *Predictor) Answer(samples ...[]float32) ([]Prediction, error) {
	size := p.options.size()
	for i, x := range samples {
		if len(x) != size {
			return nil, fmt.Errorf("predict: sample %d: got %d numbers, want %d for a network that takes %v",
				i, len(x), size, p.options.XShape)
		}
	}
	var answers []Prediction
	err := p.run(slices.Concat(samples...), nil, func(program *graph.Program, n, rows int) error {
		first := len(answers)
		answers = append(answers, make([]Prediction, n)...)
		return p.read(program, answers[first:], first, rows)
	})
	return answers, err
}

// read puts the results of a run of so many rows into the answers for its samples, the first of which has that number.
func (p *Predictor) read(program *graph.Program, answers []Prediction, first, rows int) error {
	for _, name := range append([]string{""}, program.Outputs()...) {
		y := program.Output(name)
		if y == nil {
			continue
		}
		shape, all := y.Shape()[1:], graph.Float64s(y)
		each := len(all) / rows
		for i := range answers {
			if err := p.take(&answers[i], name, shape, all[i*each:(i+1)*each]); err != nil {
				return fmt.Errorf("sample %d: %w", first+i, err)
			}
		}
	}
	return nil
}

// take puts the result of an output for one sample into its answer.
func (p *Predictor) take(a *Prediction, output string, shape []int, result []float64) (err error) {
	own := output == ""
	if own && p.options.Task != Numbers {
		*a, err = p.class(result)
		return err
	}
	result = slices.Clone(result)
	v := Value{Name: output, Shape: slices.Clone(shape), Numbers: result}
	if len(result) == 1 {
		v.Shape = nil
	}
	if t := p.options.Target; own && t != nil {
		v.Name = t.Name
		for i := range result {
			result[i] = t.Std*result[i] + t.Mean
		}
	} else if own {
		v.Name = "value"
	}
	for i, y := range result {
		if math.IsNaN(y) || math.IsInf(y, 0) {
			return fmt.Errorf("%s: number %d is %v: want finite numbers", v.Name, i, y)
		}
	}
	a.Values = append(a.Values, v)
	return nil
}

// class returns the prediction of logits, of classes or labels.
func (p *Predictor) class(logits []float64) (a Prediction, err error) {
	a.Logits, a.Class = slices.Clone(logits), slices.Index(logits, slices.Max(logits))
	a.Name = runs.ClassName(p.options.ClassNames, a.Class)
	if p.options.Task == Labels {
		a.Probabilities, err = sigmoid(logits)
	} else {
		a.Probabilities, err = softmax(logits)
	}
	return a, err
}

// softmax returns exp(logits)/Σ exp(logits), computed from the largest logit down.
func softmax(logits []float64) ([]float64, error) {
	largest := slices.Max(logits)
	probabilities := make([]float64, len(logits))
	sum := 0.0
	for i, l := range logits {
		probabilities[i] = math.Exp(l - largest)
		sum += probabilities[i]
	}
	if math.IsNaN(sum) {
		return nil, fmt.Errorf("logits %v: want finite numbers", logits)
	}
	for i := range probabilities {
		probabilities[i] /= sum
	}
	return probabilities, nil
}

// sigmoid returns 1/(1 + exp(−logits)).
func sigmoid(logits []float64) ([]float64, error) {
	probabilities := make([]float64, len(logits))
	for i, l := range logits {
		if probabilities[i] = 1 / (1 + math.Exp(-l)); math.IsNaN(l) || math.IsInf(l, 0) {
			return nil, fmt.Errorf("logits %v: want finite numbers", logits)
		}
	}
	return probabilities, nil
}
