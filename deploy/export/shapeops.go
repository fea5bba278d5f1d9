package export

import (
	"math"
	"slices"
)

// results returns the shapes of a node's results, in order: nil where they are not known. A node that another module's
// op writes may have a form that inferNode does not know, or may not be valid.
func (s *shapes) results(n node) (all [][]int) {
	defer func() {
		if recover() != nil {
			all = nil
		}
	}()
	if len(n.inputs) == 0 {
		return nil
	}
	return s.inferNode(n)
}

func (s *shapes) inferNode(n node) [][]int {
	in := make([][]int, len(n.inputs))
	for i, name := range n.inputs {
		shape, ok := s.of[name]
		if !ok && name != "" {
			return nil
		}
		in[i] = shape
	}
	one := func(shape []int) [][]int { return [][]int{shape} }
	list := func(i int) []int {
		if i < len(n.inputs) {
			return s.lists[n.inputs[i]]
		}
		return nil
	}
	x := in[0]
	switch n.op {
	case "Add", "Sub", "Mul", "Div", "Pow", "Greater", "Where":
		return one(broadcast(in...))
	case "MatMul":
		return one(matMul(in[0], in[1]))
	case "Gemm":
		return one([]int{x[attribute(n, "transA", 0)], in[1][1-attribute(n, "transB", 0)]})
	case "Conv", "ConvTranspose", "MaxPool", "AveragePool":
		return one(window(n, in))
	case "GlobalAveragePool":
		return one(append(slices.Clone(x[:2]), slices.Repeat([]int{1}, len(x)-2)...))
	case "Flatten":
		at := place(attribute(n, "axis", 1), len(x))
		return one([]int{product(x[:at]), product(x[at:])})
	case "Reshape":
		return one(reshaped(x, list(1)))
	case "Transpose":
		return one(transposed(x, attribute(n, "perm", []int(nil))))
	case "Concat":
		return one(s.concat(n, in))
	case "Expand":
		if list(1) == nil {
			return nil
		}
		return one(broadcast(x, list(1)))
	case "Shape":
		from, to := place(attribute(n, "start", 0), len(x)), place(attribute(n, "end", len(x)), len(x))
		s.lists[n.outputs[0]] = x[from:to]
		return one([]int{to - from})
	case "Gather":
		at := place(attribute(n, "axis", 0), len(x))
		return one(slices.Concat(x[:at], in[1], x[at+1:]))
	case "GatherND":
		k, of := attribute(n, "batch_dims", 0), in[1]
		return one(slices.Concat(of[:len(of)-1], x[k+of[len(of)-1]:]))
	case "Pad":
		return one(padded(x, list(1)))
	case "ReduceMean", "ReduceMax":
		return one(reduced(x, attribute(n, "axes", []int(nil)), attribute(n, "keepdims", 1) == 1))
	case "Resize":
		return one(nil)
	case "Slice":
		if len(in) > 4 || len(in) == 4 && list(3) == nil {
			return nil // steps, or axes that are computed
		}
		return one(sliced(x, list(1), list(2), list(3)))
	case "Squeeze":
		return one(reduced(x, list(1), false))
	case "Unsqueeze":
		return one(unsqueezed(x, list(1)))
	case "RNN", "GRU", "LSTM":
		if attribute(n, "layout", 0) != 0 {
			return nil
		}
		directions, hidden := in[1][0], in[2][2]
		state := []int{directions, x[1], hidden}
		return [][]int{{x[0], directions, x[1], hidden}, state, state}
	case "Erf", "Exp", "Sqrt", "Tanh", "Sigmoid", "Relu", "Softplus", "Elu", "Selu", "LeakyRelu", "PRelu", "HardSigmoid",
		"HardSwish", "Softmax", "LogSoftmax", "BatchNormalization", "InstanceNormalization", "LayerNormalization", "Cast",
		"Identity", "Neg", "Abs", "Clip":
		return one(x)
	}
	return nil
}

func product(sizes []int) int {
	n := 1
	for _, size := range sizes {
		n *= size
	}
	return n
}

// place returns axis at, where negative ones count from the end.
func place(at, rank int) int {
	if at < 0 {
		return at + rank
	}
	return at
}

