package graph

import (
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/longtest"
)

// source says what the op under test is put on.
type source int

const (
	onLayer source = iota // a Linear's result
	onInput               // the program's input
	onParam               // a parameter
)

func (s source) String() string { return [...]string{"a layer", "the input", "a parameter"}[s] }

// chain is a network with ops under test in a row, between layers that are known to be right.
type chain struct {
	from source
	in   tensor.Shape // of the first op's input
	ops  []trial
	join bool // the input of the last op is used a second time
}

func (c chain) String() string {
	var names []string
	for _, op := range c.ops {
		names = append(names, op.name())
	}
	text := fmt.Sprintf("%v, %v → %s", c.in, c.from, strings.Join(names, " → "))
	if c.join {
		text += ", joined"
	}
	return text
}

// chainShapes are shapes of inputs, by their rank. The first is that of pairs. Axes of size 1 are special to Gorgonia.
var chainShapes = map[int][]tensor.Shape{
	2: {{4, 8}, {1, 8}, {4, 1}, {3, 2}},
	3: {{4, 2, 3}, {2, 1, 3}, {1, 4, 2}, {3, 2, 1}},
	4: {{4, 2, 2, 2}, {1, 2, 2, 3}, {4, 1, 2, 2}, {2, 3, 1, 1}, {2, 3, 4, 1}},
}

// draw is the chain's Model. It returns nil and no error if an op cannot follow the one before.
func (c chain) draw(b *Builder, x *Node) *Node {
	var h *Node
	switch c.from {
	case onLayer:
		h = b.Reshape(b.Linear("first", b.Flatten(x), c.in.TotalSize()/c.in[0]), c.in...)
	case onInput:
		h = x
	case onParam:
		h = own(b, c.in...)
	}
	positive := c.from != onLayer
	before := h
	for _, op := range c.ops {
		if b.err != nil {
			return nil
		}
		if !op.takes(h.Dims()) {
			b.Fail(errUnfit)
			return nil
		}
		if op.positive && !positive {
			h = b.Try(gorgonia.Add(b.Try(gorgonia.Square(h)), number(b, 0.5)))
		}
		before = h
		if h = op.draw(b, h); b.err != nil && !refusedBy(b.err) {
			b.err = fmt.Errorf("%w: %w", errUnfit, b.err) // Gorgonia says so
		}
		positive = op.op == "Exp" || op.op == "Sigmoid" || op.op == "Softplus" || op.op == "SoftMax"
	}
	if b.err != nil {
		return nil
	}
	y := b.Linear("last", c.rows(b, h), 3)
	if c.from != onLayer {
		y = b.Try(gorgonia.Add(y, b.Linear("beside", b.Flatten(x), 3)))
	}
	if c.join {
		y = b.Try(gorgonia.Add(y, b.Linear("joined", c.rows(b, before), 3)))
	}
	return y
}

var errUnfit = fmt.Errorf("an op cannot follow")

// rows returns h as [N, …].
func (c chain) rows(b *Builder, h *Node) *Node {
	if h == nil {
		return nil
	}
	if h.Shape().TotalSize()%c.in[0] != 0 || h.IsScalar() {
		b.Fail(errUnfit)
		return nil
	}
	return b.Reshape(h, c.in[0], -1)
}

func (c chain) modal() bool {
	for _, op := range c.ops {
		if op.modal {
			return true
		}
	}
	return false
}

