package graph

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
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
