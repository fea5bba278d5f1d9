package graph

import (
	"math/rand/v2"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// trial is an op, with settings, that the tests of stock ops put between layers. Names of Gorgonia's functions begin
// with a capital letter and no dot, ours with "b.".
type trial struct {
	op       string // the function
	settings string // what else the page says
	ranks    []int  // of the input; nil: any
	positive bool   // the input must be greater than 0
	draw     func(b *Builder, x *Node) *Node
	modal    bool // training and evaluation differ
	alone    bool // it is not checked in pairs
}

func (t trial) name() string {
	if t.settings == "" {
		return t.op
	}
	return t.op + " " + t.settings
}

// takes reports whether the op takes a tensor of this rank.
func (t trial) takes(rank int) bool {
	for _, r := range t.ranks {
		if r == rank {
			return true
		}
	}
	return len(t.ranks) == 0
}

// own returns a parameter of this shape for a stock op, with a name that no other has.
func own(b *Builder, shape ...int) *Node {
	name := "own" + string(rune('a'+len(b.drawn)))
	return b.Param(name+".weight", Weight, tensor.Shape(shape), between(0.5, 1.5), Fan{})
}

// between samples from low to high.
func between(low, high float64) Init {
	return func(r *rand.Rand, _ Fan) func() float64 {
		return func() float64 { return low + (high-low)*r.Float64() }
	}
}

func number(b *Builder, x float64) *Node {
	if b.params.dtype == tensor.Float32 {
		return gorgonia.NewConstant(float32(x))
	}
	return gorgonia.NewConstant(x)
}

type (
	oneNode  = func(*Node) (*Node, error)
	twoNodes = func(a, b *Node) (*Node, error)
)

// trials lists the ops that the tests check.
func trials() []trial {
	var list []trial
	add := func(t trial) { list = append(list, t) }
	for _, u := range []struct {
		name     string
		f        oneNode
		positive bool
	}{
		{"Abs", gorgonia.Abs, false},
		{"Cos", gorgonia.Cos, false},
		{"Cube", gorgonia.Cube, false},
		{"Exp", gorgonia.Exp, false},
		{"Expm1", gorgonia.Expm1, false},
		{"Inverse", gorgonia.Inverse, true},
		{"Log", gorgonia.Log, true},
		{"Log1p", gorgonia.Log1p, true},
		{"Log2", gorgonia.Log2, true},
		{"Mish", gorgonia.Mish, false},
		{"Neg", gorgonia.Neg, false},
		{"Rectify", gorgonia.Rectify, false},
		{"Sigmoid", gorgonia.Sigmoid, false},
		{"Sin", gorgonia.Sin, false},
		{"Softplus", gorgonia.Softplus, false},
		{"Sqrt", gorgonia.Sqrt, true},
		{"Square", gorgonia.Square, false},
		{"Tanh", gorgonia.Tanh, false},
		{"Sign", gorgonia.Sign, false},
		{"Ceil", gorgonia.Ceil, false},
		{"Floor", gorgonia.Floor, false},
		{"InverseSqrt", gorgonia.InverseSqrt, true},
	} {
		add(trial{op: u.name, positive: u.positive, draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(x)) }})
	}
	add(trial{op: "LeakyRelu", draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.LeakyRelu(x, 0.2)) }})

	for _, u := range []struct {
		name     string
		f        twoNodes
		positive bool
	}{
		{"Add", gorgonia.Add, false},
		{"Sub", gorgonia.Sub, false},
		{"HadamardProd", gorgonia.HadamardProd, false},
		{"HadamardDiv", gorgonia.HadamardDiv, false},
		{"Div", gorgonia.Div, false},
		{"Pow", gorgonia.Pow, true},
		{"MinBetween", gorgonia.MinBetween, false},
		{"MaxBetween", gorgonia.MaxBetween, false},
	} {
		add(trial{
			op: u.name, settings: "of a layer and a parameter", positive: u.positive,
			draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(x, own(b, x.Shape()...))) },
		})
		add(trial{
			op: u.name, settings: "of a parameter and a layer", positive: u.name == "HadamardDiv" || u.name == "Div",
			draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(own(b, x.Shape()...), x)) },
		})
	}
	for _, u := range []struct {
		name     string
		f        twoNodes
		positive bool
	}{
		{"Add", gorgonia.Add, false},
		{"Sub", gorgonia.Sub, false},
		{"HadamardProd", gorgonia.HadamardProd, false},
		{"HadamardDiv", gorgonia.HadamardDiv, false},
		{"Mul", gorgonia.Mul, false},
		{"Pow", gorgonia.Pow, true},
	} {
		add(trial{
			op: u.name, settings: "of a layer and a number", positive: u.positive,
			draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(x, number(b, 2))) },
		})
		add(trial{
			op: u.name, settings: "of a number and a layer", positive: u.name == "HadamardDiv",
			draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(number(b, 2), x)) },
		})
	}
	for _, u := range []struct {
		name string
		f    twoNodes
	}{{"Add", gorgonia.Add}, {"HadamardProd", gorgonia.HadamardProd}, {"MaxBetween", gorgonia.MaxBetween}} {
		add(trial{
			op: u.name, settings: "of a layer with itself",
			draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(x, x)) },
		})
	}
	for _, u := range []struct {
		name string
		f    func(a, b *Node, same bool) (*Node, error)
	}{
		{"Eq", gorgonia.Eq},
		{"Ne", gorgonia.Ne},
		{"Gt", gorgonia.Gt},
		{"Gte", gorgonia.Gte},
		{"Lt", gorgonia.Lt},
		{"Lte", gorgonia.Lte},
	} {
		add(trial{op: u.name, settings: "as a mask of its input", draw: func(b *Builder, x *Node) *Node {
			mask := b.Try(u.f(x, number(b, 0.1), true))
			return b.Try(gorgonia.Add(x, b.Try(gorgonia.HadamardProd(x, mask))))
		}})
	}

	for _, u := range []struct {
		name     string
		f        func(a, b *Node, left, right []byte) (*Node, error)
		positive bool
	}{
		{"BroadcastAdd", gorgonia.BroadcastAdd, false},
		{"BroadcastSub", gorgonia.BroadcastSub, false},
		{"BroadcastHadamardProd", gorgonia.BroadcastHadamardProd, false},
		{"BroadcastHadamardDiv", gorgonia.BroadcastHadamardDiv, false},
		{"BroadcastPow", gorgonia.BroadcastPow, true},
	} {
		add(trial{
			op: u.name, settings: "with a row", ranks: []int{2}, positive: u.positive,
			draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(x, own(b, x.Shape()[1]), nil, []byte{0})) },
		})
		add(trial{
			op: u.name, settings: "with a column", ranks: []int{2}, positive: u.positive,
			draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(x, own(b, x.Shape()[0], 1), nil, []byte{1})) },
		})
		add(trial{
			op: u.name, settings: "with channels", ranks: []int{4}, positive: u.positive,
			draw: func(b *Builder, x *Node) *Node {
				return b.Try(u.f(x, own(b, 1, x.Shape()[1], 1, 1), nil, []byte{0, 2, 3}))
			},
		})
		add(trial{
			op: u.name, settings: "with the last axis", ranks: []int{3}, positive: u.positive,
			draw: func(b *Builder, x *Node) *Node {
				return b.Try(u.f(x, own(b, 1, 1, x.Shape()[2]), nil, []byte{0, 1}))
			},
		})
		add(trial{
			op: u.name, settings: "of a row with a matrix", ranks: []int{2},
			positive: u.name == "BroadcastHadamardDiv",
			draw: func(b *Builder, x *Node) *Node {
				return b.Try(u.f(own(b, x.Shape()[1]), x, []byte{0}, nil))
			},
		})
	}
	for _, u := range []struct {
		name string
		f    func(a, b *Node, same bool, left, right []byte) (*Node, error)
	}{
		{"BroadcastEq", gorgonia.BroadcastEq},
		{"BroadcastNe", gorgonia.BroadcastNe},
		{"BroadcastGt", gorgonia.BroadcastGt},
		{"BroadcastGte", gorgonia.BroadcastGte},
		{"BroadcastLt", gorgonia.BroadcastLt},
		{"BroadcastLte", gorgonia.BroadcastLte},
	} {
		add(trial{op: u.name, settings: "as a mask of its input", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			row := b.Try(gorgonia.Sign(b.Try(gorgonia.Slice(x, gorgonia.S(0)))))
			mask := b.Try(u.f(x, row, true, nil, []byte{0}))
			return b.Try(gorgonia.Add(x, b.Try(gorgonia.HadamardProd(x, mask))))
		}})
	}
	add(trial{op: "Broadcast", settings: "of a row", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
		l, r, err := gorgonia.Broadcast(x, own(b, x.Shape()[1]), gorgonia.NewBroadcastPattern(nil, []byte{0}))
		if err != nil {
			return b.Try(nil, err)
		}
		return b.Try(gorgonia.Sub(l, r))
	}})
	add(trial{op: "Auto", settings: "with a row", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
		return b.Try(gorgonia.Auto(gorgonia.BroadcastHadamardProd, x, own(b, 1, x.Shape()[1])))
	}})

	for _, u := range []struct {
		name string
		f    func(a *Node, along ...int) (*Node, error)
	}{{"Sum", gorgonia.Sum}, {"Mean", gorgonia.Mean}, {"Max", gorgonia.Max}} {
		add(trial{
			op: u.name, settings: "along the last axis",
			draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(x, x.Dims()-1)) },
		})
		add(trial{
			op: u.name, settings: "along the first axis", ranks: []int{2, 3, 4},
			draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(x, 0)) },
		})
		add(trial{
			op: u.name, settings: "along the second axis", ranks: []int{3, 4},
			draw: func(b *Builder, x *Node) *Node { return b.Try(u.f(x, 1)) },
		})
		for _, axes := range [][]int{
			{0, 1}, {1, 2}, {2, 1}, {0, 2}, {2, 0}, {2, 3}, {3, 2}, {1, 3}, {0, 2, 3}, {1, 2, 3},
		} {
			ranks := []int{4}
			if slices.Max(axes) < 3 {
				ranks = []int{3, 4}
			}
			add(trial{
				op: u.name, settings: "along several axes", ranks: ranks, alone: true,
				draw: func(b *Builder, x *Node) *Node {
					if len(axes) == x.Dims() {
						return b.Fail(errUnfit)
					}
					return b.Try(u.f(x, axes...))
				},
			})
		}
		add(trial{op: u.name, settings: "of all", draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.HadamardProd(x, b.Try(u.f(x))))
		}})
		add(trial{op: u.name, settings: "along an axis of size 1", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(u.f(b.Try(gorgonia.Reshape(x, tensor.Shape{x.Shape()[0], 1, x.Shape()[1]})), 1))
		}})
	}
	add(trial{op: "Norm", settings: "2, along the last axis", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
		return b.Try(gorgonia.Norm(x, 1, 2))
	}})
	add(trial{
		op: "Norm", settings: "3, along the last axis", ranks: []int{2}, positive: true,
		draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Norm(x, 1, 3)) },
	})
	add(trial{op: "LogSumExp", settings: "along the last axis", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
		return b.Try(gorgonia.LogSumExp(x, 1))
	}})
	add(trial{op: "KeepDims", settings: "of a sum", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
		sum := b.Try(gorgonia.KeepDims(x, false, func(a *Node) (*Node, error) { return gorgonia.Sum(a, 1) }))
		return b.Try(gorgonia.BroadcastAdd(x, sum, nil, []byte{1}))
	}})
	add(trial{op: "ReduceAdd", draw: func(b *Builder, x *Node) *Node {
		return b.Try(gorgonia.ReduceAdd(gorgonia.Nodes{x, own(b, x.Shape()...), x}))
	}})
	add(trial{op: "ReduceMul", settings: "of matrices", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
		n := x.Shape()[1]
		return b.Try(gorgonia.ReduceMul(gorgonia.Nodes{x, own(b, n, n), own(b, n, n)}))
	}})
	list = append(list, shapeTrials()...)
	list = append(list, productTrials()...)
	list = append(list, imageTrials()...)
	return append(list, ourTrials()...)
}

