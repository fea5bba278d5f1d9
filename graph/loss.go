package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorgonia.org/tensor"
)

// Loss is what training minimises. Compile is given one, or draws CrossEntropy. This package has PyTorch's; a type with
// these methods is another, and LossFunc makes one of a function. A Sum adds losses of several outputs.
type Loss interface {
	// Draw draws the loss of a batch, a scalar.
	Draw(b *Builder, r Results) *Node
	// String returns a name with the settings, which records of runs hold.
	String() string
}

// Results is what a loss is drawn on: the model's outputs, and what each batch brings for them.
type Results struct {
	b       *Builder
	outputs map[string]*Node
	on      Term
}

// Result returns the output that the loss is on: the model's own result, or the one that a Term names.
func (r Results) Result() *Node { return r.Output(r.on.Output) }

// Output returns the output of that name, such as another that a loss takes. "" stands for the model's own result.
func (r Results) Output(name string) *Node {
	n := r.outputs[name]
	if n == nil {
		names := []string{"the model's result"}
		for _, name := range r.b.named {
			names = append(names, strconv.Quote(name))
		}
		return r.b.Fail(fmt.Errorf("graph: the loss is on output %q: want one of %s", name, strings.Join(names, ", ")))
	}
	return n
}

// Target draws the target of Result, numbers of its shape. Its name in a batch is the output's, and "target" for the
// model's own result, unless a Term has another. The name "x" stands for the model's input, in Result's shape: the
// target of an autoencoder. Builder.Input and IntInput draw what else a loss takes.
func (r Results) Target() *Node {
	y := r.Result()
	if y == nil {
		return nil
	}
	name := cmp.Or(r.on.Target, r.on.Output, targetName)
	if name == inputName {
		return r.input(y.Shape())
	}
	return r.b.feed(name, r.b.params.dtype, y.Shape().Clone())
}

// input returns the model's input in another shape of as many numbers.
func (r Results) input(shape tensor.Shape) *Node {
	x := r.b.x
	switch {
	case x.Shape().Eq(shape):
		return x
	case x.Shape().TotalSize() != shape.TotalSize():
		return r.b.Fail(fmt.Errorf("graph: the loss compares a result of shape %v with x, of shape %v: "+
			"want as many numbers", shape, x.Shape()))
	}
	return r.b.Reshape(x, shape...)
}

// Labels draws the classes of Result, integers of its shape without the axis of the classes, the second. Their name in
// a batch is the output's, and "labels" for the model's own result, unless a Term has another.
func (r Results) Labels() *Node {
	y := r.Result()
	if y == nil {
		return nil
	}
	shape := y.Shape().Clone()
	return r.b.feed(cmp.Or(r.on.Target, r.on.Output, labelsName), tensor.Int32, slices.Delete(shape, 1, 2))
}

// Weights draws the weights of the samples, [N], or returns nil if they have none.
func (r Results) Weights() *Node {
	if r.on.SampleWeights == "" {
		return nil
	}
	return r.b.Input(r.on.SampleWeights)
}

// LossFunc is a loss that a function draws, from ops of the Builder and of Gorgonia.
type LossFunc struct {
	Name string // for records
	Func func(b *Builder, r Results) *Node
}

// Draw calls the function.
func (l LossFunc) Draw(b *Builder, r Results) *Node { return l.Func(b, r) }

// String returns the name.
func (l LossFunc) String() string { return l.Name }

// Term is a loss on one of several outputs, or one that counts samples by their weights.
type Term struct {
	Loss   Loss
	Output string // the output that it is on; "": the model's own result
	Target string // the name of the labels or the target in a batch; "": see Results; "x": the model's input

	// SampleWeights is the name of the weights of the samples, [N], in a batch. The loss then is Σ w·l / Σ w·v, where v is
	// what a sample counts without them, and Σ w·l if it is a sum. "": all weights are 1
	SampleWeights string
	Factor        float64 // of the loss in a Sum; 0: 1
}

// Draw draws the loss, without the factor.
func (t Term) Draw(b *Builder, r Results) *Node {
	switch t.Loss.(type) {
	case nil, Term, Sum:
		return b.Fail(fmt.Errorf("graph: a term with the loss %v: want one that is no Term or Sum", t.Loss))
	}
	r.on = t
	return t.Loss.Draw(b, r)
}

// String returns the factor, the loss and the names.
func (t Term) String() string {
	text := fmt.Sprint(t.Loss)
	if t.Factor != 0 && t.Factor != 1 {
		text = fmt.Sprintf("%v·%s", t.Factor, text)
	}
	for _, part := range [][2]string{{"on", t.Output}, {"target", t.Target}, {"weights", t.SampleWeights}} {
		if part[1] != "" {
			text += fmt.Sprintf(" %s %s", part[0], part[1])
		}
	}
	return text
}

// Sum is the sum of several losses, each times its Factor.
type Sum []Term

// Draw draws the sum.
func (s Sum) Draw(b *Builder, r Results) *Node {
	n, _ := b.drawTerms(s, r)
	return n
}

// String returns the terms with plus signs.
func (s Sum) String() string {
	texts := make([]string, len(s))
	for i, t := range s {
		texts[i] = t.String()
	}
	return strings.Join(texts, " + ")
}
