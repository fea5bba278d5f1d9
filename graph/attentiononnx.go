package graph

import "math"

// onnx writes attention as matrix products and Softmax.
func (a *attentionLayer) onnx(to ONNX, in []string) (string, error) {
	var projected [3]string
	for i, order := range [][]int{{0, 2, 1, 3}, {0, 2, 3, 1}, {0, 2, 1, 3}} { // keys are transposed
		h := a.projectONNX(to, in, i)
		length := a.Keys + a.more.Count()
		if i == 0 {
			length = a.Queries
		} else {
			h = a.moreONNX(to, in, h, i)
		}
		h = to.Node("Reshape", []string{h, to.Ints(0, length, a.Heads, a.Dim)})
		projected[i] = to.Node("Transpose", []string{h}, Attribute{"perm", order})
	}
	q := to.Node("Mul", []string{projected[0], scalarONNX(to, 1/math.Sqrt(float64(a.Dim)))})
	scores := to.Node("MatMul", []string{q, projected[1]})
	for _, mask := range a.masksONNX(to, in) {
		scores = to.Node("Add", []string{scores, mask})
	}
	y := to.Node("MatMul", []string{to.Node("Softmax", []string{scores}, Attribute{"axis", 3}), projected[2]})
	y = to.Node("Transpose", []string{y}, Attribute{"perm", []int{0, 2, 1, 3}})
	y = to.Node("Reshape", []string{y, to.Ints(0, a.Queries, a.width)})
	out := []string{y, in[a.weights["out_proj.weight"]]}
	if a.bias {
		out = append(out, in[a.weights["out_proj.bias"]])
	}
	return linearONNX(to, out)
}

// moreONNX adds the keys or the values that the layer has beside those of the samples to h, [N, S, C].
func (a *attentionLayer) moreONNX(to ONNX, in []string, h string, i int) string {
	all := []string{h}
	if a.more.Count() > 0 {
		batch := to.Node("Shape", []string{h}, Attribute{"start", 0}, Attribute{"end", 1})
		shape := to.Node("Concat", []string{batch, to.Ints(1, a.width)}, Attribute{"axis", 0})
		add := func(row string) { all = append(all, to.Node("Expand", []string{row, shape})) }
		if a.more.Bias {
			add(in[a.weights[[]string{"bias_k", "bias_v"}[i-1]]])
		}
		if a.more.Zero {
			add(to.Floats([]int{1, 1, a.width}, make([]float32, a.width)))
		}
		h = to.Node("Concat", all, Attribute{"axis", 1})
	}
	return h
}

// projectONNX writes the projection of the query, the key or the value.
func (a *attentionLayer) projectONNX(to ONNX, in []string, i int) string {
	rows := func(name string, shape ...int) string {
		if values, _, ok := to.Values(name); ok {
			size := len(values) / 3
			part := values[i*size:][:size]
			if len(shape) == 2 {
				part = flipped(part, shape[0], shape[1])
			}
			return to.Floats(shape, part)
		}
		part := to.Node("Slice", []string{name, to.Ints(i * a.width), to.Ints((i + 1) * a.width), to.Ints(0)})
		if len(shape) == 2 {
			part = to.Node("Transpose", []string{part})
		}
		return part
	}
	x, matrix := in[a.takes.Of[i]], ""
	if a.takes.Apart() {
		matrix = transposedONNX(to, in[a.weights[[]string{"q_proj_weight", "k_proj_weight", "v_proj_weight"}[i]]])
	} else {
		matrix = rows(in[a.weights["in_proj_weight"]], a.width, a.width)
	}
	h := to.Node("MatMul", []string{x, matrix})
	if a.bias {
		h = to.Node("Add", []string{h, rows(in[a.weights["in_proj_bias"]], a.width)})
	}
	return h
}

// masksONNX writes the masks, in shapes that broadcast to [N, heads, T, S], with zeros for the keys that are added.
func (a *attentionLayer) masksONNX(to ONNX, in []string) []string {
	masks := a.givenMasksONNX(to, in)
	if more := a.more.Count(); more > 0 {
		for i, mask := range masks {
			rank := 4
			if a.isMatrix(i) {
				rank = 2
			}
			pads := make([]int, 2*rank)
			pads[2*rank-1] = more
			masks[i] = to.Node("Pad", []string{mask, to.Ints(pads...)})
		}
	}
	return masks
}

// isMatrix reports whether mask i of givenMasksONNX is [T, S].
func (a *attentionLayer) isMatrix(i int) bool {
	if a.Causal {
		i--
	}
	return i < 0 || i == 0 && a.pairs > 0 && len(a.pairMask.Shape()) == 2
}

// givenMasksONNX writes the masks for the keys that samples have.
func (a *attentionLayer) givenMasksONNX(to ONNX, in []string) []string {
	var masks []string
	hide := float32(math.Inf(-1))
	if a.Causal {
		mask := make([]float32, a.Queries*a.Keys)
		for i := range mask {
			if i%a.Keys > i/a.Keys {
				mask[i] = hide
			}
		}
		masks = append(masks, to.Floats([]int{a.Queries, a.Keys}, mask))
	}
	if a.pairs > 0 {
		mask := in[a.pairs]
		if len(a.pairMask.Shape()) == 3 {
			mask = to.Node("Reshape", []string{mask, to.Ints(-1, a.Heads, a.Queries, a.Keys)})
		}
		masks = append(masks, mask)
	}
	if a.keys > 0 {
		mask := to.Node("Reshape", []string{in[a.keys], to.Ints(-1, 1, 1, a.Keys)})
		if a.hides {
			const boolean = 9 // TensorProto.BOOL
			hidden := to.Node("Cast", []string{mask}, Attribute{"to", boolean})
			mask = to.Node("Where", []string{hidden, scalarONNX(to, float64(hide)), scalarONNX(to, 0)})
		}
		masks = append(masks, mask)
	}
	return masks
}