func shapeTrials() []trial {
	return []trial{
		{op: "Reshape", settings: "to a matrix", draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Reshape(x, tensor.Shape{4, x.Shape().TotalSize() / 4}))
		}},
		{op: "Reshape", settings: "to the same shape", draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Reshape(x, x.Shape().Clone()))
		}},
		{op: "Reshape", settings: "to another rank", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Reshape(x, tensor.Shape{x.Shape()[0], 1, 1, x.Shape()[1]}))
		}},
		{op: "Ravel", draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Ravel(x)) }},
		{op: "Transpose", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Transpose(x))
		}},
		{op: "Transpose", settings: "of the inner axes", ranks: []int{4}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Transpose(x, 0, 2, 3, 1))
		}},
		{op: "Transpose", settings: "of an axis of size 1", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			r := b.Try(gorgonia.Reshape(x, tensor.Shape{x.Shape()[0], 1, x.Shape()[1]}))
			return b.Try(gorgonia.Transpose(r, 1, 0, 2))
		}},
		{op: "Slice", settings: "of rows", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Slice(x, gorgonia.S(1, x.Shape()[0]-1)))
		}},
		{op: "Slice", settings: "of columns", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Slice(x, nil, gorgonia.S(x.Shape()[1]/2, x.Shape()[1])))
		}},
		{op: "Slice", settings: "of one column", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Slice(x, nil, gorgonia.S(1)))
		}},
		{op: "Slice", settings: "of the whole", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Slice(x, gorgonia.S(0, x.Shape()[0])))
		}},
		{op: "Slice", settings: "of every second column", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Slice(x, nil, gorgonia.S(0, x.Shape()[1], 2)))
		}},
		{op: "Slice", settings: "of one number", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			one := b.Try(gorgonia.Slice(x, gorgonia.S(1), gorgonia.S(0)))
			return b.Try(gorgonia.HadamardProd(x, one))
		}},
		{op: "Concat", settings: "with itself", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Concat(1, x, x))
		}},
		{
			op: "Concat", settings: "with a parameter, along the first axis", ranks: []int{2, 4},
			draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Concat(0, x, own(b, x.Shape()...))) },
		},
		{op: "Concat", settings: "of one", ranks: []int{2, 4}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Concat(0, x))
		}},
		{op: "Unconcat", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			parts, err := gorgonia.Unconcat(x, 1, 2)
			if err != nil {
				return b.Try(nil, err)
			}
			return b.Try(gorgonia.HadamardProd(parts[0], parts[1]))
		}},
		{op: "At", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.HadamardProd(x, b.Try(gorgonia.At(x, 1, 0))))
		}},
		{op: "SizeOf", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.HadamardDiv(x, b.Try(gorgonia.SizeOf(1, x))))
		}},
		{op: "ByIndices", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			last := x.Shape()[0] - 1
			at := tensor.New(tensor.WithShape(4), tensor.WithBacking([]int{last, 0, last, last / 2}))
			return b.Try(gorgonia.ByIndices(x, gorgonia.NodeFromAny(b.g, at, gorgonia.WithName("indices")), 0))
		}},
		{op: "ByIndices", settings: "of columns", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			at := tensor.New(tensor.WithShape(4), tensor.WithBacking([]int{1, 0, 1, 1}))
			return b.Try(gorgonia.ByIndices(x, gorgonia.NodeFromAny(b.g, at, gorgonia.WithName("indices")), 1))
		}},
		{op: "DiagFlat", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.DiagFlat(b.Try(gorgonia.Ravel(x))))
		}},
		{op: "SoftMax", draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.SoftMax(x)) }},
		{op: "SoftMax", settings: "along the second axis", ranks: []int{3, 4}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.SoftMax(x, 1))
		}},
		{op: "SoftMax", settings: "along the first axis", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.SoftMax(x, 0))
		}},
		{op: "LogSoftMax", draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.LogSoftMax(x)) }},
		{op: "Log", settings: "of SoftMax", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Log(b.Try(gorgonia.SoftMax(x))))
		}},
		{op: "Sparsemax", ranks: []int{2, 4}, draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Sparsemax(x)) }},
		{op: "Sparsemax", settings: "along the first axis", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Sparsemax(x, 0))
		}},
		{op: "BinaryXent", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			target := b.Try(gorgonia.Sigmoid(own(b, x.Shape()...)))
			return b.Try(gorgonia.BinaryXent(b.Try(gorgonia.Sigmoid(x)), target))
		}},
		{op: "ConvType", settings: "to the other type and back", draw: func(b *Builder, x *Node) *Node {
			to := map[tensor.Dtype]tensor.Dtype{tensor.Float32: tensor.Float64, tensor.Float64: tensor.Float32}[x.Dtype()]
			other := b.Try(gorgonia.ConvType(x, x.Dtype(), to))
			return b.Try(gorgonia.ConvType(other, to, x.Dtype()))
		}},
		{op: "LogSumExp", settings: "of a vector", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.HadamardProd(x, b.Try(gorgonia.LogSumExp(b.Try(gorgonia.Ravel(x)), 0))))
		}},
		{op: "CTCLoss", ranks: []int{3}, draw: func(b *Builder, x *Node) *Node {
			whole := func(name string, n ...int) *Node {
				v := tensor.New(tensor.WithShape(n...), tensor.Of(tensor.Int))
				return gorgonia.NodeFromAny(b.g, v, gorgonia.WithName(name))
			}
			n := x.Shape()[1]
			loss, err := gorgonia.CTCLoss(
				x, whole("targets", n, 2), whole("lengths", n), whole("target lengths", n), gorgonia.ReductionMean)
			return b.Try(gorgonia.HadamardProd(x, b.Try(loss, err)))
		}},
		{op: "UniformRandomNode", draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Add(x, gorgonia.UniformRandomNode(b.g, x.Dtype(), 0, 1, x.Shape()...)))
		}},
		{op: "GaussianRandomNode", draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Add(x, gorgonia.GaussianRandomNode(b.g, x.Dtype(), 0, 1, x.Shape()...)))
		}},
		{op: "BinomialRandomNode", draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Add(x, gorgonia.BinomialRandomNode(b.g, x.Dtype(), 1, 0.5, x.Shape()...)))
		}},
		{op: "Dropout", modal: true, draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Dropout(x, 0.5)) }},
	}
}

