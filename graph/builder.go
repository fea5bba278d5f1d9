package graph

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Builder draws one graph. It keeps the first error. From then on every method does nothing and returns nil, so a
// model needs no error handling; Compile returns the error. It is an error if a layer gets a shape that it cannot
// take, a setting out of range, or the name of another layer. The error names the layer.
type Builder struct {
	g         *gorgonia.ExprGraph
	params    *Params
	mode      Mode
	step      *uint64          // see Program.SetStep
	inputs    map[string]*Node // of the named layers
	opened    opened
	sharing   bool              // see Share
	kinds     map[string]string // of the named layers that drew an op
	uses      map[string]int    // how often a name has been used again
	gradients bool              // the program computes them
	still     bool              // runs leave the running statistics as they are
	held      *heldStats        // what runs would have moved them by; nil: they do
	drawn     map[*Param]*Node
	learns    map[*Node]bool // see learned
	layers    int            // the number of the last layer, from 1
	ops       uint32         // the number of ops drawn so far
	fusion    fusion
	frozen    freezing
	err       error

	x         *Node            // the model's input
	batch     int              // the number of samples
	feeds     []*feed          // in the order in which they were drawn
	outputs   map[string]*Node // by name
	named     []string         // their names, in the model's order
	losing    bool             // the loss is being drawn
	meters    map[*Node]*meter // of the losses
	penalties []*Node
}

func newBuilder(params *Params, mode Mode, step *uint64) *Builder {
	return &Builder{
		g: gorgonia.NewGraph(), params: params, mode: mode, step: step,
		inputs: make(map[string]*Node), kinds: make(map[string]string), uses: make(map[string]int),
		drawn: make(map[*Param]*Node), learns: make(map[*Node]bool),
	}
}

// Graph returns the Gorgonia graph that is being drawn.
func (b *Builder) Graph() *gorgonia.ExprGraph { return b.g }

// Mode returns what the program that is being built is for.
func (b *Builder) Mode() Mode { return b.mode }

// Err returns the first error, or nil.
func (b *Builder) Err() error { return b.err }

// Fail records err, if it is the first, and returns nil. Custom layers report bad settings with it.
func (b *Builder) Fail(err error) *Node {
	if b.err == nil {
		b.err = err
	}
	return nil
}

// Try returns n, the result of a stock op, so that a model can contain one: b.Try(gorgonia.Sigmoid(x)). If err is not
// nil, or if n has a size of 0, Try records an error as Fail does and returns nil. Compile returns an error for the
// stock ops that are wrong, such as gorgonia.Dropout; docs/stock-ops.md lists all of them.
func (b *Builder) Try(n *Node, err error) *Node {
	if b.err != nil {
		return nil
	}
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %w", err))
	}
	if n != nil && n.Op() != nil && n.Dims() > 0 && slices.Min(n.Shape()) < 1 {
		return b.Fail(fmt.Errorf("graph: the result of gorgonia's %s has shape %v: want every size at least 1",
			n.Op(), n.Shape()))
	}
	return n
}

// run lets a model draw itself. A panic of a stock op becomes an error, unless there is one already: stock ops panic at
// the nil that a layer returns after an error. A panic of the model itself goes on.
func (b *Builder) run(model Model, x *Node) *Node {
	defer func() {
		r := recover()
		if r == nil || b.err != nil {
			return
		}
		err := stockPanic(r)
		if err == nil {
			panic(r)
		}
		b.Fail(fmt.Errorf("graph: %w", err))
	}()
	return model(b, x)
}

// Param draws the parameter of a custom layer: the tensor that the store keeps under name. If the tensor is new,
// Param samples its values with init, which gets fan. A second call with the same name returns the same node; another
// shape or kind is then an error.
func (b *Builder) Param(name string, kind Kind, shape tensor.Shape, init Init, fan Fan) *Node {
	if b.err != nil {
		return nil
	}
	if name == "" || name == inputName || name == labelsName { // a feed's own name is refused when it is drawn
		return b.Fail(fmt.Errorf("graph: %q cannot name a parameter", name))
	}
	if len(shape) > 0 && slices.Min(shape) < 1 {
		return b.Fail(fmt.Errorf("graph: parameter %s: shape %v: want every size at least 1", name, shape))
	}
	p, err := b.params.require(name, kind, shape, init, fan)
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %w", err))
	}
	if n := b.drawn[p]; n != nil {
		return n
	}
	n := gorgonia.NodeFromAny(b.g, p.value, gorgonia.WithName(name))
	if n.Value() != gorgonia.Value(p.value) {
		return b.Fail(fmt.Errorf("graph: the model has an input of its own with the name %q of a parameter", name))
	}
	b.drawn[p] = n
	return n
}

// paramOf returns the parameters that have nodes, by their nodes.
func (b *Builder) paramOf() map[*Node]*Param {
	of := make(map[*Node]*Param, len(b.drawn))
	for p, n := range b.drawn {
		of[n] = p
	}
	return of
}

// opened is the last layer that openNamed opened, and the kind of the ops that it has drawn.
type opened struct{ name, kind string }

// openNamed opens a layer that has this name, which must be new.
func (b *Builder) openNamed(name string, x *Node, ranks ...int) bool {
	if b.err != nil {
		return false
	}
	switch _, exists := b.inputs[name]; {
	case name == "":
		b.Fail(errors.New(`graph: a layer has the name "": give it one that no other layer has`))
		return false
	case exists && !b.sharing:
		b.Fail(fmt.Errorf("graph: two layers have the name %q: give one of them another name, or draw it in Share", name))
		return false
	case exists:
		b.uses[name]++
	default:
		b.inputs[name] = x
	}
	b.opened = opened{name: name}
	return b.open(name, x, ranks...)
}

// open begins the model's next layer, on x, and reports whether it can be drawn: x must not be nil and must have one of
// the allowed ranks, any if none is given. what names the layer in the error.
func (b *Builder) open(what string, x *Node, ranks ...int) bool {
	switch {
	case b.err != nil:
	case x == nil:
		b.Fail(fmt.Errorf("graph: %s: its input is nil", what))
	case len(ranks) > 0 && !slices.Contains(ranks, x.Dims()):
		b.Fail(fmt.Errorf("graph: %s: its input has shape %v, want %s", what, x.Shape(), layouts(ranks)))
	}
	return b.err == nil
}

// layouts describes the tensors of these ranks.
func layouts(ranks []int) string {
	names := map[int]string{2: "[N, C]", 3: "[N, C, L]", 4: "[N, C, H, W]", 5: "[N, C, D, H, W]"}
	var texts []string
	for _, r := range ranks {
		texts = append(texts, names[r])
	}
	return strings.Join(texts, " or ")
}

// withType calls the function that draws a layer in the parameters' type, and returns the layer's node.
func (b *Builder) withType(f32, f64 func() *Node) *Node {
	if b.err != nil {
		return nil
	}
	switch b.params.dtype {
	case tensor.Float32:
		return f32()
	case tensor.Float64:
		return f64()
	}
	return b.Fail(fmt.Errorf("graph: parameters of type %v: want float32 or float64", b.params.dtype))
}
