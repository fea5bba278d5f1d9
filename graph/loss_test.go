package graph

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"anneal/internal/kernels/kerneltest"

	"gorgonia.org/tensor"
)

// lossCase is a case of ../internal/kernels/loss/testdata/loss.json, PyTorch's numbers for one loss.
type lossCase struct {
	Kind string
	Args struct {
		Reduction             string
		Weights, Pos, Samples []float64
		Ignore                *int32
		Smoothing, Threshold  float64
		Logarithm             bool
	}
	Shape               []int
	X, Target, Loss, DX kerneltest.Numbers
	Labels              []int32
}

// loss returns the case's loss.
func (c lossCase) loss() Loss {
	a := c.Args
	var ignore []int32
	if a.Ignore != nil {
		ignore = []int32{*a.Ignore}
	}
	var l Loss
	switch c.Kind {
	case "CrossEntropy", "CrossEntropySoft":
		l = CrossEntropy{
			Weights: a.Weights, Ignore: ignore, LabelSmoothing: a.Smoothing, Soft: c.Kind == "CrossEntropySoft",
			Reduction: a.Reduction,
		}
	case "NLL":
		l = NLL{a.Weights, ignore, a.Reduction}
	case "Binary":
		l = BCEWithLogits{a.Weights, a.Pos, a.Reduction}
	case "KLDiv":
		l = KLDiv{a.Logarithm, a.Reduction}
	case "MSE":
		l = MSE{a.Reduction}
	case "L1":
		l = L1{a.Reduction}
	case "Huber":
		l = Huber{a.Threshold, a.Reduction}
	case "SmoothL1":
		l = SmoothL1{a.Threshold, a.Reduction}
	}
	if a.Samples != nil {
		return Term{Loss: l, SampleWeights: "w"}
	}
	return l
}

// The losses and their gradients are PyTorch's. The model is a parameter, so that its gradient is that of the loss.
func TestLossesPyTorch(t *testing.T) {
	text, err := os.ReadFile("../internal/kernels/loss/testdata/loss.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []lossCase }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for i, c := range file.Cases {
		t.Run(fmt.Sprint(i, " ", c.loss(), c.Shape), func(t *testing.T) {
			params := NewParams(1, tensor.Float64)
			model := func(b *Builder, _ *Node) *Node { return b.Param("y", Weight, c.Shape, Constant(0), Fan{}) }
			p, err := Compile(model, params, Config{Mode: Train, Shape: tensor.Shape{c.Shape[0], 1}, Loss: c.loss()})
			if err != nil {
				t.Fatal(err)
			}
			copy(params.Lookup("y").Value().Float64s(), c.X)
			var named []Named
			if c.Target != nil {
				named = append(named, Named{Name: "target", Float64s: c.Target})
			}
			if c.Args.Samples != nil {
				named = append(named, Named{Name: "w", Float64s: c.Args.Samples})
			}
			if err := p.Run(zeros(tensor.Float64, tensor.Shape{c.Shape[0], 1}), c.Labels, named...); err != nil {
				t.Fatal(err)
			}
			sameOrNear(t, "loss", []float64{p.Loss()}, c.Loss)
			g, err := p.Gradients()[0].Grad()
			if err != nil {
				t.Fatal(err)
			}
			for i := range c.DX {
				c.DX[i] /= 1.5 // the vectors are of 1.5 times the loss
			}
			sameOrNear(t, "gradient", floats(g), c.DX)
		})
	}
}

// sameOrNear compares within 1e-12, and takes one NaN for another.
func sameOrNear(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i, w := range want {
		if g := got[i]; g != w && !(math.Abs(g-w) <= 1e-12*max(1, math.Abs(w))) && (g == g || w == w) {
			t.Errorf("%s[%d] = %v, want %v", what, i, g, w)
		}
	}
}