// check compiles and runs the chain in every way, and returns what is wrong. unfit reports that the ops cannot follow
// each other. A panic is wrong, too.
func (c chain) check(dtype tensor.Dtype, seed uint64, fused bool) (unfit bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	cfg := Config{Mode: Train, Shape: c.in, Fuse: fused}
	params := NewParams(seed, dtype)
	p, err := Compile(c.draw, params, cfg)
	if err != nil {
		return strings.Contains(err.Error(), errUnfit.Error()), err
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	x := zeros(dtype, cfg.Shape)
	fill(x, rng, 0.3, 1)
	for _, p := range params.Trainable() {
		low, high := -0.5, 0.5
		if strings.HasPrefix(p.name, "own") {
			low, high = 0.3, 1
		}
		fill(p.value, rng, low, high)
	}
	labels := []int32{0, 2, 1, 2}[:c.in[0]]
	kept := x.Clone().(*tensor.Dense)
	run := func(p *Program) (float64, error) {
		err := p.Run(x, labels)
		return p.Loss(), err
	}
	loss, err := run(p)
	if err != nil {
		return false, err
	}
	if loss > 20 {
		return true, fmt.Errorf("the loss is %v, too large for differences", loss)
	}
	var grads [][]float64
	for _, g := range p.Gradients() {
		v, err := g.Grad()
		if err != nil {
			return false, err
		}
		grads = append(grads, append([]float64(nil), floats(v)...))
	}
	if again, err := run(p); err != nil || again != loss && !c.stochastic() {
		return false, fmt.Errorf("a second run has loss %v, the first %v (%v)", again, loss, err)
	}
	for i, g := range p.Gradients() {
		v, _ := g.Grad()
		if at := differ(floats(v), grads[i], 0); at >= 0 {
			return false, fmt.Errorf("a second run has another gradient of %s", g.(*Gradient).param.name)
		}
	}
	if at := differ(floats(x), floats(kept), 0); at >= 0 {
		return false, fmt.Errorf("the input has changed")
	}
	if err := c.checkModes(params, cfg, run, loss); err != nil {
		return false, err
	}
	if dtype == tensor.Float64 {
		return false, c.checkGradients(p, run, grads, rng)
	}
	return false, nil
}

func (c chain) stochastic() bool {
	for _, op := range c.ops {
		if op.op == "Dropout" {
			return true
		}
	}
	return false
}

// checkModes compares an evaluation program's loss, on the machine and directly, with the training program's.
func (c chain) checkModes(params *Params, cfg Config, run func(*Program) (float64, error), loss float64) error {
	cfg.Mode = Eval
	var evaluated float64
	for _, direct := range []bool{false, true} {
		cfg.Direct = direct
		p, err := Compile(c.draw, params, cfg)
		if err != nil {
			return err
		}
		got, err := run(p)
		if err != nil {
			return err
		}
		tol := 1e-12
		if params.dtype == tensor.Float32 {
			tol = 1e-5
		}
		if !c.modal() && !(math.Abs(got-loss) <= tol*max(1, math.Abs(loss))) {
			return fmt.Errorf("evaluation has loss %v, training %v", got, loss)
		}
		if direct && got != evaluated {
			return fmt.Errorf("a direct program has loss %v, the machine %v", got, evaluated)
		}
		evaluated = got
		if err := checkNodes(p); err != nil {
			return err
		}
	}
	return nil
}

// checkNodes computes every stock op of p once more from the values that its nodes have after a run, and compares. No
// op may have changed a value after it was computed.
func checkNodes(p *Program) error {
	for _, n := range upstream(p.outputs...) {
		s, ok := n.Op().(*stock)
		if !ok || p.direct != nil || n.Dtype() != p.x.Dtype() {
			continue
		}
		var in []gorgonia.Value
		for _, c := range children(n) {
			in = append(in, c.Value())
		}
		want, err := s.op.Do(in...)
		if err != nil {
			return err
		}
		if at := differ(floats(n.Value()), floats(materialized(want)), 0); at >= 0 {
			return fmt.Errorf("the value of %s has changed after it was computed, or its inputs have", s.name)
		}
	}
	return nil
}

func materialized(v gorgonia.Value) gorgonia.Value {
	if d, ok := v.(*tensor.Dense); ok {
		return dense(d)
	}
	return v
}

// checkGradients compares the gradient of every parameter with central differences in random directions.
func (c chain) checkGradients(
	p *Program, run func(*Program) (float64, error), grads [][]float64, rng *rand.Rand,
) error {
	for i, g := range p.Gradients() {
		param := g.(*Gradient).param
		data := param.value.Float64s()
		at := append([]float64(nil), data...)
		direction := make([]float64, len(data))
		want := 0.0
		for k := range direction {
			direction[k] = rng.Float64() - 0.5
			want += direction[k] * grads[i][k]
		}
		const h = 1e-5
		var ends [2]float64
		for side, sign := range []float64{1, -1} {
			for k := range data {
				data[k] = at[k] + sign*h*direction[k]
			}
			var err error
			if ends[side], err = run(p); err != nil {
				return err
			}
		}
		copy(data, at)
		got := (ends[0] - ends[1]) / (2 * h)
		if !(math.Abs(got-want) <= 2e-6*max(1, math.Abs(got))) {
			return fmt.Errorf("the gradient of %s along a direction is %.9g, central differences give %.9g",
				param.name, want, got)
		}
	}
	return nil
}

// differ returns the first place where a and b differ by more than tol, or −1. NaN differs from nothing but numbers.
func differ(a, b []float64, tol float64) int {
	if len(a) != len(b) {
		return 0
	}
	for i := range a {
		if !(math.Abs(a[i]-b[i]) <= tol) && !(math.IsNaN(a[i]) && math.IsNaN(b[i])) && a[i] != b[i] {
			return i
		}
	}
	return -1
}

func fill(d *tensor.Dense, rng *rand.Rand, low, high float64) {
	v := make([]float64, d.DataSize())
	for i := range v {
		v[i] = low + (high-low)*rng.Float64()
	}
	setFloats(d, v)
}

// refused reports whether err is Compile's refusal of a stock op, which says what to use instead.
func refusedBy(err error) bool {
	return err != nil && strings.Contains(err.Error(), ": use ") && (strings.HasPrefix(err.Error(), "graph: gorgonia.") ||
		strings.HasPrefix(err.Error(), "graph: differentiate: the gradient of an op behind gorgonia's "))
}

// drawing reports whether err is Gorgonia's own while the model draws itself, before Compile sees the op.
func drawing(err error) bool {
	text := err.Error()
	return strings.Contains(text, " calls: panic: ") || strings.Contains(text, "Failed to infer shape") ||
		strings.Contains(text, "want every size at least 1")
}

// Every op that Gorgonia has for tensors of floats, and every layer of ours, alone: on a layer's result, on the input
// and on a parameter, with a second user of its input and without.
func TestStockOps(t *testing.T) {
	log.SetOutput(io.Discard) // GroupNorm prints its gradients
	defer log.SetOutput(os.Stderr)
	for _, op := range trials() {
		for _, shape := range slices.Concat(chainShapes[2], chainShapes[3], chainShapes[4]) {
			if !op.takes(len(shape)) {
				continue
			}
			for at, from := range []source{onLayer, onInput, onParam} {
				for _, join := range []bool{true, false} {
					c := chain{from: from, in: shape, ops: []trial{op}, join: join}
					usual := shape.Eq(chainShapes[len(shape)][0])
					if !longtest.Full() && (usual != join || !usual && from != onLayer) {
						continue
					}
					for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
						if !longtest.Full() && !usual && dtype == tensor.Float32 {
							continue
						}
						unfit, err := c.check(dtype, uint64(at), false)
						if err != nil && !unfit && !refusedBy(err) && !drawing(err) && !c.cut(err) {
							t.Errorf("%v, %v: %v", c, dtype, err)
						}
					}
				}
			}
		}
	}
}

