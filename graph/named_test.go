package graph

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func tanh(x *Node) (*Node, error) { return gorgonia.Tanh(x) }

func add(x, y *Node) (*Node, error) { return gorgonia.Add(x, y) }

func meanSquare(x *Node) (*Node, error) { return gorgonia.Mean(gorgonia.Must(gorgonia.Square(x))) }

// Evaluation needs no targets, gives the outputs that training gives, and runs without the machine in any batch size.
func TestHeadsPredict(t *testing.T) {
	params := NewParams(3, tensor.Float32)
	x, labels, named := headsBatch(tensor.Float32, 6)
	p, err := Compile(twoHeads, params, Config{Mode: Train, Shape: x.Shape(), Loss: headsLoss})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(x, labels, named...); err != nil {
		t.Fatal(err)
	}
	for _, cfg := range []Config{{}, {Direct: true}, {Fuse: true}, {Loss: headsLoss}} {
		cfg.Mode, cfg.Shape = Eval, tensor.Shape{1, 1, 2, 3}
		r, err := NewRunner(twoHeads, params, cfg)
		if err != nil {
			t.Fatal(err)
		}
		q, err := r.Run(x.Float32s(), nil, named[:2]...)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"", "age", "tags"} {
			near(t, "output "+name, floats(q.Output(name)), floats(p.Output(name)), 1e-6)
		}
		if cfg.Loss == nil && q.Takes("age") || !q.Takes("tokens") {
			t.Errorf("%+v: takes age %v, tokens %v", cfg, q.Takes("age"), q.Takes("tokens"))
		}
	}
}