// twoHeads takes an image, a table and tokens, and has three outputs, the second of which has a penalty.
func twoHeads(b *Builder, x *Node) *Node {
	image := b.ReLU(b.Linear("image", b.Flatten(x), 5))
	row := b.Try(tanh(b.Linear("table", b.Input("table", 3), 5)))
	tokens := b.IntInput("tokens", 2)
	h := b.Try(add(b.Try(add(image, row)), lookUp(b, tokens, 4, 5)))
	b.Output("age", b.Linear("age", h, 1))
	b.Output("tags", b.Penalty(b.Linear("tags", h, 4), 0.01, 0.02))
	return b.Linear("kind", h, 3)
}

// lookUp draws the mean of the rows of a table that tokens, [N, 2], name: an embedding of a user's.
func lookUp(b *Builder, tokens *Node, rows, size int) *Node {
	table := b.Param("embedding.weight", Weight, tensor.Shape{rows, size}, KaimingNormal, Fan{In: 1, Out: 1})
	if b.Err() != nil {
		return nil
	}
	return b.Op(Op{
		Kind: "LookUp", Name: "embedding", Inputs: []*Node{tokens, table}, Shape: tensor.Shape{tokens.Shape()[0], size},
		Reads:   []int{0},
		Float32: func() Plan[float32] { return lookUpPlan[float32](size) },
		Float64: func() Plan[float64] { return lookUpPlan[float64](size) },
	})
}

func lookUpPlan[T Float](size int) Plan[T] {
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			for i := range c.Y {
				a, b := int(c.Ints[0][i/size*2]), int(c.Ints[0][i/size*2+1])
				c.Y[i] = (c.X[1][a*size+i%size] + c.X[1][b*size+i%size]) / 2
			}
			return nil
		},
		Backward: func(c *Call[T]) error {
			clear(c.DX[1])
			for i, d := range c.DY {
				for k := range 2 {
					c.DX[1][int(c.Ints[0][i/size*2+k])*size+i%size] += d / 2
				}
			}
			return nil
		},
	}
}

// headsLoss is a loss for twoHeads.
var headsLoss = Sum{
	{Loss: CrossEntropy{Weights: []float64{1, 2, 0.5}, LabelSmoothing: 0.1}},
	{Loss: Huber{Delta: 0.7}, Output: "age", Factor: 0.3, SampleWeights: "importance"},
	{Loss: BCEWithLogits{PosWeight: []float64{2}, Reduction: "sum"}, Output: "tags", Target: "topics", Factor: 0.1},
	{Loss: LossFunc{"smallness", smallness}, Factor: 2},
}

func smallness(b *Builder, r Results) *Node { return b.Try(meanSquare(r.Output("age"))) }

// headsBatch is a batch for twoHeads.
func headsBatch(dtype tensor.Dtype, n int) (x *tensor.Dense, labels []int32, named []Named) {
	x = zeros(dtype, tensor.Shape{n, 1, 2, 3})
	wave := func(size int, phase float64) []float64 {
		list := make([]float64, size)
		for i := range list {
			list[i] = math.Sin(float64(i)*1.7 + phase)
		}
		return list
	}
	setFloats(x, wave(n*6, 0))
	topics, importance, tokens := make([]float64, 4*n), make([]float64, n), make([]int32, 2*n)
	for i := range n {
		labels = append(labels, int32(i%3))
		importance[i] = 0.5 + float64(i)
		topics[4*i+i%4] = 1
		tokens[2*i], tokens[2*i+1] = int32(i%4), int32(3*i%4)
	}
	return x, labels, []Named{
		{Name: "table", Float64s: wave(n*3, 1)},
		{Name: "tokens", Ints: tokens},
		{Name: "age", Float64s: wave(n, 2)},
		{Name: "topics", Float64s: topics},
		{Name: "importance", Float64s: importance},
	}
}

