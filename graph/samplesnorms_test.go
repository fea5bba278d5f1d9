package graph

func (r *torchRun) drawActivation() *Node {
	b := r.b
	if r.Kind == "prelu" {
		shape := r.Tensors["input"].Shape
		if slopes := r.Tensors["weight"].count(); slopes > 1 {
			return b.PReLU("layer", r.input("input"), SlopePerChannel())
		}
		rows := []int{1, r.Tensors["input"].count()}
		y := b.PReLU("layer", r.input("input", rows...))
		if len(shape) == 0 {
			return b.Reshape(y, 1)
		}
		return b.Reshape(y, shape...)
	}
	x := r.input("input")
	switch r.Kind {
	case "leaky_relu":
		return b.LeakyReLU(x, r.number("negative_slope", 0.01))
	case "elu":
		return b.ELU(x, r.number("alpha", 1))
	case "softplus":
		return b.Softplus(x, r.number("beta", 1), r.number("threshold", 20))
	case "gelu":
		if r.text("approximate") == "tanh" {
			return b.GELUTanh(x)
		}
	}
	return map[string]func(*Node) *Node{
		"relu": b.ReLU, "silu": b.SiLU, "mish": b.Mish, "hardswish": b.Hardswish, "hardsigmoid": b.Hardsigmoid,
		"selu": b.SELU, "gelu": b.GELU, "sigmoid": b.Sigmoid, "tanh": b.Tanh,
	}[r.Kind](x)
}

func (r *torchRun) drawEmbedding() (*Node, error) {
	w := r.Tensors["weight"].Shape
	switch {
	case r.Args["max_norm"] != nil:
		return nil, unlike("max_norm, which changes the weight in the forward pass")
	case r.is("scale_grad_by_freq"):
		return nil, unlike("scale_grad_by_freq")
	}
	var opts []EmbeddingOption
	if r.Args["padding_idx"] != nil {
		opts = append(opts, PaddingIdx(r.whole("padding_idx", 0)))
	}
	y := r.b.Embedding("layer", r.input("input"), w[0], w[1], opts...)
	if len(r.Tensors["input"].Shape) == 0 {
		y = r.b.Reshape(y, w[1])
	}
	return y, nil
}

func (r *torchRun) momentum() NormOption {
	if v, ok := r.Args["momentum"].(float64); ok {
		return Momentum(v)
	}
	if _, given := r.Args["momentum"]; given {
		return CumulativeAverage()
	}
	return Momentum(0.1)
}

func (r *torchRun) drawNorm() (*Node, error) {
	if r.number("eps", 1) <= 0 {
		return nil, unlike("eps below 0")
	}
	if m := r.number("momentum", 0.1); m < 0 || m > 1 {
		if r.Training && r.has("running_mean") {
			return nil, unlike("momentum below 0")
		}
		r.Args["momentum"] = 0.1 // nothing moves
	}
	eps := Eps(r.number("eps", 1e-5))
	affine := NoAffine()
	if r.has("weight") {
		affine = Affine()
	}
	shape := r.Tensors["input"].Shape
	switch r.Kind {
	case "batch_norm":
		opts := []NormOption{eps, affine, r.momentum()}
		if !r.has("running_mean") {
			opts = append(opts, NoStats())
		}
		return r.b.BatchNorm("layer", r.input("input"), opts...), nil
	case "group_norm":
		opts := []SampleNormOption{eps, affine}
		if r.has("weight") && !r.has("bias") {
			opts = append(opts, NoBeta())
		}
		return r.b.GroupNorm("layer", r.input("input"), r.whole("num_groups", 1), opts...), nil
	case "instance_norm":
		return r.drawInstanceNorm(eps, affine)
	}
	axes := len(r.list("normalized_shape"))
	opts := []LayerNormOption{affine, Over(axes)}
	if r.Args["eps"] != nil || r.Kind == "layer_norm" {
		opts = append(opts, eps)
	}
	if r.Kind == "layer_norm" && r.has("weight") && !r.has("bias") {
		opts = append(opts, NoBeta())
	}
	x, back := r.batched("input", axes+1)
	if len(shape) > axes {
		back = func(y *Node) *Node { return y }
	}
	if r.Kind == "rms_norm" {
		return back(r.b.RMSNorm("layer", x, opts...)), nil
	}
	return back(r.b.LayerNorm("layer", x, opts...)), nil
}

func (r *torchRun) drawInstanceNorm(eps, affine EveryNormOption) (*Node, error) {
	rank, shape := 3, r.Tensors["input"].Shape
	if shape[0] == r.whole("num_features", 0) {
		rank = len(shape) + 1 // without an axis of samples
	}
	x, back := r.batched("input", rank)
	opts := []SampleNormOption{eps, affine}
	switch {
	case r.has("running_mean"):
		opts = append(opts, TrackStats(r.number("momentum", 0.1)))
	case r.has("weight") && !r.has("bias"):
		opts = append(opts, NoBeta())
	}
	return back(r.b.InstanceNorm("layer", x, opts...)), nil
}
