package graph

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// evaluate runs what draw draws on x, and returns its shape and values.
func evaluate(t *testing.T, x *tensor.Dense, draw func(b *Builder, x *Node) *Node) (tensor.Shape, []float64) {
	t.Helper()
	b := newBuilder(NewParams(5, tensor.Float64), Eval, new(uint64))
	in := gorgonia.NodeFromAny(b.g, x, gorgonia.WithName(inputName))
	y := draw(b, in)
	if b.err != nil {
		t.Fatal(b.err)
	}
	if err := b.admit(in, y); err != nil {
		t.Fatal(err)
	}
	var r result
	p := Program{x: in}
	if err := p.compute(b, Config{}, r.at(y)); err != nil {
		t.Fatal(err)
	}
	if err := p.machine.RunAll(); err != nil {
		t.Fatal(err)
	}
	return y.Shape(), floats(r.value)
}

// counting returns a tensor of numbers between 0.1 and 2.1 that are all different and in no order.
func counting(shape ...int) *tensor.Dense {
	d := zeros(tensor.Float64, shape)
	v := d.Float64s()
	for i := range v {
		v[i] = 0.1 + 2*math.Mod(float64(i+1)*math.Phi, 1)
	}
	return d
}

// Ops on single numbers compute what their names say.
func TestStockOpsOnNumbers(t *testing.T) {
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	softplus := func(x float64) float64 { return math.Log1p(math.Exp(x)) }
	of := func(f oneNode) func(b *Builder, x *Node) *Node {
		return func(b *Builder, x *Node) *Node { return b.Try(f(x)) }
	}
	with := func(f twoNodes, swapped bool) func(b *Builder, x *Node) *Node {
		return func(b *Builder, x *Node) *Node {
			if swapped {
				return b.Try(f(number(b, 1.5), x))
			}
			return b.Try(f(x, number(b, 1.5)))
		}
	}
	mask := func(f func(a, b *Node, same bool) (*Node, error)) func(b *Builder, x *Node) *Node {
		return func(b *Builder, x *Node) *Node { return b.Try(f(x, number(b, 1.1), true)) }
	}
	is := func(f func(x float64) bool) func(float64) float64 {
		return func(x float64) float64 {
			if f(x) {
				return 1
			}
			return 0
		}
	}
	for _, c := range []struct {
		name string
		draw func(b *Builder, x *Node) *Node
		want func(x float64) float64
	}{
		{"Abs", of(gorgonia.Abs), math.Abs},
		{"Ceil", of(gorgonia.Ceil), math.Ceil},
		{"Cos", of(gorgonia.Cos), math.Cos},
		{"Cube", of(gorgonia.Cube), func(x float64) float64 { return x * x * x }},
		{"Exp", of(gorgonia.Exp), math.Exp},
		{"Expm1", of(gorgonia.Expm1), math.Expm1},
		{"Floor", of(gorgonia.Floor), math.Floor},
		{"Inverse", of(gorgonia.Inverse), func(x float64) float64 { return 1 / x }},
		{"Log", of(gorgonia.Log), math.Log},
		{"Log1p", of(gorgonia.Log1p), math.Log1p},
		{"Mish", of(gorgonia.Mish), func(x float64) float64 { return x * math.Tanh(softplus(x)) }},
		{"Neg", of(gorgonia.Neg), func(x float64) float64 { return -x }},
		{"Rectify", of(gorgonia.Rectify), func(x float64) float64 { return max(x, 0) }},
		{"Sigmoid", of(gorgonia.Sigmoid), logistic},
		{"Sign", of(gorgonia.Sign), func(x float64) float64 { return math.Copysign(1, x) }},
		{"Sin", of(gorgonia.Sin), math.Sin},
		{"Softplus", of(gorgonia.Softplus), softplus},
		{"Sqrt", of(gorgonia.Sqrt), math.Sqrt},
		{"Square", of(gorgonia.Square), func(x float64) float64 { return x * x }},
		{"Tanh", of(gorgonia.Tanh), math.Tanh},
		{
			"LeakyRelu", func(b *Builder, x *Node) *Node { return b.Try(gorgonia.LeakyRelu(x, 0.2)) },
			func(x float64) float64 { return max(x, 0.2*x) },
		},
		{"Add", with(gorgonia.Add, false), func(x float64) float64 { return x + 1.5 }},
		{"Sub", with(gorgonia.Sub, false), func(x float64) float64 { return x - 1.5 }},
		{"Sub from", with(gorgonia.Sub, true), func(x float64) float64 { return 1.5 - x }},
		{"HadamardProd", with(gorgonia.HadamardProd, true), func(x float64) float64 { return 1.5 * x }},
		{"HadamardDiv", with(gorgonia.HadamardDiv, false), func(x float64) float64 { return x / 1.5 }},
		{"HadamardDiv into", with(gorgonia.HadamardDiv, true), func(x float64) float64 { return 1.5 / x }},
		{"Div", with(gorgonia.Div, true), func(x float64) float64 { return 1.5 / x }},
		{"Mul", with(gorgonia.Mul, false), func(x float64) float64 { return x * 1.5 }},
		{"Pow", with(gorgonia.Pow, false), func(x float64) float64 { return math.Pow(x, 1.5) }},
		{"Pow of", with(gorgonia.Pow, true), func(x float64) float64 { return math.Pow(1.5, x) }},
		{"Eq", mask(gorgonia.Eq), is(func(x float64) bool { return x == 1.1 })},
		{"Ne", mask(gorgonia.Ne), is(func(x float64) bool { return x != 1.1 })},
		{"Gt", mask(gorgonia.Gt), is(func(x float64) bool { return x > 1.1 })},
		{"Gte", mask(gorgonia.Gte), is(func(x float64) bool { return x >= 1.1 })},
		{"Lt", mask(gorgonia.Lt), is(func(x float64) bool { return x < 1.1 })},
		{"Lte", mask(gorgonia.Lte), is(func(x float64) bool { return x <= 1.1 })},
		{"MinBetween", func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MinBetween(x, b.Try(gorgonia.Square(x))))
		}, func(x float64) float64 { return min(x, x*x) }},
		{"MaxBetween", func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxBetween(x, b.Try(gorgonia.Square(x))))
		}, func(x float64) float64 { return max(x, x*x) }},
		{"BinaryXent", func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.BinaryXent(b.Try(gorgonia.Sigmoid(x)), b.Try(gorgonia.Tanh(x))))
		}, func(x float64) float64 {
			p, y := logistic(x), math.Tanh(x)
			return -y*math.Log(p) - (1-y)*math.Log(1-p)
		}},
		{"ReduceAdd", func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.ReduceAdd(gorgonia.Nodes{x, b.Try(gorgonia.Square(x)), x}))
		}, func(x float64) float64 { return 2*x + x*x }},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := counting(4, 6)
			for i := range x.Float64s() {
				if !slices.Contains([]string{"Log", "Log1p", "Sqrt", "Pow"}, c.name) && i%2 == 0 {
					x.Float64s()[i] = -x.Float64s()[i]
				}
			}
			var want []float64
			for _, v := range x.Float64s() {
				want = append(want, c.want(v))
			}
			tol := 1e-14
			if c.name == "BinaryXent" { // Gorgonia adds 1e-8 to 1 − p
				tol = 1e-6
			}
			_, got := evaluate(t, x, c.draw)
			near(t, c.name, got, want, tol)
		})
	}
}

