package graph

import (
	"fmt"
	"hash"
	"math"
	"strings"
	"testing"

	"github.com/chewxy/hm"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// An op behind Gorgonia's Reshape wrote over the value of the op before it. These pairs had wrong gradients.
func TestReshapeBetweenOps(t *testing.T) {
	square := trial{op: "Square", draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Square(x)) }}
	scale := trial{op: "2·h", draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Mul(x, number(b, 2))) }}
	plus := trial{op: "+ p", draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Add(x, own(b, x.Shape()...))) }}
	times := trial{op: "∘ p", draw: func(b *Builder, x *Node) *Node {
		return b.Try(gorgonia.HadamardProd(x, own(b, x.Shape()...)))
	}}
	reshape := trial{op: "Reshape", draw: func(b *Builder, x *Node) *Node {
		return b.Try(gorgonia.Reshape(x, tensor.Shape{2, 16}))
	}}
	for name, f := range map[string]func(b *Builder, x *Node) *Node{
		"Tanh":    func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Tanh(x)) },
		"Sigmoid": func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Sigmoid(x)) },
		"Exp":     func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Exp(x)) },
		"SoftMax": func(b *Builder, x *Node) *Node { return b.Try(gorgonia.SoftMax(x)) },
		"b.ReLU":  func(b *Builder, x *Node) *Node { return b.ReLU(x) },
	} {
		for _, last := range []trial{square, scale, plus, times} {
			for _, fused := range []bool{false, true} {
				c := chain{in: tensor.Shape{4, 8}, ops: []trial{{op: name, draw: f}, reshape, last}}
				if _, err := c.check(tensor.Float64, 1, fused); err != nil {
					t.Errorf("%v, fused %v: %v", c, fused, err)
				}
			}
		}
	}
}

// groupNorm is a GroupNorm of stock ops, as a user would build it.
func groupNorm(b *Builder, x *Node, groups int) *Node {
	s := x.Shape()
	h := b.Try(gorgonia.Reshape(x, tensor.Shape{s[0] * groups, s.TotalSize() / s[0] / groups}))
	mean := b.Try(gorgonia.Mean(h, 1))
	h = b.Try(gorgonia.BroadcastSub(h, mean, nil, []byte{1}))
	variance := b.Try(gorgonia.Mean(b.Try(gorgonia.Square(h)), 1))
	std := b.Try(gorgonia.Sqrt(b.Try(gorgonia.Add(variance, number(b, 1e-5)))))
	h = b.Try(gorgonia.Reshape(b.Try(gorgonia.BroadcastHadamardDiv(h, std, nil, []byte{1})), s.Clone()))
	scale, shift := own(b, 1, s[1], 1, 1), own(b, 1, s[1], 1, 1)
	h = b.Try(gorgonia.BroadcastHadamardProd(h, scale, nil, []byte{0, 2, 3}))
	return b.Try(gorgonia.BroadcastAdd(h, shift, nil, []byte{0, 2, 3}))
}

func TestGroupNormOfStockOps(t *testing.T) {
	for name, draw := range map[string]func(b *Builder, x *Node) *Node{
		"alone":    func(b *Builder, x *Node) *Node { return groupNorm(b, x, 2) },
		"residual": func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Add(x, groupNorm(b, x, 2))) },
		"rectified": func(b *Builder, x *Node) *Node {
			h := b.ReLU(groupNorm(b, b.Conv2D("c1", x, 4, 3, Padding(1)), 2))
			return b.ReLU(b.Try(gorgonia.Add(h, groupNorm(b, b.Conv2D("c2", h, 4, 3, Padding(1)), 4))))
		},
	} {
		for _, fused := range []bool{false, true} {
			c := chain{in: tensor.Shape{4, 2, 3, 3}, ops: []trial{{op: name, draw: draw}}}
			if _, err := c.check(tensor.Float64, 1, fused); err != nil {
				t.Errorf("%s, fused %v: %v", name, fused, err)
			}
		}
	}
}

// Evaluation computes what training does. y + reshape(reshape(y) ∘ p) was another function there.
func TestEvaluationIsTheSameFunction(t *testing.T) {
	model := func(b *Builder, x *Node) *Node {
		y := b.ReLU(b.Linear("l1", x, 6))
		p := b.Param("p.weight", NormWeight, tensor.Shape{2, 12}, Constant(0.5), Fan{})
		r := b.Try(gorgonia.Reshape(y, tensor.Shape{2, 12}))
		r = b.Try(gorgonia.Reshape(b.Try(gorgonia.HadamardProd(r, p)), tensor.Shape{4, 6}))
		return b.Linear("l2", b.Try(gorgonia.Add(y, r)), 2)
	}
	params := NewParams(1, tensor.Float64)
	var want []float64
	for _, mode := range []Mode{Train, Eval} {
		for _, fuse := range []bool{false, true} {
			p, err := Compile(model, params, Config{Mode: mode, Shape: tensor.Shape{4, 5}, Fuse: fuse})
			if err != nil {
				t.Fatal(err)
			}
			x := zeros(tensor.Float64, tensor.Shape{4, 5})
			for i, v := range x.Float64s() {
				x.Float64s()[i] = v + math.Sin(float64(i))
			}
			if err := p.Run(x, []int32{0, 1, 0, 1}); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = append(want, floats(p.Logits())...)
			}
			near(t, fmt.Sprintf("logits, %v, fused %v", mode, fuse), floats(p.Logits()), want, 1e-14)
		}
	}
}

