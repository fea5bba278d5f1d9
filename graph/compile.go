package graph

import (
	"errors"
	"fmt"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
	"anneal/internal/memory"
)

// Names of what a batch brings.
const (
	inputName  = "x"      // the model's input
	labelsName = "labels" // classes, for the model's own result
	targetName = "target" // numbers, for the model's own result
)

// Config says which program of a model to compile.
type Config struct {
	Mode           Mode
	Shape          tensor.Shape // of the input, the batch size first, such as [64, 1, 28, 28]
	LabelSmoothing float64      // 0 ≤ s < 1; see Builder.CrossEntropy. Usually 0 in evaluation programs, and with a Loss

	// Loss is what training minimises. nil: the mean cross-entropy of the model's result, logits [N, classes], with the
	// labels. An evaluation program of a model with another result has no loss then.
	Loss Loss

	// Fuse runs a layer and the one that follows as one op where that is faster. A training program computes the same
	// logits and loss to the bit; its gradients, and an evaluation program's results, may differ in the last digits.
	Fuse bool
	// FreezeStats makes BatchNorms of a training program hold their running statistics and normalise by them, as
	// PyTorch's do after eval() on them alone. The gradient goes through them to their input, gamma and beta, and takes
	// the statistics as constants. It has patterns, as path.Match takes them, for the layers' names, such as "conv*". A
	// pattern that matches no BatchNorm is an error. Evaluation programs do so in any case. An InstanceNorm with
	// TrackStats counts as a BatchNorm here.
	FreezeStats []string
	// Gradients makes an evaluation program compute the gradients, too: those of the network as it is evaluated.
	Gradients bool
	// Direct runs an evaluation program without Gorgonia's TapeMachine if all its ops are the Builder's. It runs the same
	// ops in the same order, hence computes the same bits, and saves two switches of threads per run.
	Direct bool
	// UpTo ends the program at the input of the layer of this name, which Program.Input returns. The program computes
	// nothing after it: no logits, no loss, no gradients. "" stands for the whole program.
	UpTo string
	// Watch makes the program keep what Program.Watched lists. Each layer is then a separate op, whatever Fuse says,
	// and a training program leaves running statistics as they are.
	Watch bool
	// Keep makes the program keep the result of each layer, which Program.Kept lists. Each layer is then a separate op,
	// whatever Fuse says.
	Keep bool
	// Hold makes a training program leave the running statistics of BatchNorm and InstanceNorm as they are, and keep
	// those of the batch, which Program.Statistics returns and Program.Move moves by. Batches that several processes
	// run can then move them in their order. A recurrent layer with BatchNorm inside is an error, unless FreezeStats
	// holds it.
	Hold bool
	// MaxBytes is the most memory that the input and what is computed of it may take, before any of it is allocated. 0:
	// as much as is left, if the system says. More than that is always an error.
	MaxBytes int64

	apart   bool // for tests: no two results share memory
	anyLoss bool // not for training: MSE of all outputs stands in for the default loss where that does not fit
}

// Compile draws model for cfg, with the loss on its result, and returns the program. It creates the parameters that
// params does not have yet. Its error is the model's first one and names the layer.
func Compile(model Model, params *Params, cfg Config) (p *Program, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *memory.Shortage: // of a layer's plan, which has its memory from the beginning
			p, err = nil, fmt.Errorf(withResults+": %w", cfg.Shape, r)
		default:
			panic(r)
		}
	}()
	if cfg.Direct && cfg.Mode != Eval {
		return nil, fmt.Errorf("graph: Direct in a program for %v: want %v", cfg.Mode, Eval)
	}
	if err := kernels.Choice(); err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	fusion := fusion{on: cfg.Fuse && !cfg.Watch && !cfg.Keep, unfusable: make(map[int]bool)}
	for {
		p := &Program{step: new(uint64)}
		b := newBuilder(params, cfg.Mode, p.step)
		fusion.fusedAway = make(map[*Node]*Node)
		b.fusion, b.still, b.frozen = fusion, cfg.Watch, newFreezing(cfg.FreezeStats)
		b.gradients = cfg.Mode == Train || cfg.Gradients
		if cfg.Hold && cfg.Mode == Train {
			p.held = new(heldStats)
			b.held = p.held
		}
		ends, loss, err := p.draw(b, model, cfg)
		if err == nil {
			err = b.frozen.check()
		}
		if err != nil {
			return nil, err
		}
		if loss != nil {
			ends = append(ends, loss)
		}
		if cfg.UpTo != "" {
			end, err := b.inputOf(cfg.UpTo)
			if err != nil {
				return nil, err
			}
			ends = []*Node{end}
		}
		conflicts := b.conflicts(ends...)
		switch {
		case len(conflicts) > 0:
		case cfg.UpTo != "":
			return p, p.compute(b, cfg, p.input.at(ends[0]))
		default:
			return p, p.build(b, loss, cfg)
		}
		for _, layer := range conflicts {
			fusion.unfusable[layer] = true
		}
	}
}

// shapeOf returns the shape of a node that may be nil, for messages.
func shapeOf(n *Node) string {
	if n == nil {
		return "nil"
	}
	return fmt.Sprint(n.Shape())
}

