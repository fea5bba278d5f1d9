package predict

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"anneal/runs"
)

// Task says what a network's own result is.
type Task string

// The tasks.
const (
	Classes Task = "classes" // logits [N, classes], of which one class is right; probabilities are their softmax
	Labels  Task = "labels"  // logits [N, ...] of questions; the probability of yes is 1/(1 + exp(−logit))
	Numbers Task = "numbers" // anything else, such as the prices of a regression
)

// TaskOf returns the task of a network whose training minimised that loss, as runs.Settings records it.
func TaskOf(loss string) Task {
	name, _, _ := strings.Cut(loss, "(")
	switch name {
	case "", "CrossEntropyLoss", "NLLLoss":
		return Classes
	case "BCEWithLogitsLoss":
		return Labels
	}
	return Numbers
}

// Output says which of a network's numbers an Answer has.
type Output string

// The outputs.
const (
	Probabilities Output = "probabilities"
	Logits        Output = "logits" // the network's own result for classes or labels
	Values        Output = "values" // numbers, in the units of their target
)

// Output returns the output that was asked for, or the task's first one if asked is "". A task has either Probabilities
// and Logits, or Values; another one is an error.
func (o Options) Output(asked Output) (Output, error) {
	all := []Output{Probabilities, Logits}
	if o.Task == Numbers {
		all = []Output{Values}
	}
	switch {
	case asked == "":
		return all[0], nil
	case slices.Contains(all, asked):
		return asked, nil
	case o.Task == Numbers:
		return "", fmt.Errorf("predict: output: got %q, want %s: the network predicts numbers", asked, Values)
	}
	return "", fmt.Errorf("predict: output: got %q, want %s or %s: the network tells %s apart",
		asked, Probabilities, Logits, o.Task)
}

// Input says what becomes a network's samples.
type Input string

// The inputs. A network of any kind also takes numbers in its own order and normalisation.
const (
	Digits   Input = "digits"   // pictures of one digit each
	Pictures Input = "pictures" // pictures of anything
	Table    Input = "table"    // rows of a table
	Tensors  Input = "tensors"  // nothing else
)

// Input returns what the network takes.
func (o Options) Input() Input {
	switch {
	case o.Columns != nil:
		return Table
	case !o.pixels() || o.Shape[0] != 1 && o.Shape[0] != 3:
		return Tensors
	case o.Preprocess == runs.PreprocessDigit:
		return Digits
	}
	return Pictures
}

// Fits reports whether a sample may have that shape: XShape, C, H, W, or either without a 1 that it begins with.
func (o Options) Fits(shape []int) bool {
	for _, want := range [][]int{o.XShape, o.Shape[:]} {
		if slices.Equal(shape, want) || want[0] == 1 && slices.Equal(shape, want[1:]) {
			return true
		}
	}
	return false
}

// pixels reports whether samples are made of pixels of 0 to 255.
func (o Options) pixels() bool {
	return o.Columns == nil && !o.unnormalised && slices.Equal(o.XShape, o.Shape[:])
}

// SameSamples returns an error unless p and other take the same samples, spelt and normalised alike, and say the same
// kind of thing about them, with as many classes if they tell classes apart.
func (p *Predictor) SameSamples(other *Predictor) error {
	classes, err := p.Classes()
	if err != nil {
		return err
	}
	otherClasses, err := other.Classes()
	if err != nil {
		return err
	}
	a, b := p.options, other.options
	for _, c := range []struct {
		what      string
		want, got any
	}{
		{"input", a.Input(), b.Input()},
		{"task", a.Task, b.Task},
		{"shape", a.XShape, b.XShape},
		{"means", a.Means, b.Means},
		{"standard deviations", a.Stds, b.Stds},
		{"preprocessing", a.Preprocess, b.Preprocess},
		{"columns", a.Columns, b.Columns},
		{"target", a.Target, b.Target},
		{"classes", a.ClassNames, b.ClassNames},
		{"number of classes", classes, otherClasses},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			return fmt.Errorf("predict: %s %v: want what the other network has, %v", c.what, c.got, c.want)
		}
	}
	return nil
}
