package graph

import (
	"gorgonia.org/tensor"

	"anneal/internal/kernels/recurrent"
)

// outputs says where the outputs of a layer's directions after the last step are in its y.
type outputs struct {
	recurrent.Shape
	lengths int // the place of the lengths in an op's inputs; 0: none
	steps   []int32
}

// places calls f with the first element of y, of each sample and direction, that belongs to the state after the last
// step.
func (o *outputs) places(f func(direction, sample, at int)) {
	width := o.Directions * o.Hidden
	for n := range o.N {
		for d := range o.Directions {
			t := 0
			if d == 0 {
				t = o.T - 1
				if o.steps != nil {
					t = int(o.steps[n]) - 1
				}
			}
			row := n*o.T + t
			if o.TimeFirst {
				row = t*o.N + n
			}
			f(d, n, row*width+d*o.Hidden)
		}
	}
}

// last draws the layer's hidden states after the last step, [N, directions·hidden].
func (l *recurrentLayer) last() *Node {
	return l.b.finalStates("LastState", []*recurrentLayer{l}, tensor.Shape{l.N, l.directions * l.Hidden},
		func(_, direction, sample int) int { return (sample*l.directions + direction) * l.Hidden })
}

// finalH draws the hidden states of all layers after the last step.
func (b *Builder) finalH(layers []*recurrentLayer) *Node {
	l := layers[0]
	return b.finalStates("FinalStates", layers, tensor.Shape{len(layers) * l.directions, l.N, l.Hidden},
		func(layer, direction, sample int) int {
			return ((layer*l.directions+direction)*l.N + sample) * l.Hidden
		})
}

// finalStates draws the hidden states of layers after the last step, which are outputs of theirs. to returns where a
// state goes in the result.
func (b *Builder) finalStates(kind string, layers []*recurrentLayer, shape tensor.Shape,
	to func(layer, direction, sample int) int,
) *Node {
	if b.err != nil {
		return nil
	}
	var inputs []*Node
	for _, l := range layers {
		inputs = append(inputs, l.y)
	}
	from := outputs{Shape: layers[0].Shape}
	if lengths := layers[0].recurrentConfig.lengths; lengths != nil {
		from.lengths = len(inputs)
		inputs = append(inputs, lengths)
	}
	return b.Op(Op{
		Kind: kind, Inputs: inputs, Shape: shape,
		Float32: func() Plan[float32] { return finalStatesPlan[float32](from, len(layers), to) },
		Float64: func() Plan[float64] { return finalStatesPlan[float64](from, len(layers), to) },
		Reads:   []int{Result},
		ONNX:    finalStatesONNX(layers, kind),
	})
}

func finalStatesPlan[T Float](from outputs, layers int, to func(layer, direction, sample int) int) Plan[T] {
	if from.lengths > 0 {
		from.steps = make([]int32, from.N)
	}
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			if from.lengths > 0 {
				if err := wholeNumbers(from.steps, c, from.lengths, "length", 1, from.T); err != nil {
					return err
				}
			}
			for i := range layers {
				from.places(func(direction, sample, at int) {
					copy(c.Y[to(i, direction, sample):][:from.Hidden], c.X[i][at:])
				})
			}
			return nil
		},
		Backward: func(c *Call[T]) error {
			for i := range layers {
				if c.DX[i] == nil {
					continue
				}
				clear(c.DX[i])
				from.places(func(direction, sample, at int) {
					copy(c.DX[i][at:][:from.Hidden], c.DY[to(i, direction, sample):])
				})
			}
			if from.lengths > 0 && c.DX[from.lengths] != nil {
				clear(c.DX[from.lengths])
			}
			return nil
		},
	}
}

// finalC draws the cell states of all layers after the last step. They are not among the outputs of the layers' ops, so
// the plan takes them from the layers' plans, and its gradient goes the same way back: the layers take it from their
// plans, and that of the outputs is 0.
func (b *Builder) finalC(layers []*recurrentLayer) *Node {
	if b.err != nil {
		return nil
	}
	var inputs []*Node
	for _, l := range layers {
		inputs = append(inputs, l.y)
	}
	l := layers[0]
	return b.Op(Op{
		Kind: "FinalCells", Inputs: inputs, Shape: tensor.Shape{len(layers) * l.directions, l.N, l.Hidden},
		Float32: func() Plan[float32] { return finalCellsPlan[float32](layers) },
		Float64: func() Plan[float64] { return finalCellsPlan[float64](layers) },
		Reads:   []int{Result},
		ONNX:    finalCellsONNX(layers),
	})
}

func finalCellsPlan[T Float](layers []*recurrentLayer) Plan[T] {
	size := layers[0].directions * layers[0].N * layers[0].Hidden
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			for i, l := range layers {
				planOf[T](l).kernel.Final(nil, c.Y[i*size:][:size])
			}
			return nil
		},
		Backward: func(c *Call[T]) error {
			for i, l := range layers {
				p := planOf[T](l)
				if p.dfinalC == nil {
					p.dfinalC = make([]T, size)
				}
				copy(p.dfinalC, c.DY[i*size:])
				p.usedC = true
				if c.DX[i] != nil {
					clear(c.DX[i])
				}
			}
			return nil
		},
	}
}