// build makes the program compute the outputs, the loss, for training the gradients, and what is watched.
func (p *Program) build(b *Builder, loss *Node, cfg Config) error {
	var results []*result
	if p.logits.node != nil {
		results = append(results, &p.logits)
	}
	if loss != nil {
		results = append(results, p.loss.at(loss))
	}
	for _, name := range p.named {
		results = append(results, p.results[name])
	}
	for _, t := range p.terms {
		if t.whole = t.node == loss; !t.whole && t.meter == nil {
			results = append(results, &t.result)
		}
	}
	if b.gradients {
		grads, err := p.differentiate(b, loss)
		if err != nil {
			return err
		}
		results = append(results, grads...)
	}
	if cfg.Watch {
		results = append(results, p.watch(b)...)
	}
	if cfg.Keep {
		results = append(results, p.keepLayers(b)...)
	}
	return p.compute(b, cfg, results...)
}

// differentiate draws the gradient of loss with respect to every trainable parameter and returns the gradients.
func (p *Program) differentiate(b *Builder, loss *Node) ([]*result, error) {
	if loss == nil {
		return nil, errors.New("graph: gradients of a model without a loss: set Config.Loss")
	}
	var gradients []*Gradient
	var wrt gorgonia.Nodes
	reached, cuts := uncut(loss)
	for _, param := range b.params.list {
		n := b.drawn[param]
		if n == nil || !param.Trainable() {
			continue
		}
		switch cut := cuts[n]; {
		case reached[n]:
		case cut != "":
			return nil, fmt.Errorf("graph: no gradient reaches parameter %s: the op %q has none", param.name, cut)
		default:
			return nil, fmt.Errorf("graph: parameter %s has no effect on the logits, or on what else the loss takes",
				param.name)
		}
		gradients = append(gradients, &Gradient{param: param})
		wrt = append(wrt, n)
	}
	if len(wrt) == 0 {
		return nil, fmt.Errorf("graph: the model has no trainable parameter")
	}
	grads, err := grad(loss, wrt)
	if b.err != nil {
		return nil, b.err
	}
	if err != nil {
		return nil, fmt.Errorf("graph: differentiate: %w", err)
	}
	var results []*result
	for i, g := range gradients {
		results = append(results, g.result.at(grads[i]))
		p.gradients = append(p.gradients, g)
	}
	return results, nil
}

// grad draws the gradients of loss with respect to wrt. A panic of a stock op becomes an error, and so does a stock op
// whose gradient rewrites an op that is already drawn, as that of Pow does with SoftMax.
func grad(loss *Node, wrt gorgonia.Nodes) (grads gorgonia.Nodes, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = gradientPanic(r)
		}
	}()
	drawn := upstream(loss)
	before := make([]string, len(drawn))
	for i, n := range drawn {
		before[i] = n.Name()
	}
	grads, err = gorgonia.Grad(loss, wrt...)
	for i, n := range drawn {
		if err == nil && n.Name() != before[i] {
			err = fmt.Errorf("the gradient of an op behind gorgonia's %s makes it %s: use Builder.SoftMax", before[i], n.Name())
		}
	}
	return grads, err
}

// compute makes the program compute results: on a TapeMachine, or directly if cfg says so and all ops are the
// Builder's.
func (p *Program) compute(b *Builder, cfg Config, results ...*result) error {
	nodes := make([]*Node, len(results))
	for i, r := range results {
		nodes[i] = r.node
	}
	room := roomOf(cfg.MaxBytes, b.params.dtype)
	if err := p.checkResults(room, nodes); err != nil {
		return err
	}
	if err := p.giveInput(b); err != nil {
		return fmt.Errorf("graph: %w", err)
	}
	moved, err := b.guard(nodes...)
	if err != nil {
		return err
	}
	for i, r := range results {
		r.node = moved[r.node]
		nodes[i] = r.node
	}
	for _, n := range upstream(nodes...) {
		if o, ok := n.Op().(*op); ok {
			p.ops = append(p.ops, o)
		}
	}
	if x := moved[p.x]; x != nil {
		p.x = x
	}
	if p.outputs, p.params = b.keep(results), b.paramOf(); b.err != nil {
		return b.err
	}
	needed, input := upstream(p.outputs...), p.x
	direct := cfg.Direct && !slices.ContainsFunc(needed, isStock)
	order := needed
	if !direct {
		if order, err = taped(b.g, p.outputs); err != nil {
			return err
		}
	}
	if !cfg.apart {
		p.shared = b.shareMemory(lifetimes(order, p.outputs))
		p.numbers += float64(p.shared)
		if err := room.check(p.numbers, withResults, p.x.Shape()); err != nil {
			return err
		}
	}
	if direct {
		p.direct = newDirect(p.x, order)
		return nil
	}
	if p.reads = slices.Contains(needed, p.x); !p.reads { // CompileFunction wants an input that the outputs depend on
		input = needed[slices.IndexFunc(needed, func(n *Node) bool { return n.Op() == nil })]
	}
	program, locations, err := gorgonia.CompileFunction(b.g, gorgonia.Nodes{input}, p.outputs)
	if err != nil {
		return fmt.Errorf("graph: compile: %w", err)
	}
	p.machine = gorgonia.NewTapeMachine(b.g, gorgonia.WithPrecompiled(program, locations))
	return nil
}