// A panic of a stock op is an error that names it, wherever it happens.
func TestPanicsOfStockOps(t *testing.T) {
	for _, c := range []struct {
		name string
		draw Model
		mode Mode
		want []string
	}{
		{"drawing", func(b *Builder, x *Node) *Node {
			return b.Linear("l", b.Try(gorgonia.Div(x, b.Linear("other", x, 3))), 2)
		}, Eval, []string{"gorgonia.Div", "stock_test.go:", "Unhandled"}},
		{
			"drawing on nil", func(_ *Builder, _ *Node) *Node { return gorgonia.Must(gorgonia.Tanh(nil)) }, Eval,
			[]string{"gorgonia.Tanh", "stock_test.go:", "nil pointer"},
		},
		{"Must", func(_ *Builder, x *Node) *Node {
			return gorgonia.Must(gorgonia.Reshape(x, tensor.Shape{5}))
		}, Eval, []string{"gorgonia.Must", "stock_test.go:", "got 5"}},
		{"gradient", func(b *Builder, x *Node) *Node {
			n, err := gorgonia.ApplyOp(panics{at: "SymDiff"}, b.Linear("l", x, 2))
			return b.Try(n, err)
		}, Train, []string{"the gradient of graph.panics", "no gradient today"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Compile(c.draw, NewParams(1, tensor.Float32), Config{Mode: c.mode, Shape: tensor.Shape{2, 6}})
			for _, want := range append(c.want, "graph: ") {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want one that says %q", err, want)
				}
			}
		})
	}
}

// panics is an op that does nothing but panic.
type panics struct {
	gorgonia.Op
	at string
}

func (p panics) Arity() int           { return 1 }
func (p panics) OverwritesInput() int { return -1 }
func (p panics) ReturnsPtr() bool     { return true }
func (p panics) CallsExtern() bool    { return false }
func (p panics) String() string       { return "panics at " + p.at }
func (p panics) Hashcode() uint32     { return 1 }
func (p panics) WriteHash(hash.Hash)  {}

func (p panics) Type() hm.Type {
	a := hm.TypeVariable('a')
	return hm.NewFnType(a, a)
}

func (p panics) InferShape(in ...gorgonia.DimSizer) (tensor.Shape, error) {
	return in[0].(tensor.Shape), nil
}

func (p panics) Do(in ...gorgonia.Value) (gorgonia.Value, error) {
	if p.at == "Do" {
		panic("no result today")
	}
	return in[0], nil
}

func (p panics) DiffWRT(int) []bool { return []bool{true} }

func (p panics) SymDiff(_ gorgonia.Nodes, _, dy *Node) (gorgonia.Nodes, error) {
	if p.at == "SymDiff" {
		panic("no gradient today")
	}
	return gorgonia.Nodes{dy}, nil
}

// A panic while a program runs, on the machine's goroutine or directly, is an error that names the op.
func TestPanicsOfRuns(t *testing.T) {
	model := func(b *Builder, x *Node) *Node {
		n, err := gorgonia.ApplyOp(panics{at: "Do"}, b.Linear("l", x, 2))
		return b.Try(n, err)
	}
	for _, cfg := range []Config{{Mode: Train}, {Mode: Eval}, {Mode: Eval, Direct: true}} {
		cfg.Shape = tensor.Shape{2, 6}
		p, err := Compile(model, NewParams(1, tensor.Float32), cfg)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			err = p.Run(zeros(tensor.Float32, cfg.Shape), []int32{0, 1})
			if err == nil || !strings.Contains(err.Error(), "panics at Do: panic: no result today") {
				t.Errorf("%v: got %v, want the panic as an error", cfg, err)
			}
		}
	}
}