// along returns f of the lines of x along axes, as Gorgonia's reductions do: the axes are left out.
func along(x *tensor.Dense, axes []int, f func(line []float64) float64) []float64 {
	reduced := make(map[int]bool)
	for _, a := range axes {
		reduced[a] = true
	}
	shape := x.Shape()
	size := 1
	for i, n := range shape {
		if !reduced[i] {
			size *= n
		}
	}
	linesOf := make([][]float64, size)
	for i, v := range x.Float64s() {
		at, place, unit := i, 0, 1
		for axis := len(shape) - 1; axis >= 0; axis-- {
			if !reduced[axis] {
				place += at % shape[axis] * unit
				unit *= shape[axis]
			}
			at /= shape[axis]
		}
		linesOf[place] = append(linesOf[place], v)
	}
	var result []float64
	for _, line := range linesOf {
		result = append(result, f(line))
	}
	return result
}

func TestStockReductions(t *testing.T) {
	sum := func(line []float64) (s float64) {
		for _, v := range line {
			s += v
		}
		return s
	}
	for _, c := range []struct {
		name string
		f    func(a *Node, along ...int) (*Node, error)
		want func(line []float64) float64
	}{
		{"Sum", gorgonia.Sum, sum},
		{"Mean", gorgonia.Mean, func(line []float64) float64 { return sum(line) / float64(len(line)) }},
	} {
		for _, axes := range [][]int{
			{0},
			{1},
			{2},
			{3},
			{0, 1},
			{1, 2},
			{2, 1},
			{0, 2},
			{2, 0},
			{2, 3},
			{3, 2},
			{1, 3},
			{0, 2, 3},
			{1, 2, 3},
			{0, 1, 2, 3},
		} {
			for _, shape := range [][]int{{3, 4, 2, 5}, {2, 2, 3}, {4, 3}, {1, 4}, {4, 1}, {2, 1, 3}, {1, 3, 1}} {
				if axes[len(axes)-1] >= len(shape) || axes[0] >= len(shape) {
					continue
				}
				t.Run(fmt.Sprint(c.name, shape, axes), func(t *testing.T) {
					if one := shape[0] == 1 || shape[1] == 1 || shape[len(shape)-1] == 1; one && len(axes) > 1 {
						t.Skip("Compile refuses it")
					}
					x := counting(shape...)
					_, got := evaluate(t, x, func(b *Builder, x *Node) *Node { return b.Try(c.f(x, axes...)) })
					near(t, c.name, got, along(x, axes, c.want), 1e-13)
				})
			}
		}
	}
}

