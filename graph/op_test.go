package graph

import (
	"math"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// power draws sign(x)·|x|^w with a learned exponent for each feature, as an op of a user would. If rectified, negative
// results become 0.
func power(b *Builder, name string, x *Node, rectified bool) *Node {
	w := b.Param(name+".weight", Weight, x.Shape()[1:], Constant(1.5), Fan{})
	if b.Err() != nil {
		return nil
	}
	o := Op{
		Kind: "Power", Name: name, Inputs: []*Node{x, w}, Shape: x.Shape(), FLOPs: 7, Reads: []int{0, 1},
		Float32: func() Plan[float32] { return powerPlan[float32](rectified) },
		Float64: func() Plan[float64] { return powerPlan[float64](rectified) },
		Settings: []Setting{
			{"exponent", 1.5, nil},
			{"rectified", rectified, false},
		},
	}
	o.Fuse = func(next Op) *Op {
		if next.Kind != "ReLU" {
			return nil
		}
		both := o
		both.Name += " ReLU"
		both.Float32 = func() Plan[float32] { return powerPlan[float32](true) }
		both.Float64 = func() Plan[float64] { return powerPlan[float64](true) }
		both.Fuse = nil
		return &both
	}
	return b.Op(o)
}

func powerPlan[T Float](rectified bool) Plan[T] {
	value := func(x, w T) float64 {
		if x < 0 && rectified {
			return 0
		}
		return math.Copysign(math.Pow(math.Abs(float64(x)), float64(w)), float64(x))
	}
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			for i, x := range c.X[0] {
				c.Y[i] = T(value(x, c.X[1][i%len(c.X[1])]))
			}
			return nil
		},
		Backward: func(c *Call[T]) error {
			w := c.X[1]
			if c.Y != nil || c.DX[1] == nil {
				panic("it gets what it did not ask for, or nothing to write to")
			}
			clear(c.DX[1])
			for i, x := range c.X[0] {
				j := i % len(w)
				y, size := value(x, w[j]), math.Abs(float64(x))
				if c.DX[0] != nil {
					c.DX[0][i] = T(float64(c.DY[i]) * float64(w[j]) * math.Abs(y) / size)
				}
				c.DX[1][j] += T(float64(c.DY[i]) * y * math.Log(size))
			}
			return nil
		},
	}
}

// A custom op trains, in both types, alone, between layers and fused, and runs without the machine.
func TestCustomOp(t *testing.T) {
	model := func(b *Builder, x *Node) *Node {
		h := power(b, "first", x, false)
		return b.Linear("f", b.ReLU(power(b, "second", b.Linear("g", h, 6), false)), 4)
	}
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, fuse := range []bool{false, true} {
			params := NewParams(5, dtype)
			p, err := Compile(model, params, Config{Mode: Train, Shape: tensor.Shape{3, 5}, Fuse: fuse})
			if err != nil {
				t.Fatal(err)
			}
			x := zeros(dtype, tensor.Shape{3, 5})
			numbers := make([]float64, 15)
			for i := range numbers {
				numbers[i] = math.Sin(float64(3*i + 1))
			}
			setFloats(x, numbers)
			labels := []int32{0, 3, 1}
			run(t, p, x, labels)
			loss := p.Loss()
			h := map[tensor.Dtype]float64{tensor.Float32: 1e-2, tensor.Float64: 1e-6}[dtype]
			for _, v := range p.Gradients() {
				g := v.(*Gradient)
				run(t, p, x, labels)
				d, _ := g.Grad()
				analytic := append([]float64(nil), floats(d)...)
				at := floats(g.Param().Value())[0]
				numbers := append([]float64(nil), floats(g.Param().Value())...)
				numbers[0] = at + h
				setFloats(g.Param().Value(), numbers)
				run(t, p, x, labels)
				above := p.Loss()
				numbers[0] = at - h
				setFloats(g.Param().Value(), numbers)
				run(t, p, x, labels)
				numeric := (above - p.Loss()) / (2 * h)
				numbers[0] = at
				setFloats(g.Param().Value(), numbers)
				if diff := math.Abs(numeric - analytic[0]); !(diff <= h*h+1e-8) {
					t.Errorf("%v, fused %v: d%s %v, want %v", dtype, fuse, g.Param().Name(), analytic[0], numeric)
				}
			}
			direct, err := Compile(model, params, Config{Mode: Eval, Shape: tensor.Shape{3, 5}, Fuse: fuse, Direct: true})
			if err != nil {
				t.Fatal(err)
			}
			if direct.direct == nil {
				t.Error("it runs on the machine")
			}
			run(t, direct, x, labels)
			near(t, "loss", []float64{direct.Loss()}, []float64{loss}, 1e-6)
			if names := opNames(direct); strings.Contains(names, "Power second ReLU") != fuse {
				t.Errorf("fused %v: ops %s", fuse, names)
			}
		}
	}
}

