package graph

import (
	"fmt"
	"strings"

	"gorgonia.org/tensor"
)

// Layer is one layer of a model as an evaluation program computes it, unfused. Summaries and exports read it.
type Layer struct {
	Kind   string       // the Builder's method, such as "Conv2D"; for a stock op, Gorgonia's name for it
	Stock  bool         // one of Gorgonia's own ops; the fields below FLOPs are then not set
	Name   string       // "" if the layer has none
	Inputs []int        // places in the list of the layers whose results it takes; -1 stands for the model's input
	Shape  tensor.Shape // of its result, the batch size first
	Params []*Param     // those that it has, in the order weight, bias, running mean, running variance
	FLOPs  int64        // multiplications and additions of products; 0 for stock ops

	Kernel, Stride, Padding [2]int  // Conv2D and pooling: height, width
	Dilation                [2]int  // Conv2D
	Groups                  int     // Conv2D
	Eps                     float64 // BatchNorm
	Axes                    []int   // Transpose: the order of its input's axes; Slice, SoftMax, Max: the one axis
	From, To                int     // Slice: the places of the axis, without To

	Settings []Setting
	ONNX     func(to ONNX, in []string) (string, error) // see Op.ONNX
}

// String returns l's kind and those of its settings that are not the default, such as "Conv2D 5x5 stride 2".
func (l Layer) String() string {
	text := strings.TrimSuffix(l.Kind, " false") // Gorgonia's operators say whether they keep the type
	for _, s := range []struct {
		name         string
		value, usual [2]int
	}{
		{"", l.Kernel, [2]int{}},
		{"stride ", l.Stride, l.usualStride()},
		{"padding ", l.Padding, [2]int{}},
		{"dilation ", l.Dilation, [2]int{1, 1}},
		{"groups ", [2]int{l.Groups, l.Groups}, [2]int{1, 1}},
	} {
		switch v := s.value; {
		case v == s.usual || v == [2]int{}:
		case v[0] == v[1] && s.name != "":
			text += fmt.Sprintf(" %s%d", s.name, v[0])
		default:
			text += fmt.Sprintf(" %s%dx%d", s.name, v[0], v[1])
		}
	}
	if len(l.Axes) > 0 {
		text += " " + strings.Trim(fmt.Sprint(l.Axes), "[]")
	}
	if l.Kind == "Slice" {
		text += fmt.Sprintf(" from %d to %d", l.From, l.To)
	}
	for _, s := range l.Settings {
		if shown := s.String(); shown != "" {
			text += " " + shown
		}
	}
	return text
}

// usualStride returns 1 for a convolution, and the kernel's size for pooling.
func (l Layer) usualStride() [2]int {
	if l.Kind == "Conv2D" || l.Kind == "GlobalAvgPool2D" {
		return [2]int{1, 1}
	}
	return l.Kernel
}

// Describe returns the layers of a model on an input of this shape, each after those whose results it takes. The last
// one computes the logits. Dropout does nothing in evaluation and is not listed. Describe creates the parameters that
// params does not have yet. The error is Compile's.
func Describe(model Model, params *Params, shape tensor.Shape) ([]Layer, error) {
	var p Program
	b := newBuilder(params, Eval, new(uint64))
	logits, _, err := p.draw(b, model, Config{Mode: Eval, Shape: shape})
	if err != nil {
		return nil, err
	}
	param := b.paramOf()
	var layers []Layer
	place := map[*Node]int{p.x: -1}
	for _, n := range upstream(logits) {
		if n.Op() == nil {
			continue
		}
		l := Layer{Kind: n.Op().String(), Stock: true}
		if o, ok := n.Op().(*op); ok && o.about != nil {
			l = *o.about
			l.FLOPs = o.flops
		}
		l.Shape = n.Shape()
		for _, child := range children(n) {
			if at, ok := place[child]; ok {
				l.Inputs = append(l.Inputs, at)
			} else if p := param[child]; p != nil {
				l.Params = append(l.Params, p)
			}
		}
		place[n] = len(layers)
		layers = append(layers, l)
	}
	return layers, nil
}

// describe records what Describe lists for the layer that drew n, and returns n.
func (b *Builder) describe(n *Node, l Layer) *Node {
	if n != nil {
		n.Op().(*op).about = &l
	}
	return n
}