// What Gorgonia cannot tell apart is refused, and so is what one of its functions has rewritten.
func TestNodesThatGorgoniaMixesUp(t *testing.T) {
	wide := func(b *Builder, x *Node) *Node { return b.Linear("wide", x, 512) }
	parameter := func(b *Builder, x *Node) *Node { return b.Linear("l", x, 6) }
	unnamed := func(b *Builder, v float64) *Node {
		return gorgonia.NodeFromAny(b.g, tensor.New(tensor.WithShape(2, 6), tensor.WithBacking([]float64{
			v, v, v, v, v, v, v, v, v, v, v, v,
		})))
	}
	for _, c := range []struct {
		name string
		draw Model
		want string
	}{
		{"slices 256 apart", func(b *Builder, x *Node) *Node {
			h := wide(b, x)
			left, right := b.Try(gorgonia.Slice(h, nil, gorgonia.S(0, 4))), b.Try(gorgonia.Slice(h, nil, gorgonia.S(256, 260)))
			return b.Try(gorgonia.Sub(left, right))
		}, "Builder.Slice"},
		{"SoftMax and LogSoftMax", func(b *Builder, x *Node) *Node {
			h := parameter(b, x)
			return b.Try(gorgonia.HadamardProd(b.Try(gorgonia.SoftMax(h)), b.Try(gorgonia.LogSoftMax(h))))
		}, "Builder.SoftMax"},
		{"Log makes SoftMax another op", func(b *Builder, x *Node) *Node {
			p := b.Try(gorgonia.SoftMax(parameter(b, x)))
			return b.Try(gorgonia.HadamardProd(p, b.Try(gorgonia.Log(p))))
		}, "Builder.SoftMax"},
		{"the gradient of Pow makes SoftMax another op", func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Pow(b.Try(gorgonia.SoftMax(parameter(b, x))), own(b, 2, 6)))
		}, "use Builder.SoftMax"},
		{"inputs without a name", func(b *Builder, x *Node) *Node {
			h := b.Try(gorgonia.Add(parameter(b, x), unnamed(b, 1)))
			return b.Try(gorgonia.HadamardProd(h, unnamed(b, 2)))
		}, "gorgonia.WithName"},
		{"an input with a parameter's name", func(b *Builder, x *Node) *Node {
			v := tensor.New(tensor.WithShape(6, 6), tensor.Of(tensor.Float64))
			w := gorgonia.NodeFromAny(b.g, v, gorgonia.WithName("l.weight"))
			return b.Try(gorgonia.Mul(parameter(b, x), w))
		}, "l.weight"},
		{"an input with the name of the labels", func(b *Builder, x *Node) *Node {
			v := tensor.New(tensor.WithShape(2), tensor.Of(tensor.Int32))
			gorgonia.NodeFromAny(b.g, v, gorgonia.WithName("labels"))
			return parameter(b, x)
		}, "labels"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Compile(c.draw, NewParams(1, tensor.Float64), Config{Mode: Train, Shape: tensor.Shape{2, 6}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want one that says %q", err, c.want)
			}
		})
	}
}

// A program computes gradients through a number that Gorgonia puts into many nodes, and through a log of 1 − p, for
// which it takes a node out of the graph.
func TestNodeTakenOutOfTheGraph(t *testing.T) {
	op := trial{op: "BinaryXent", draw: func(b *Builder, x *Node) *Node {
		p := b.Try(gorgonia.Sigmoid(x))
		h := b.Try(gorgonia.BinaryXent(p, b.Try(gorgonia.Tanh(b.Try(gorgonia.Square(x))))))
		return b.Try(gorgonia.Add(b.Try(gorgonia.Tanh(h)), b.Try(gorgonia.LeakyRelu(x, 0.1))))
	}}
	for _, join := range []bool{false, true} {
		c := chain{in: tensor.Shape{4, 8}, ops: []trial{op}, join: join}
		if _, err := c.check(tensor.Float64, 3, false); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// A Model may be called more than once for one program. Compile calls it again where it takes a fusion back.
func TestModelIsCalledAgain(t *testing.T) {
	calls := 0
	model := func(b *Builder, x *Node) *Node {
		calls++
		h := b.Linear("l1", x, 6)
		return b.Linear("l2", b.Try(gorgonia.Add(b.ReLU(h), h)), 3)
	}
	for _, fuse := range []bool{false, true} {
		calls = 0
		if _, err := Compile(model, NewParams(1, tensor.Float32), Config{Shape: tensor.Shape{2, 5}, Fuse: fuse}); err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int{false: 1, true: 2}[fuse]; calls != want {
			t.Errorf("fused %v: the model was called %d times, want %d", fuse, calls, want)
		}
	}
}

// Gorgonia's ByIndices takes another row for an index that there is not.
func TestIndexesAreChecked(t *testing.T) {
	for _, c := range []struct {
		index int
		want  string
	}{{1, ""}, {2, "index 2: want 0 to 1"}, {-1, "index -1: want 0 to 1"}} {
		model := func(b *Builder, x *Node) *Node {
			at := tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{0, c.index}))
			indexes := gorgonia.NodeFromAny(b.g, at, gorgonia.WithName("indexes"))
			return b.Try(gorgonia.ByIndices(b.Linear("l", x, 3), indexes, 0))
		}
		p, err := Compile(model, NewParams(1, tensor.Float64), Config{Shape: tensor.Shape{2, 6}})
		if err == nil {
			err = p.Run(zeros(tensor.Float64, tensor.Shape{2, 6}), []int32{0, 1})
		}
		if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.Contains(got, c.want) {
			t.Errorf("index %d: got %v, want %q", c.index, err, c.want)
		}
	}
}