// opNames returns the names of a program's ops.
func opNames(p *Program) string {
	var names []string
	for _, o := range p.OpTimes() {
		names = append(names, o.Op)
	}
	return strings.Join(names, ", ")
}

// Nodes, costs and settings of a custom op are what it says of them.
func TestCustomOpIsDescribed(t *testing.T) {
	model := func(b *Builder, x *Node) *Node { return power(b, "p", power(b, "q", x, true), false) }
	layers, err := Describe(model, NewParams(5, tensor.Float32), tensor.Shape{3, 5})
	if err != nil {
		t.Fatal(err)
	}
	if got := layers[0].String() + ", " + layers[1].String(); got != "Power exponent 1.5 rectified, Power exponent 1.5" ||
		layers[1].Name != "p" || layers[1].FLOPs != 7 || layers[1].Params[0].Name() != "p.weight" {
		t.Errorf("layers %s, %+v", got, layers[1])
	}
	p, err := Compile(model, NewParams(5, tensor.Float32), Config{Mode: Train, Shape: tensor.Shape{3, 5}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := opNames(p), "Power q, Power p, CrossEntropy, CrossEntropy dlogits, Power p dx, Power q dweight, "+
		"Power p dweight"; got != want {
		t.Errorf("ops %s, want %s", got, want)
	}
	if got := p.FLOPs(); got != 7+7+14+7 {
		t.Errorf("%d FLOPs", got)
	}
}

func TestBadOps(t *testing.T) {
	good := func(x *Node) Op {
		plan := func() Plan[float32] { return powerPlan[float32](false) }
		return Op{Kind: "Power", Inputs: []*Node{x, x}, Shape: x.Shape(), Float32: plan}
	}
	for want, spoil := range map[string]func(*Builder, *Op){
		"an op without a kind":                      func(_ *Builder, o *Op) { o.Kind = "" },
		"graph: Power: it has no input":             func(_ *Builder, o *Op) { o.Inputs = nil },
		"graph: p: its input is nil":                func(_ *Builder, o *Op) { o.Name, o.Inputs[1] = "p", nil },
		"graph: Power: its result has shape (3, 0)": func(_ *Builder, o *Op) { o.Shape = tensor.Shape{3, 0} },
		`two layers have the name "f"`:              func(_ *Builder, o *Op) { o.Name = "f" },
		"Power: it reads input 2 of 2":              func(_ *Builder, o *Op) { o.Reads = []int{2} },
		"graph: Power: it does not compute in float32": func(_ *Builder, o *Op) {
			o.Float32 = nil
		},
		"graph: Power: input 1 has type int64: want float32 or int32": func(b *Builder, o *Op) {
			o.Inputs[1] = b.Param("n.count", Counter, tensor.Shape{1}, nil, Fan{})
		},
	} {
		model := func(b *Builder, x *Node) *Node {
			h := power(b, "f", b.Linear("e", x, 3), false)
			o := good(h)
			spoil(b, &o)
			return b.Op(o)
		}
		_, err := Compile(model, NewParams(5, tensor.Float32), Config{Mode: Eval, Shape: tensor.Shape{3, 5}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