// A network of several inputs and outputs has the gradients that central differences have, fused and not.
func TestHeadsDifferences(t *testing.T) {
	for _, fuse := range []bool{false, true} {
		params := NewParams(3, tensor.Float64)
		x, labels, named := headsBatch(tensor.Float64, 5)
		p, err := Compile(twoHeads, params, Config{Mode: Train, Shape: x.Shape(), Loss: headsLoss, Fuse: fuse})
		if err != nil {
			t.Fatal(err)
		}
		loss := func() float64 {
			if err := p.Run(x, labels, named...); err != nil {
				t.Fatal(err)
			}
			return p.Loss()
		}
		loss()
		if len(p.Gradients()) != 11 {
			t.Errorf("%d gradients, want one for each of 11 parameters", len(p.Gradients()))
		}
		for _, v := range p.Gradients() {
			g := v.(*Gradient)
			d, _ := g.Grad()
			analytic := slices.Clone(floats(d))
			w := g.Param().Value().Float64s()
			for i, at := range slices.Clone(w) {
				const h = 1e-5
				w[i] = at + h
				above := loss()
				w[i] = at - h
				numeric := (above - loss()) / (2 * h)
				w[i] = at
				if !(math.Abs(numeric-analytic[i]) <= 1e-7) {
					t.Errorf("fused %v: d%s[%d] = %v, want %v", fuse, g.Param().Name(), i, analytic[i], numeric)
				}
			}
			loss()
		}
	}
}

// The terms are those of the last batch, and add up to the loss without the penalties, which evaluation leaves out.
func TestLossTerms(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		params := NewParams(3, dtype)
		x, labels, named := headsBatch(dtype, 5)
		losses := map[Mode]float64{}
		for _, mode := range []Mode{Train, Eval} {
			p, err := Compile(twoHeads, params, Config{Mode: mode, Shape: x.Shape(), Loss: headsLoss})
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Run(x, labels, named...); err != nil {
				t.Fatal(err)
			}
			losses[mode] = p.Loss()
			got := fmt.Sprint(p.Outputs(), p.Output("").Shape(), p.Output("tags").Shape(), p.Output("none"), p.Classes())
			if got != "[age tags] (5, 3) (5, 4) <nil> 3" {
				t.Errorf("outputs %s", got)
			}
			sum := 0.0
			for i, term := range p.Terms() {
				mean := term.Mean
				if i == 2 {
					mean *= 5 // a sum has its mean over the samples
				}
				sum += term.Factor * mean
				want := []float64{1 + 2 + 0.5 + 1 + 2, 0.5 + 1.5 + 2.5 + 3.5 + 4.5, 5, 5}[i]
				if !(math.Abs(term.Weight-want) < 1e-6) || term.Name != []string{"", "age", "tags", ""}[i] {
					t.Errorf("term %d is %+v, want weight %v", i, term, want)
				}
			}
			if mode == Eval && !(math.Abs(sum-p.Loss()) <= 1e-5) {
				t.Errorf("the terms add up to %v, the loss is %v", sum, p.Loss())
			}
			if mode == Train {
				penalty := 0.0
				for _, v := range floats(p.Output("tags")) {
					penalty += (0.01*math.Abs(v) + 0.02*v*v) / 5
				}
				losses[mode] -= penalty
			}
		}
		if !(math.Abs(losses[Train]-losses[Eval]) <= 1e-5) {
			t.Errorf("loss %v without its penalty, and %v in evaluation", losses[Train], losses[Eval])
		}
	}
}

// Without a loss, Compile draws CrossEntropy: the same bits.
func TestDefaultLoss(t *testing.T) {
	model := func(b *Builder, x *Node) *Node { return b.Linear("f", x, 4) }
	var want []float64
	for _, cfg := range []Config{{LabelSmoothing: 0.1}, {Loss: CrossEntropy{LabelSmoothing: 0.1}}} {
		cfg.Mode, cfg.Shape = Train, tensor.Shape{3, 5}
		p, err := Compile(model, NewParams(1, tensor.Float32), cfg)
		if err != nil {
			t.Fatal(err)
		}
		x := zeros(tensor.Float32, cfg.Shape)
		setFloats(x, []float64{1, 2, 3, 4, 5, -1, -2, -3, -4, -5, 0, 1, 0, 1, 0})
		run(t, p, x, []int32{0, 3, 1})
		got := []float64{p.Loss(), p.Terms()[0].Mean, p.Terms()[0].Weight}
		for _, g := range p.Gradients() {
			v, _ := g.Grad()
			got = append(got, floats(v)...)
		}
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) || got[0] != got[1] || got[2] != 3 {
			t.Errorf("%+v: got %v, want %v", cfg, got, want)
		}
	}
}

