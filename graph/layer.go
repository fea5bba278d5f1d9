package graph

import (
	"strings"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Layer is one layer of a model as an evaluation program computes it, unfused. Summaries and exports read it.
type Layer struct {
	Kind     string       // the Builder's method, such as "Conv2D", or Op.Kind; for a stock op, Gorgonia's name for it
	Stock    bool         // one of Gorgonia's own ops; the fields below FLOPs are then not set
	Name     string       // "" if the layer has none
	Takes    []Operand    // its op's inputs
	Inputs   []int        // those of Takes that are results, by Operand.Layer
	Shape    tensor.Shape // of its result, the batch size first
	Params   []*Param     // those of Takes that are parameters: weight, bias, running mean, running variance
	FLOPs    int64        // multiplications and additions of products; 0 for stock ops
	Outputs  []string     // the names under which the model gives its result; "" is the model's own result
	Integers bool         // Input: it is of type int32
	Settings []Setting
	ONNX     func(to ONNX, in []string) (string, error) // see Op.ONNX
}

// Operand is one of the values that a layer takes.
type Operand struct {
	Layer int            // the place in the list of the layer whose result it is; -1 stands for the model's input
	Param *Param         // the parameter that it is, or nil
	Value gorgonia.Value // the constant or other value of the model that it is, or nil
}

// String returns l's kind and those of its settings that are not the default, such as "Conv2D 5x5 stride 2".
func (l Layer) String() string {
	text := strings.TrimSuffix(l.Kind, " false") // Gorgonia's operators say whether they keep the type
	for _, s := range l.Settings {
		if shown := s.String(); shown != "" {
			text += " " + shown
		}
	}
	return text
}

// Setting returns the value of the setting of that name, or nil.
func (l Layer) Setting(name string) any {
	for _, s := range l.Settings {
		if s.Name == name {
			return s.Value
		}
	}
	return nil
}

// Describe returns the layers of a model on an input of this shape, each after those whose results it takes. The last
// one computes the logits, if the model has a result of its own. Inputs beside x are layers of kind "Input". Dropout
// does nothing in evaluation and is not listed. Describe creates the parameters that params does not have yet. The
// error is Compile's.
func Describe(model Model, params *Params, shape tensor.Shape) ([]Layer, error) {
	var p Program
	b := newBuilder(params, Eval, new(uint64))
	if _, _, err := p.draw(b, model, Config{Mode: Eval, Shape: shape}); err != nil {
		return nil, err
	}
	layers, _ := p.describe(b)
	return layers, nil
}

// describe returns the layers that the outputs depend on, each after those whose results it takes, and their nodes.
func (p *Program) describe(b *Builder) (layers []Layer, nodes []*Node) {
	param := b.paramOf()
	place := map[*Node]int{p.x: -1}
	for _, n := range upstream(p.ends()...) {
		if n.Op() == nil && b.feedAt(n) == "" {
			continue
		}
		if name := b.feedAt(n); name != "" {
			place[n] = len(layers)
			layers = append(layers, Layer{Kind: "Input", Name: name, Shape: n.Shape(), Integers: n.Dtype() == tensor.Int32})
			nodes = append(nodes, n)
			continue
		}
		l := layerOf(n)
		l.Shape = n.Shape()
		for _, child := range children(n) {
			at, computed := place[child]
			from := Operand{Layer: at, Param: param[child]}
			switch {
			case computed:
				l.Inputs = append(l.Inputs, at)
			case from.Param != nil:
				l.Params = append(l.Params, from.Param)
			default:
				from.Value = child.Value()
			}
			l.Takes = append(l.Takes, from)
		}
		place[n] = len(layers)
		layers, nodes = append(layers, l), append(nodes, n)
	}
	for _, name := range append([]string{""}, p.named...) {
		if at, ok := place[p.nodeOf(name)]; ok && at >= 0 {
			layers[at].Outputs = append(layers[at].Outputs, name)
		}
	}
	return layers, nodes
}

// layerOf returns what n's op says of its layer.
func layerOf(n *Node) Layer {
	if o, ok := n.Op().(*op); ok && o.drawn != nil {
		return Layer{Kind: o.drawn.Kind, Name: o.drawn.Name, FLOPs: o.flops, Settings: o.drawn.Settings, ONNX: o.drawn.ONNX}
	}
	return Layer{Kind: n.Op().String(), Stock: true}
}