// broadcast returns the shape of an elementwise operator's result.
func broadcast(shapes ...[]int) []int {
	var all []int
	for _, shape := range shapes {
		for len(all) < len(shape) {
			all = slices.Insert(all, 0, 1)
		}
		for i, size := range shape {
			if at := len(all) - len(shape) + i; size > 1 {
				all[at] = size
			}
		}
	}
	return all
}

func matMul(a, b []int) []int {
	m, k := a[:len(a)-2], b[:len(b)-2]
	return append(broadcast(m, k), a[len(a)-2], b[len(b)-1])
}

// window returns the shape of what a window that moves over x gives. Padding must be in numbers, as graph's layers have
// it.
func window(n node, in [][]int) []int {
	for _, a := range n.attributes {
		if a.Name == "auto_pad" || a.Name == "ceil_mode" || a.Name == "output_shape" {
			return nil
		}
	}
	x := in[0]
	axes := len(x) - 2
	ones := slices.Repeat([]int{1}, axes)
	shape := slices.Clone(x)
	kernel := attribute(n, "kernel_shape", []int(nil))
	stride, dilation := attribute(n, "strides", ones), attribute(n, "dilations", ones)
	pads, more := attribute(n, "pads", make([]int, 2*axes)), attribute(n, "output_padding", make([]int, axes))
	groups := attribute(n, "group", 1)
	switch n.op {
	case "Conv":
		shape[1] = in[1][0]
	case "ConvTranspose":
		shape[1] = in[1][1] * groups
	}
	for i := range axes {
		reach, pad := dilation[i]*(kernel[i]-1)+1, pads[i]+pads[axes+i]
		if n.op == "ConvTranspose" {
			shape[2+i] = (x[2+i]-1)*stride[i] + reach + more[i] - pad
		} else {
			shape[2+i] = (x[2+i]+pad-reach)/stride[i] + 1
		}
	}
	return shape
}

func reshaped(x, to []int) []int {
	if to == nil {
		return nil
	}
	shape := slices.Clone(to)
	open := -1
	for i, size := range shape {
		switch size {
		case 0:
			shape[i] = x[i]
		case -1:
			open, shape[i] = i, 1
		}
	}
	if open >= 0 {
		shape[open] = product(x) / product(shape)
	}
	return shape
}

func transposed(x, order []int) []int {
	if order == nil {
		shape := slices.Clone(x)
		slices.Reverse(shape)
		return shape
	}
	shape := make([]int, len(x))
	for i, at := range order {
		shape[i] = x[at]
	}
	return shape
}

// concat returns the shape of inputs that are joined. It keeps the numbers of a list.
func (s *shapes) concat(n node, in [][]int) []int {
	shape := slices.Clone(in[0])
	at := place(attribute(n, "axis", 0), len(shape))
	var all []int
	shape[at] = 0
	for i, other := range in {
		shape[at] += other[at]
		all = append(all, s.lists[n.inputs[i]]...)
	}
	if len(shape) == 1 && len(all) == shape[0] {
		s.lists[n.outputs[0]] = all
	}
	return shape
}

func padded(x, pads []int) []int {
	if len(pads) != 2*len(x) {
		return nil
	}
	shape := slices.Clone(x)
	for i := range shape {
		shape[i] += pads[i] + pads[len(x)+i]
	}
	return shape
}

// reduced returns x without axes, or with a size of 1 there. Which axes no list stands for depends on the operator.
func reduced(x, axes []int, keep bool) []int {
	if axes == nil {
		return nil
	}
	var shape []int
	for i, size := range x {
		switch over := slices.Contains(axes, i) || slices.Contains(axes, i-len(x)); {
		case !over:
			shape = append(shape, size)
		case keep:
			shape = append(shape, 1)
		}
	}
	return shape
}

func sliced(x, from, to, axes []int) []int {
	if from == nil || to == nil {
		return nil
	}
	shape := slices.Clone(x)
	for i := range from {
		at := i
		if axes != nil {
			at = place(axes[i], len(x))
		}
		last := min(max(to[i], math.MinInt32), x[at])
		shape[at] = place(last, x[at]) - place(from[i], x[at])
	}
	return shape
}

func unsqueezed(x, axes []int) []int {
	if axes == nil {
		return nil
	}
	shape := slices.Clone(x)
	for _, at := range slices.Sorted(slices.Values(axes)) {
		shape = slices.Insert(shape, place(at, len(x)+len(axes)), 1)
	}
	return shape
}