// Ops that have a layer of ours compute what that does.
func TestStockOpsAgreeWithOurs(t *testing.T) {
	weight := func(b *Builder, shape ...int) *Node {
		fan := Fan{In: tensor.Shape(shape[1:]).TotalSize(), Out: shape[0]}
		return b.Param("l.weight", Weight, shape, DefaultInit, fan)
	}
	for _, c := range []struct {
		name        string
		shape       []int
		stock, ours func(b *Builder, x *Node) *Node
	}{
		{"Conv2d", []int{2, 3, 6, 5}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Conv2d(x, weight(b, 4, 3, 3, 3), tensor.Shape{3, 3}, []int{0, 0}, []int{1, 1}, []int{1, 1}))
		}, func(b *Builder, x *Node) *Node { return b.Conv2D("l", x, 4, 3, NoBias()) }},
		{"Conv2d padded, strided", []int{2, 3, 6, 5}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Conv2d(x, weight(b, 4, 3, 3, 2), tensor.Shape{3, 2}, []int{1, 2}, []int{2, 1}, []int{1, 1}))
		}, func(b *Builder, x *Node) *Node {
			return b.Conv2D("l", x, 4, 3, NoBias(), Kernel(3, 2), Paddings(1, 2), Strides(2, 1))
		}},
		{"Conv2d dilated", []int{2, 3, 6, 5}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Conv2d(x, weight(b, 4, 3, 2, 2), tensor.Shape{2, 2}, []int{0, 0}, []int{1, 1}, []int{3, 2}))
		}, func(b *Builder, x *Node) *Node { return b.Conv2D("l", x, 4, 2, NoBias(), Dilations(3, 2)) }},
		{"Conv1d", []int{2, 3, 1, 7}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Conv1d(x, weight(b, 4, 3, 1, 3), 3, 1, 2, 1))
		}, func(b *Builder, x *Node) *Node {
			return b.Conv2D("l", x, 4, 3, NoBias(), Kernel(1, 3), Paddings(0, 1), Strides(1, 2))
		}},
		{"MaxPool2D", []int{2, 3, 6, 5}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxPool2D(x, tensor.Shape{2, 3}, []int{0, 0}, []int{2, 1}))
		}, func(b *Builder, x *Node) *Node { return b.MaxPool2D(x, 2, Kernel(2, 3), Strides(2, 1)) }},
		{"MaxPool2D padded", []int{2, 3, 6, 5}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxPool2D(b.Try(gorgonia.Neg(x)), tensor.Shape{3, 3}, []int{1, 1}, []int{2, 2}))
		}, func(b *Builder, x *Node) *Node {
			return b.MaxPool2D(b.Try(gorgonia.Neg(x)), 3, Stride(2), Padding(1))
		}},
		{
			"SoftMax",
			[]int{3, 5},
			func(b *Builder, x *Node) *Node { return b.Try(gorgonia.SoftMax(x)) },
			func(b *Builder, x *Node) *Node { return b.SoftMax(x, 1) },
		},
		{
			"SoftMax of one row",
			[]int{1, 5},
			func(b *Builder, x *Node) *Node { return b.Try(gorgonia.SoftMax(x)) },
			func(b *Builder, x *Node) *Node { return b.SoftMax(x, 1) },
		},
		{
			"SoftMax along axis 1",
			[]int{3, 4, 2, 2},
			func(b *Builder, x *Node) *Node { return b.Try(gorgonia.SoftMax(x, 1)) },
			func(b *Builder, x *Node) *Node { return b.SoftMax(x, 1) },
		},
		{
			"LogSoftMax",
			[]int{3, 5},
			func(b *Builder, x *Node) *Node { return b.Try(gorgonia.LogSoftMax(x)) },
			func(b *Builder, x *Node) *Node { return b.LogSoftMax(x, 1) },
		},
		{"Log of SoftMax", []int{3, 5}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Log(b.Try(gorgonia.SoftMax(x))))
		}, func(b *Builder, x *Node) *Node { return b.LogSoftMax(x, 1) }},
		{
			"Reshape",
			[]int{3, 4},
			func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Reshape(x, tensor.Shape{2, 6})) },
			func(b *Builder, x *Node) *Node { return b.Reshape(x, 2, 6) },
		},
		{
			"Ravel",
			[]int{3, 4},
			func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Ravel(x)) },
			func(b *Builder, x *Node) *Node { return b.Reshape(x, 12) },
		},
		{
			"Transpose",
			[]int{3, 4},
			func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Transpose(x)) },
			func(b *Builder, x *Node) *Node { return b.Transpose(x, 1, 0) },
		},
		{"Transpose 0 2 3 1", []int{3, 4, 2, 5}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Transpose(x, 0, 2, 3, 1))
		}, func(b *Builder, x *Node) *Node { return b.Transpose(x, 0, 2, 3, 1) }},
		{"Transpose 3 1 0 2", []int{3, 4, 2, 5}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Transpose(x, 3, 1, 0, 2))
		}, func(b *Builder, x *Node) *Node { return b.Transpose(x, 3, 1, 0, 2) }},
		{"Transpose of a transpose", []int{3, 4, 2}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Transpose(b.Try(gorgonia.Transpose(x, 1, 2, 0)), 1, 2, 0))
		}, func(b *Builder, x *Node) *Node { return b.Transpose(b.Transpose(x, 1, 2, 0), 1, 2, 0) }},
		{"Slice", []int{3, 5, 2}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Slice(x, nil, gorgonia.S(1, 4)))
		}, func(b *Builder, x *Node) *Node { return b.Slice(x, 1, 1, 4) }},
		{"Slice of a transpose", []int{3, 5}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Slice(b.Try(gorgonia.Transpose(x)), gorgonia.S(1, 4)))
		}, func(b *Builder, x *Node) *Node { return b.Slice(b.Transpose(x, 1, 0), 0, 1, 4) }},
		{"Concat", []int{3, 4}, func(b *Builder, x *Node) *Node {
			left, right := b.Slice(x, 1, 0, 1), b.Slice(x, 1, 1, 4)
			return b.Try(gorgonia.Concat(1, left, right))
		}, func(b *Builder, x *Node) *Node { return b.Reshape(x, 3, 4) }},
		{"Unconcat", []int{3, 4}, func(b *Builder, x *Node) *Node {
			parts, err := gorgonia.Unconcat(x, 1, 2)
			return b.Try(parts[1], err)
		}, func(b *Builder, x *Node) *Node { return b.Slice(x, 1, 2, 4) }},
		{"ByIndices", []int{3, 4}, func(b *Builder, x *Node) *Node {
			at := tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{1, 2}))
			return b.Try(gorgonia.ByIndices(x, gorgonia.NodeFromAny(b.g, at, gorgonia.WithName("at")), 0))
		}, func(b *Builder, x *Node) *Node { return b.Slice(x, 0, 1, 3) }},
		{"Mul", []int{3, 4}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Mul(x, b.Try(gorgonia.Transpose(weight(b, 5, 4)))))
		}, func(b *Builder, x *Node) *Node { return b.Linear("l", x, 5, NoBias()) }},
		{"Mul with a vector", []int{3, 4}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Mul(x, b.Try(gorgonia.Ravel(weight(b, 1, 4)))))
		}, func(b *Builder, x *Node) *Node { return b.Reshape(b.Linear("l", x, 1, NoBias()), 3) }},
		{"Tensordot", []int{3, 4}, func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Tensordot([]int{1}, []int{1}, x, weight(b, 5, 4)))
		}, func(b *Builder, x *Node) *Node { return b.Linear("l", x, 5, NoBias()) }},
		{"BatchedMatMul", []int{1, 3, 4}, func(b *Builder, x *Node) *Node {
			w := b.Try(gorgonia.Reshape(weight(b, 5, 4), tensor.Shape{1, 5, 4}))
			return b.Try(gorgonia.BatchedMatMul(x, w, false, true))
		}, func(b *Builder, x *Node) *Node {
			return b.Reshape(b.Linear("l", b.Reshape(x, 3, 4), 5, NoBias()), 1, 3, 5)
		}},
		{"BroadcastAdd", []int{3, 4}, func(b *Builder, x *Node) *Node {
			h := b.Linear("l", x, 5, NoBias())
			bias := b.Param("l.bias", Bias, tensor.Shape{5}, DefaultInit, Fan{In: 4, Out: 5})
			return b.Try(gorgonia.BroadcastAdd(h, bias, nil, []byte{0}))
		}, func(b *Builder, x *Node) *Node { return b.Linear("l", x, 5) }},
		{
			"Mean over positions",
			[]int{3, 4, 2, 5},
			func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Mean(x, 2, 3)) },
			func(b *Builder, x *Node) *Node { return b.Reshape(b.GlobalAvgPool2D(x), 3, 4) },
		},
		{"Upsample2D", []int{2, 3, 2, 4}, func(b *Builder, x *Node) *Node {
			return b.AvgPool2D(b.Try(gorgonia.Upsample2D(x, 3)), 3)
		}, func(b *Builder, x *Node) *Node { return b.Reshape(x, 2, 3, 2, 4) }},
		{
			"Norm",
			[]int{3, 4},
			func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Norm(x, 1, 2)) },
			func(b *Builder, x *Node) *Node {
				return b.Try(gorgonia.Sqrt(b.Try(gorgonia.Sum(b.Try(gorgonia.Square(x)), 1))))
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := counting(c.shape...)
			shape, want := evaluate(t, x, c.ours)
			got, values := evaluate(t, x, c.stock)
			near(t, c.name, values, want, 1e-12)
			if !got.Eq(shape) {
				t.Errorf("got shape %v, want %v", got, shape)
			}
		})
	}
}