func productTrials() []trial {
	return []trial{
		{op: "Mul", settings: "of a matrix and a parameter", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Mul(x, own(b, x.Shape()[1], 4)))
		}},
		{op: "Mul", settings: "of a parameter and a matrix", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Mul(own(b, 4, x.Shape()[0]), x))
		}},
		{
			op: "Mul", settings: "of a matrix and a transposed parameter", ranks: []int{2},
			draw: func(b *Builder, x *Node) *Node {
				return b.Try(gorgonia.Mul(x, b.Try(gorgonia.Transpose(own(b, 4, x.Shape()[1])))))
			},
		},
		{op: "Mul", settings: "of a transposed matrix with itself", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Mul(b.Try(gorgonia.Transpose(x)), x))
		}},
		{op: "Mul", settings: "of a matrix and a vector", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Mul(x, own(b, x.Shape()[1])))
		}},
		{op: "Mul", settings: "of a vector and a matrix", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Mul(own(b, x.Shape()[0]), x))
		}},
		{op: "Mul", settings: "of two vectors", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			v := b.Try(gorgonia.Ravel(x))
			return b.Try(gorgonia.HadamardProd(x, b.Try(gorgonia.Mul(v, own(b, v.Shape()[0])))))
		}},
		{op: "OuterProd", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.OuterProd(b.Try(gorgonia.Ravel(x)), own(b, 4)))
		}},
		{op: "BatchedMatMul", ranks: []int{3}, draw: func(b *Builder, x *Node) *Node {
			s := x.Shape()
			return b.Try(gorgonia.BatchedMatMul(x, own(b, s[0], s[2], 3)))
		}},
		{op: "BatchedMatMul", settings: "with itself transposed", ranks: []int{3}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.BatchedMatMul(x, x, false, true))
		}},
		{op: "BatchedMatMul", ranks: []int{4}, draw: func(b *Builder, x *Node) *Node {
			s := x.Shape()
			return b.Try(gorgonia.BatchedMatMul(x, own(b, s[0], s[1], s[3], 3)))
		}},
		{op: "BatchedMatMul", settings: "with the first transposed", ranks: []int{4}, draw: func(b *Builder, x *Node) *Node {
			s := x.Shape()
			return b.Try(gorgonia.BatchedMatMul(x, own(b, s[0], s[1], s[2], 3), true))
		}},
		{op: "BatchedMatMul", settings: "with the second transposed", ranks: []int{4}, draw: func(b *Builder, x *Node) *Node {
			s := x.Shape()
			return b.Try(gorgonia.BatchedMatMul(x, own(b, s[0], s[1], 3, s[3]), false, true))
		}},
		{
			op: "BatchedMatMul", settings: "with itself, the second transposed", ranks: []int{4},
			draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.BatchedMatMul(x, x, false, true)) },
		},
		{op: "Tensordot", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Tensordot([]int{1}, []int{0}, x, own(b, x.Shape()[1], 4)))
		}},
		{op: "Tensordot", settings: "along the first axes", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Tensordot([]int{0}, []int{0}, x, own(b, x.Shape()[0], 4)))
		}},
	}
}

