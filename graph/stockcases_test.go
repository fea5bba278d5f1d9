package graph

import (
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
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
