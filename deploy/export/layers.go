package export

import (
	"fmt"
	"strings"

	"anneal/graph"
	"anneal/internal/plural"
)

// encoder converts the layers of a model into an ONNX graph.
type encoder struct {
	layers  []graph.Layer
	twice   func() ([]graph.Layer, error) // returns the same layers for a batch of two
	norms   map[int]int                   // from a Conv2D or Linear to the BatchNorm that becomes part of it
	sources map[int]int                   // the reverse
	values  []string                      // the names of the layers' results
	taken   map[string]bool
	known   map[string]initializer // parameters and constants, by name
	nodes   []node
	tensors []initializer // those of known that nodes take
}

func newEncoder(layers []graph.Layer, twice func() ([]graph.Layer, error)) *encoder {
	e := &encoder{
		layers: layers, twice: twice, norms: make(map[int]int), sources: make(map[int]int),
		values: make([]string, len(layers)), taken: map[string]bool{Input: true, Logits: true},
		known: make(map[string]initializer),
	}
	for _, l := range layers {
		if l.Kind == inputKind {
			e.taken[l.Name] = true
		}
		for _, name := range l.Outputs {
			e.taken[name] = true
		}
		for _, t := range []string{".weight", ".bias", ".running_mean", ".running_var"} {
			e.taken[l.Name+t] = true
		}
		for _, p := range l.Params {
			e.taken[p.Name()] = true
		}
	}
	return e
}

// encode adds layer number at to the graph. A layer that a BatchNorm becomes part of is added with that BatchNorm.
func (e *encoder) encode(at int) error {
	if _, later := e.norms[at]; later {
		return nil
	}
	l := e.layers[at]
	if l.Kind == inputKind {
		e.values[at] = l.Name
		return nil
	}
	source, folded := e.sources[at]
	if folded {
		l = e.layers[source]
	}
	var in []string
	for _, from := range l.Takes {
		name, err := e.operand(l, from)
		if err != nil {
			return err
		}
		in = append(in, name)
	}
	if folded {
		in = in[:1]
		for _, t := range foldNorm(l, e.layers[at]) {
			e.known[t.name] = t
			in = append(in, t.name)
		}
	}
	write, err := form(l)
	if err != nil {
		return err
	}
	f := &layerForm{encoder: e, at: at, name: l.Name}
	result, err := write(f, in)
	if err != nil {
		return err
	}
	f.finish(result)
	return nil
}

// operand returns the name of what a layer takes.
func (e *encoder) operand(l graph.Layer, from graph.Operand) (string, error) {
	switch p := from.Param; {
	case p != nil:
		e.known[p.Name()] = initializer{name: p.Name(), shape: p.Value().Shape(), data: float32s(p)}
		return p.Name(), nil
	case from.Value != nil:
		return "", fmt.Errorf("layer %s takes a value of its own, of shape %v: make it a parameter", l, from.Value.Shape())
	case from.Layer < 0:
		return Input, nil
	}
	return e.values[from.Layer], nil
}

// unique returns a name for a layer and its result that nothing else in the graph has: conv1, relu, relu_2.
func (e *encoder) unique(base, op string) string {
	if base == "" {
		base = strings.ToLower(op)
	}
	name := base
	for i := 2; e.taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	e.taken[name] = true
	return name
}

// stock maps Gorgonia's names of its own ops to those of ONNX, with the number of layers that they take.
var stock = map[string]struct {
	op     string
	inputs int
}{
	"+ false": {"Add", 2},
	"sigmoid": {"Sigmoid", 1},
	"tanh":    {"Tanh", 1},
}

// form returns the function that writes a layer.
func form(l graph.Layer) (func(graph.ONNX, []string) (string, error), error) {
	if l.Stock {
		s, ok := stock[l.Kind]
		switch {
		case !ok:
			const all = "graph's layers, or Add, Sigmoid, Tanh"
			return nil, fmt.Errorf("op %q of Gorgonia has no ONNX form here: want %s", l.Kind, all)
		case len(l.Inputs) != s.inputs || len(l.Params) > 0:
			return nil, fmt.Errorf("op %q of Gorgonia on a parameter: want %s", l.Kind, plural.Of(s.inputs, "layer"))
		}
		return graph.Operator(s.op), nil
	}
	if len(l.Takes) == 0 || l.Takes[0].Param != nil && l.Name != "" {
		return nil, fmt.Errorf("layer %s %s on a parameter: want a layer or the input", l.Kind, l.Name)
	}
	if l.ONNX == nil {
		return nil, fmt.Errorf("layer %s %s has no ONNX form here", l.Kind, l.Name)
	}
	return l.ONNX, nil
}