func imageTrials() []trial {
	image := []int{4}
	return []trial{
		{op: "Conv2d", ranks: image, draw: func(b *Builder, x *Node) *Node {
			w := own(b, 2, x.Shape()[1], 2, 2)
			return b.Try(gorgonia.Conv2d(x, w, tensor.Shape{2, 2}, []int{0, 0}, []int{1, 1}, []int{1, 1}))
		}},
		{op: "Conv2d", settings: "padded, with stride 2", ranks: image, draw: func(b *Builder, x *Node) *Node {
			w := own(b, 2, x.Shape()[1], 3, 3)
			return b.Try(gorgonia.Conv2d(x, w, tensor.Shape{3, 3}, []int{1, 1}, []int{2, 2}, []int{1, 1}))
		}},
		{op: "Conv2d", settings: "dilated", ranks: image, draw: func(b *Builder, x *Node) *Node {
			w := own(b, 1, x.Shape()[1], 2, 2)
			return b.Try(gorgonia.Conv2d(x, w, tensor.Shape{2, 2}, []int{1, 1}, []int{1, 1}, []int{2, 2}))
		}},
		{op: "Conv1d", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Conv1d(x, own(b, 2, x.Shape()[1], 1, 2), 2, 0, 1, 1))
		}},
		{op: "Im2Col", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Im2Col(x, tensor.Shape{2, 2}, tensor.Shape{0, 0}, tensor.Shape{1, 1}, tensor.Shape{1, 1}))
		}},
		{op: "MaxPool2D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxPool2D(x, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2}))
		}},
		{op: "MaxPool2D", settings: "padded, with stride 1", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxPool2D(x, tensor.Shape{3, 3}, []int{1, 1}, []int{1, 1}))
		}},
		{op: "MaxPool2D", settings: "with four paddings", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxPool2D(x, tensor.Shape{2, 2}, []int{1, 0, 0, 1}, []int{1, 1}))
		}},
		{op: "MaxPool1D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxPool1D(x, 2, 0, 2))
		}},
		{op: "AveragePool2D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.AveragePool2D(x, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2}))
		}},
		{op: "AveragePool1D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.AveragePool1D(x, 2, 0, 2))
		}},
		{op: "GlobalAveragePool2D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.GlobalAveragePool2D(x))
		}},
		{op: "Upsample2D", ranks: image, draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Upsample2D(x, 2)) }},
		{op: "GroupNorm", ranks: image, draw: func(b *Builder, x *Node) *Node {
			c := x.Shape()[1]
			return b.Try(gorgonia.GroupNorm(x, own(b, 1, c, 1, 1), own(b, 1, c, 1, 1), 1, c, 1e-5))
		}},
		{op: "BatchNorm", ranks: image, modal: true, draw: func(b *Builder, x *Node) *Node {
			c := x.Shape()[1]
			y, _, _, _, err := gorgonia.BatchNorm(x, own(b, 1, c, 1, 1), own(b, 1, c, 1, 1), 0.9, 1e-5)
			return b.Try(y, err)
		}},
		{op: "YOLOv3", ranks: image, draw: func(b *Builder, x *Node) *Node {
			s := x.Shape()
			wide := b.Try(gorgonia.Reshape(own(b, s[0], 6, s[2], s[2]), tensor.Shape{s[0], 6, s[2], s[2]}))
			return b.Try(gorgonia.YOLOv3(wide, []float32{10, 13}, []int{0}, 32, 1, 0.5))
		}},
	}
}

