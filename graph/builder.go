package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Builder draws one graph. It keeps the first error and from then on every method does nothing and returns nil, so a
// model needs no error handling of its own; Compile returns the error. A shape that a layer cannot take, a setting out of
// range and a name that another layer has are errors that name the layer.
type Builder struct {
	g      *gorgonia.ExprGraph
	params *Params
	mode   Mode
	step   *uint64          // names the dropout masks of the coming run
	inputs map[string]*Node // of the named layers
	still  bool             // running statistics stay as they are
	drawn  map[*Param]*Node
	layers int    // drawn so far
	ops    uint32 // drawn so far
	fusion fusion
	err    error
}

func newBuilder(params *Params, mode Mode, step *uint64) *Builder {
	return &Builder{
		g: gorgonia.NewGraph(), params: params, mode: mode, step: step,
		inputs: make(map[string]*Node), drawn: make(map[*Param]*Node),
	}
}

// Graph is the Gorgonia graph that is being drawn.
func (b *Builder) Graph() *gorgonia.ExprGraph { return b.g }

// Mode is what the program that is being built is for.
func (b *Builder) Mode() Mode { return b.mode }

// Err is the first error, or nil.
func (b *Builder) Err() error { return b.err }

// Fail records err, if it is the first, and returns nil. Layers of one's own report bad settings with it.
func (b *Builder) Fail(err error) *Node {
	if b.err == nil {
		b.err = err
	}
	return nil
}

// Try takes the result of one of Gorgonia's own ops, so that it can stand in a model: b.Try(gorgonia.Sigmoid(x)).
// An err is recorded as Fail does.
func (b *Builder) Try(n *Node, err error) *Node {
	if b.err != nil {
		return nil
	}
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %w", err))
	}
	return n
}

// run lets a model draw itself. Gorgonia's own ops panic at the nil that a layer returns after an error; that error is then the reason.
func (b *Builder) run(model Model, x *Node) *Node {
	defer func() {
		if b.err != nil {
			_ = recover()
		}
	}()
	return model(b, x)
}

// Param draws a trainable parameter of one's own: the tensor that the store keeps under name, created with init when
// it is new. fan is what init is told; see Fan. Drawn again under its name, it is the same node; another shape or kind is an error.
func (b *Builder) Param(name string, kind Kind, shape tensor.Shape, init Init, fan Fan) *Node {
	if b.err != nil {
		return nil
	}
	if name == "" || name == inputName || name == labelsName {
		return b.Fail(fmt.Errorf("graph: %q cannot name a parameter", name))
	}
	p, err := b.params.require(name, kind, shape, init, fan)
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %w", err))
	}
	if n := b.drawn[p]; n != nil {
		return n
	}
	n := gorgonia.NodeFromAny(b.g, p.value, gorgonia.WithName(name))
	b.drawn[p] = n
	return n
}

// paramOf returns the parameters that are drawn, by their nodes.
func (b *Builder) paramOf() map[*Node]*Param {
	of := make(map[*Node]*Param, len(b.drawn))
	for p, n := range b.drawn {
		of[n] = p
	}
	return of
}

// openNamed opens a layer of this name on x; the name must be new.
func (b *Builder) openNamed(name string, x *Node, ranks ...int) bool {
	if b.err != nil {
		return false
	}
	if _, exists := b.inputs[name]; name == "" || exists {
		b.Fail(fmt.Errorf("graph: a layer is named %q: every layer needs a name of its own", name))
		return false
	}
	b.inputs[name] = x
	return b.open(name, x, ranks...)
}

// open begins the model's next layer, on x, and reports whether it can be drawn: x must not be nil and must have one of
// the allowed ranks, any if none is given. what names the layer in the error.
func (b *Builder) open(what string, x *Node, ranks ...int) bool {
	b.layers++
	switch {
	case b.err != nil:
	case x == nil:
		b.Fail(fmt.Errorf("graph: %s: its input is nil", what))
	case len(ranks) > 0 && !slices.Contains(ranks, x.Dims()):
		b.Fail(fmt.Errorf("graph: %s: its input has shape %v, want %s", what, x.Shape(), layouts(ranks)))
	}
	return b.err == nil
}

func layouts(ranks []int) string {
	names := map[int]string{2: "[N, C]", 4: "[N, C, H, W]"}
	text := names[ranks[0]]
	for _, r := range ranks[1:] {
		text += " or " + names[r]
	}
	return text
}

// withType draws the float32 or the float64 form of a layer whose settings and parameters are in order.
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