func TestNamedErrors(t *testing.T) {
	x, labels, named := headsBatch(tensor.Float64, 5)
	p, err := Compile(twoHeads, NewParams(3, tensor.Float64), Config{Mode: Eval, Shape: x.Shape(), Loss: headsLoss})
	if err != nil {
		t.Fatal(err)
	}
	for want, list := range map[string][]Named{
		`a batch without "table": want x and table, tokens, labels, age`: named[1:],
		`a batch without "importance"`:                                   named[:4],
		`a batch with "tabel"`:                                           append(slices.Clone(named), Named{Name: "tabel"}),
		`table: got 2 numbers of type float64, want 15`:                  {{Name: "table", Floats: []float32{1, 2}}},
		`tokens: got 0 numbers of type int32`:                            {named[0], {Name: "tokens", Floats: []float32{1}}},
	} {
		if err := p.Run(x, labels, list...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q in it", err, want)
		}
	}
	for want, model := range map[string]Model{
		`"x" cannot name an input`:   func(b *Builder, x *Node) *Node { return b.Input("x", 2) },
		`input a: shape (3, 0)`:      func(b *Builder, x *Node) *Node { return b.Input("a", 0) },
		`input a: got type int32`:    func(b *Builder, x *Node) *Node { b.Input("a", 2); return b.IntInput("a", 2) },
		`an output has the name ""`:  func(b *Builder, x *Node) *Node { return b.Output("", x) },
		`an output has the name "a"`: func(b *Builder, x *Node) *Node { return b.Output("a", b.Output("a", x)) },
		`the model's result is nil`:  func(b *Builder, x *Node) *Node { return nil },
		`output "a" is (2, 3)`:       func(b *Builder, x *Node) *Node { b.Output("a", b.Reshape(x, 2, 3)); return x },
		`an input of its own with the name "a"`: func(b *Builder, x *Node) *Node {
			b.Param("a", Weight, tensor.Shape{3, 2}, Constant(0), Fan{})
			return b.Input("a", 2)
		},
		`output "a" is nil`:           func(b *Builder, x *Node) *Node { b.Output("a", nil); return x },
		`Penalty: got l1 -1 and l2 0`: func(b *Builder, x *Node) *Node { return b.Penalty(x, -1, 0) },
	} {
		_, err := Compile(model, NewParams(1, tensor.Float64), Config{Mode: Eval, Shape: tensor.Shape{3, 2}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q in it", err, want)
		}
	}
}

// A model may have integers for its input, no result of its own, or no use for x.
func TestOtherModels(t *testing.T) {
	tokens := func(b *Builder, x *Node) *Node { return b.Linear("out", lookUp(b, b.Ints(x), 4, 3), 2) }
	for _, direct := range []bool{false, true} {
		for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			p, err := Compile(tokens, NewParams(1, dtype), Config{Mode: Eval, Shape: tensor.Shape{3, 2}, Direct: direct})
			if err != nil {
				t.Fatal(err)
			}
			x := zeros(dtype, tensor.Shape{3, 2})
			setFloats(x, []float64{3, 0, 1, 1, 0, 3})
			run(t, p, x, nil)
			if y := floats(p.Logits()); y[0] != y[4] || y[1] != y[5] || y[0] == y[2] {
				t.Errorf("tokens 3 0, 1 1 and 0 3 give %v", y)
			}
			setFloats(x, []float64{math.NaN(), 0, 0, 0, 0, 0})
			if err := p.Run(x, nil); err == nil || !strings.Contains(err.Error(), "number 0 is NaN: want an int32") {
				t.Errorf("got error %v", err)
			}
		}
	}
	params := NewParams(1, tensor.Float32)
	blind := func(b *Builder, _ *Node) *Node {
		b.Output("y", b.Linear("f", b.Input("a", 3), 2))
		return nil
	}
	loss := Term{Loss: MSE{}, Output: "y"}
	p, err := Compile(blind, params, Config{Mode: Train, Shape: tensor.Shape{2, 1}, Loss: loss})
	if err != nil {
		t.Fatal(err)
	}
	err = p.Run(zeros(tensor.Float32, tensor.Shape{2, 1}), nil,
		Named{Name: "a", Floats: make([]float32, 6)}, Named{Name: "y", Floats: []float32{1, 1, 1, 1}})
	if err != nil || p.Loss() == 0 || p.Classes() != 0 || p.Output("") != nil {
		t.Errorf("loss %v, %d classes, %v", p.Loss(), p.Classes(), err)
	}
	layers, err := Describe(twoHeads, NewParams(1, tensor.Float32), tensor.Shape{1, 1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, l := range layers {
		seen = append(seen, l.Kind+" "+l.Name+" "+strings.Join(l.Outputs, "+"))
	}
	for _, want := range []string{"Input table ", "Input tokens ", "Linear age age", "Linear tags tags", "Linear kind "} {
		if !slices.Contains(seen, want) {
			t.Errorf("the layers are %q, want %q among them", seen, want)
		}
	}
	if last := layers[len(layers)-1]; last.Name != "kind" || len(last.Outputs) != 1 {
		t.Errorf("the last layer is %+v, want the model's own result", last)
	}
}

// A watched program finds the layers behind every input.
func TestWatchHeads(t *testing.T) {
	x, labels, named := headsBatch(tensor.Float32, 5)
	p, err := Compile(twoHeads, NewParams(3, tensor.Float32), Config{
		Mode: Train, Shape: x.Shape(), Loss: headsLoss, Watch: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(x, labels, named...); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range p.Watched() {
		names = append(names, l.Name)
		if l.Value() == nil || l.Gradient() == nil {
			t.Errorf("%s: value %v, gradient %v", l.Name, l.Value(), l.Gradient())
		}
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "age embedding image kind table tags" {
		t.Errorf("watched %s", got)
	}
	for _, n := range p.Nodes() {
		if n.Kind == LossNode && n.Name != "Sum" {
			t.Errorf("the loss is %q", n.Name)
		}
	}
}

// A summary needs no loss, whatever the outputs are.
func TestSummarizeHeads(t *testing.T) {
	for name, model := range map[string]Model{
		"heads": twoHeads, "images": func(b *Builder, x *Node) *Node { return b.Conv2D("c", x, 2, 1) },
	} {
		s, err := Summarize(model, tensor.Shape{3, 1, 2, 3})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(s.Layers) == 0 || s.StepFLOPs <= s.EvalFLOPs {
			t.Errorf("%s: %d layers, %d FLOPs in evaluation and %d in a step", name, len(s.Layers), s.EvalFLOPs, s.StepFLOPs)
		}
	}
}
