package graph

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

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