func ourTrials() []trial {
	image, name := []int{4}, func(b *Builder) string { return "layer" + string(rune('a'+b.layers)) }
	return []trial{
		{op: "b.ReLU", draw: func(b *Builder, x *Node) *Node { return b.ReLU(x) }},
		{op: "b.Linear", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node { return b.Linear(name(b), x, 8) }},
		{op: "b.Conv2D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Conv2D(name(b), x, 2, 3, Padding(1))
		}},
		{op: "b.BatchNorm", ranks: []int{2, 4}, modal: true, draw: func(b *Builder, x *Node) *Node {
			return b.BatchNorm(name(b), x, Eps(0.1))
		}},
		{op: "b.MaxPool2D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.MaxPool2D(x, 3, Stride(1), Padding(1))
		}},
		{op: "b.AvgPool2D", ranks: image, draw: func(b *Builder, x *Node) *Node { return b.AvgPool2D(x, 2) }},
		{op: "b.GlobalAvgPool2D", ranks: image, draw: func(b *Builder, x *Node) *Node { return b.GlobalAvgPool2D(x) }},
		{op: "b.Dropout", modal: true, draw: func(b *Builder, x *Node) *Node { return b.Dropout(name(b), x, 0.3) }},
		{op: "b.Flatten", ranks: []int{2, 4}, draw: func(b *Builder, x *Node) *Node { return b.Flatten(x) }},
		{op: "b.Reshape", draw: func(b *Builder, x *Node) *Node { return b.Reshape(x, 4, -1) }},
		{op: "b.Reshape", settings: "to another rank", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Reshape(x, x.Shape()[0], -1, 1, 1)
		}},
		{op: "b.Transpose", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node { return b.Transpose(x, 1, 0) }},
		{op: "b.Transpose", settings: "of the last axes", ranks: []int{3}, draw: func(b *Builder, x *Node) *Node {
			return b.Transpose(x, 0, 2, 1)
		}},
		{op: "b.Transpose", settings: "of the inner axes", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Transpose(x, 0, 2, 3, 1)
		}},
		{op: "b.Slice", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node {
			return b.Slice(x, 1, x.Shape()[1]/2, x.Shape()[1])
		}},
		{op: "b.Max", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node { return b.Max(x, x.Dims()-1) }},
		{op: "b.SoftMax", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node { return b.SoftMax(x, 1) }},
		{op: "b.LogSoftMax", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node { return b.LogSoftMax(x, 1) }},
	}
}
