package graph

import "slices"

// drawAttention draws MultiheadAttention, as a module or as the function with the parameters as arguments.
func (r *torchRun) drawAttention() (*Node, error) {
	if r.has("static_k") || r.has("static_v") {
		return nil, unlike("keys or values that are projected already")
	}
	for from, to := range map[string]string{"out_proj_weight": "out_proj.weight", "out_proj_bias": "out_proj.bias"} {
		if r.has(from) {
			r.params[from] = to
		}
	}
	q, k, v := r.sequences("query"), r.sequences("key"), r.sequences("value")
	heads := r.whole("num_heads", 1)
	opts := r.masks("attn_mask", "key_padding_mask", q.Shape()[0], heads, q.Shape()[1], k.Shape()[1])
	if !r.has("in_proj_bias") {
		opts = append(opts, NoBias())
	}
	if r.has("bias_k") {
		opts = append(opts, AddBiasKV())
	}
	if r.is("add_zero_attn") {
		opts = append(opts, AddZeroAttn())
	}
	return r.unsequenced("query", r.b.MultiHeadAttention("layer", q, k, v, heads, opts...)), nil
}

// sequences draws the tensor of that name as [N, T, C].
func (r *torchRun) sequences(name string) *Node {
	shape := r.Tensors[name].Shape
	if len(shape) == 2 {
		return r.input(name, 1, shape[0], shape[1])
	}
	x := r.input(name)
	if !r.is("batch_first") {
		x = r.b.Transpose(x, 1, 0, 2)
	}
	return x
}

// unsequenced gives y the layout of the tensor of that name.
func (r *torchRun) unsequenced(name string, y *Node) *Node {
	switch {
	case y == nil:
		return nil
	case len(r.Tensors[name].Shape) == 2:
		return r.b.Reshape(y, y.Shape()[1:]...)
	case !r.is("batch_first"):
		return r.b.Transpose(y, 1, 0, 2)
	}
	return y
}

// masks returns the options that hide keys.
func (r *torchRun) masks(pairs, keys string, n, heads, queries, length int) []AttentionOption {
	var opts []AttentionOption
	if r.has(pairs) {
		shape := slices.Clone(r.Tensors[pairs].Shape)
		opts = append(opts, PairMask(r.constant(pairs, shape...)))
	}
	if r.has(keys) {
		opts = append(opts, KeyMask(r.constant(keys, n, length)))
	}
	return opts
}

// joinProjections makes one matrix of those of queries, keys and values, if they are apart though all have one width.
func (s *torchSample) joinProjections() {
	names := []string{"q_proj_weight", "k_proj_weight", "v_proj_weight"}
	q, ok := s.Tensors[names[0]]
	if !ok || s.Tensors[names[1]].Shape[1] != q.Shape[1] || s.Tensors[names[2]].Shape[1] != q.Shape[1] {
		return
	}
	for _, tensors := range []map[string]torchTensor{s.Tensors, s.Grads} {
		all := torchTensor{Shape: []int{3 * q.Shape[0], q.Shape[1]}, Type: "float"}
		for _, name := range names {
			all.Data = append(all.Data, tensors[name].Data...)
			delete(tensors, name)
		}
		tensors["in_proj_weight"] = all
	}
	s.Rounding["in_proj_weight"] = max(s.Rounding[names[0]], s.Rounding[names[1]], s.Rounding[names[2]])
}

func (r *torchRun) drawEncoder() (*Node, error) {
	x := r.sequences("input")
	n, length := x.Shape()[0], x.Shape()[1]
	heads := r.whole("num_heads", 1)
	opts := []TransformerOption{
		TransformerDropout(0), TransformerEps(r.number("eps", 1e-5)),
		Attend(r.masks("src_mask", "src_key_padding_mask", n, heads, length, length)...),
	}
	if r.is("norm_first") {
		opts = append(opts, NormFirst())
	}
	if r.text("activation") == "gelu" {
		opts = append(opts, WithGELU())
	}
	if !r.is("bias") {
		opts = append(opts, TransformerNoBias())
	}
	return r.unsequenced("input", r.b.TransformerEncoderLayer("layer", x, heads, r.whole("width", 0), opts...)), nil
}