// cut reports whether err says that no gradient reaches a parameter, behind an op whose derivative is 0.
func (c chain) cut(err error) bool {
	for _, op := range c.ops {
		switch op.op {
		case "Ceil", "Floor", "Sign":
			return strings.Contains(err.Error(), "no gradient reaches parameter")
		}
	}
	return false
}

// Every pair of ops, one behind the other, directly and with Gorgonia's Reshape between them.
func TestStockPairs(t *testing.T) {
	log.SetOutput(io.Discard)
	defer log.SetOutput(os.Stderr)
	var good []trial
	for _, op := range trials() {
		c := chain{in: chainShapes[2][0], ops: []trial{op}, join: true}
		if !op.takes(2) {
			c.in = chainShapes[4][0]
		}
		if unfit, err := c.check(tensor.Float64, 1, false); !op.alone && (err == nil || unfit) {
			good = append(good, op)
		}
	}
	count, skipped := 0, 0
	for i, first := range good {
		for j, second := range good {
			if !longtest.Full() && (i*31+j*17)%37 != 0 {
				continue
			}
			for _, c := range pairs(first, second) {
				c.join = (i+j)%2 == 0
				unfit, err := c.check(tensor.Float64, 1, false)
				unfit = unfit || err != nil && drawing(err)
				for seed := uint64(2); err != nil && !unfit && seed < 4; seed++ { // a kink may be near
					unfit, err = c.check(tensor.Float64, seed, false)
				}
				if ours := c.ops[0].op[0] == 'b' || c.ops[len(c.ops)-1].op[0] == 'b'; err == nil && ours {
					_, err = c.check(tensor.Float64, 1, true)
				}
				switch {
				case unfit:
					skipped++
				case err != nil && !refusedBy(err) && !c.cut(err):
					t.Errorf("%v: %v", c, err)
					fallthrough
				default:
					count++
				}
			}
		}
	}
	t.Logf("%d pairs of %d ops checked, %d do not fit each other", count, len(good), skipped)
}

// pairs returns the chains of first and second.
func pairs(first, second trial) []chain {
	rank := 2
	if !first.takes(2) {
		rank = 4
	}
	chains := []chain{{in: chainShapes[rank][0], ops: []trial{first, second}}}
	for _, to := range []int{2, 4} {
		if !second.takes(to) || first.takes(4) && second.takes(4) && to == 2 {
			continue
		}
		between := trial{op: "Reshape", draw: func(b *Builder, x *Node) *Node {
			shape, size := tensor.Shape{4, -1}, 4
			if to == 4 {
				shape, size = tensor.Shape{4, -1, 2, 2}, 16
			}
			if x.Shape().TotalSize()%size != 0 {
				return b.Fail(errUnfit)
			}
			return b.Try(gorgonia.Reshape(x, shape))
		}}
		if first.takes(to) {
			rank = to
		}
		chains = append(chains, chain{in: chainShapes[rank][0], ops: []trial{first, between, second}})
		break
	}
	return chains
}