func TestLossNames(t *testing.T) {
	for want, l := range map[string]Loss{
		"CrossEntropyLoss()": CrossEntropy{},
		"CrossEntropyLoss(weight=[1.0, 9.0], ignore_index=[-100], reduction='sum', label_smoothing=0.1)": CrossEntropy{
			Weights: []float64{1, 9}, Ignore: []int32{-100}, Reduction: "sum", LabelSmoothing: 0.1,
		},
		"CrossEntropyLoss(soft=True)":            CrossEntropy{Soft: true},
		"HuberLoss()":                            Huber{},
		"SmoothL1Loss(beta=0.5)":                 SmoothL1{Beta: 0.5},
		"KLDivLoss(reduction='batchmean')":       KLDiv{Reduction: "batchmean"},
		"BCEWithLogitsLoss(pos_weight=9.0)":      BCEWithLogits{PosWeight: []float64{9}},
		"MSELoss() on age weights w":             Term{Loss: MSE{}, Output: "age", SampleWeights: "w"},
		"NLLLoss() + 0.5·L1Loss() on a target b": Sum{{Loss: NLL{}}, {Loss: L1{}, Output: "a", Target: "b", Factor: 0.5}},
		"custom": LossFunc{Name: "custom"},
	} {
		if got := l.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestLossErrors(t *testing.T) {
	heads := func(l Loss) Config { return Config{Mode: Train, Shape: tensor.Shape{5, 1, 2, 3}, Loss: l} }
	for want, l := range map[string]Loss{
		`the loss is on output "old": want one of the model's result, "age", "tags"`: Sum{{Loss: MSE{}, Output: "old"}},
		"CrossEntropyLoss(weight=1.0): got 1 weights, want 3":                        CrossEntropy{Weights: []float64{1}},
		"label_smoothing is 1.5":    CrossEntropy{Soft: true, LabelSmoothing: 1.5},
		"weight is [1.0, NaN, 0.0]": NLL{Weights: []float64{1, math.NaN(), 0}},
		"got 3 weights, want 1 or 4": Term{
			Loss: BCEWithLogits{PosWeight: []float64{1, 2, 3}}, Output: "tags",
		},
		"reduction is 'all'": MSE{Reduction: "all"},
		"the loss MSELoss(reduction='none') is (5, 3): want a scalar": MSE{Reduction: "none"},
		"graph: MSELoss: reduction none, and weights of the samples": Term{
			Loss: MSE{Reduction: "none"}, SampleWeights: "w",
		},
		"delta is -1:":                    Huber{Delta: -1},
		"a Sum of nothing":                Sum{},
		"want one that is no Term or Sum": Term{Loss: Sum{{Loss: MSE{}}}},
		"a term with the loss <nil>":      Sum{{}},
		"the loss odd is (5, 1): want a scalar": LossFunc{"odd", func(_ *Builder, r Results) *Node {
			return r.Output("age")
		}},
		"the loss none is nil: want a scalar": LossFunc{"none", func(*Builder, Results) *Node {
			return nil
		}},
		"graph: parameter age.weight has no effect on the logits, or on what else the loss takes": CrossEntropy{},
		"input labels: got type int32 and shape (5), want float64 and (5, 3) as before": Sum{
			{Loss: MSE{}, Target: "labels"}, {Loss: NLL{}},
		},
	} {
		_, err := Compile(twoHeads, NewParams(1, tensor.Float64), heads(l))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got error %v, want %q in it", l, err, want)
		}
	}
	cfg := heads(MSE{})
	cfg.LabelSmoothing = 0.1
	_, err := Compile(twoHeads, NewParams(1, tensor.Float64), cfg)
	if err == nil || !strings.Contains(err.Error(), "want it in the loss") {
		t.Errorf("got error %v", err)
	}
}
