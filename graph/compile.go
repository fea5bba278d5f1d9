package graph

import (
	"fmt"
	"math"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// Names of nodes that no parameter may have.
const (
	inputName  = "x"
	labelsName = "labels"
)

// Config says which program of a model to compile.
type Config struct {
	Mode           Mode
	Shape          tensor.Shape // of the input, the batch size first, such as [64, 1, 28, 28]
	LabelSmoothing float64      // 0 ≤ s < 1; see Builder.CrossEntropy. Usually 0 in evaluation programs

	// Fuse runs a layer and the one that follows as one op where that is faster. A training program computes the same
	// logits and loss to the bit; its gradients, and an evaluation program's results, may differ in the last digits.
	Fuse bool
	// FreezeStats makes BatchNorms of a training program hold their running statistics and normalise by them, as
	// PyTorch's do after eval() on them alone. The gradient goes through them to their input, gamma and beta, and takes
	// the statistics as constants. It has patterns, as path.Match takes them, for the layers' names, such as "conv*". A
	// pattern that matches no BatchNorm is an error. Evaluation programs do so in any case.
	FreezeStats []string
	// Direct runs an evaluation program without Gorgonia's TapeMachine if all its ops are the Builder's. It runs the same
	// ops in the same order, hence computes the same bits, and saves two switches of threads per run.
	Direct bool
	// UpTo ends the program at the input of the layer of this name, which Program.Input returns. The program computes
	// nothing after it: no logits, no loss, no gradients. "" stands for the whole program.
	UpTo string
	// Watch makes the program keep what Program.Watched lists. Each layer is then a separate op, whatever Fuse says,
	// and a training program leaves running statistics as they are.
	Watch bool
}

// Compile draws model for cfg, with the cross-entropy loss on its logits, and returns the program. It creates the
// parameters that params does not have yet. Its error is the model's first one and names the layer.
func Compile(model Model, params *Params, cfg Config) (*Program, error) {
	if cfg.Direct && cfg.Mode != Eval {
		return nil, fmt.Errorf("graph: Direct in a program for %v: want %v", cfg.Mode, Eval)
	}
	if err := kernels.Choice(); err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	fusion := fusion{on: cfg.Fuse && !cfg.Watch, unfusable: make(map[int]bool)}
	for {
		p := &Program{step: new(uint64)}
		b := newBuilder(params, cfg.Mode, p.step)
		fusion.fusedAway = make(map[*Node]*Node)
		b.fusion, b.still, b.frozen = fusion, cfg.Watch, newFreezing(cfg.FreezeStats)
		logits, loss, err := p.draw(b, model, cfg)
		if err == nil {
			err = b.frozen.check()
		}
		if err != nil {
			return nil, err
		}
		end := loss
		if cfg.UpTo != "" {
			if end, err = b.inputOf(cfg.UpTo); err != nil {
				return nil, err
			}
		}
		conflicts := b.conflicts(end)
		switch {
		case len(conflicts) > 0:
		case cfg.UpTo != "":
			return p, p.compute(b, cfg.Direct, p.input.at(end))
		default:
			return p, p.build(b, logits, loss, cfg)
		}
		for _, layer := range conflicts {
			fusion.unfusable[layer] = true
		}
	}
}

// draw draws the inputs, the model and the loss, and returns the nodes of the logits and of the loss.
func (p *Program) draw(b *Builder, model Model, cfg Config) (logits, loss *Node, err error) {
	if err := checkShape(cfg.Shape); err != nil {
		return nil, nil, err
	}
	p.shape = cfg.Shape.Clone()
	p.x = b.withType(
		func() *Node { return input[float32](b, cfg.Shape) },
		func() *Node { return input[float64](b, cfg.Shape) })
	if b.err != nil {
		return nil, nil, b.err
	}
	if logits = b.run(model, p.x); b.err != nil {
		return nil, nil, b.err
	}
	if logits == nil || logits.Dims() != 2 || logits.Shape()[0] != cfg.Shape[0] {
		return nil, nil, fmt.Errorf("graph: the model's result is %v, want logits [%d, classes]",
			shapeOf(logits), cfg.Shape[0])
	}
	if err := b.admit(p.x, logits); err != nil {
		return nil, nil, err
	}
	p.classes = logits.Shape()[1]
	p.labels = tensor.New(tensor.Of(tensor.Int32), tensor.WithShape(cfg.Shape[0]))
	labels := gorgonia.NodeFromAny(b.g, p.labels, gorgonia.WithName(labelsName))
	if labels.Value() != gorgonia.Value(p.labels) {
		return nil, nil, fmt.Errorf("graph: the model has an input of its own with the name %q", labelsName)
	}
	loss = b.CrossEntropy(logits, labels, cfg.LabelSmoothing)
	return logits, loss, b.err
}

// checkShape returns an error for an input shape without a batch size, with a size below 1, or with too many elements.
func checkShape(shape tensor.Shape) error {
	if len(shape) < 2 || slices.Min(shape) < 1 {
		return fmt.Errorf("graph: input shape %v: want the batch size first and every size at least 1", shape)
	}
	size := 1.0
	for _, n := range shape {
		size *= float64(n)
	}
	if size > math.MaxInt32 {
		return fmt.Errorf("graph: input shape %v: want at most %d numbers in it", shape, math.MaxInt32)
	}
	return nil
}

// input returns the node of x. It has its own value until Run binds another.
func input[T kernels.Float](b *Builder, shape tensor.Shape) *Node {
	return gorgonia.NodeFromAny(b.g, newDense[T](shape), gorgonia.WithName(inputName))
}

// shapeOf returns the shape of a node that may be nil, for messages.
func shapeOf(n *Node) string {
	if n == nil {
		return "nil"
	}
	return fmt.Sprint(n.Shape())
}

// build makes the program compute the logits, the loss, for training the gradients, and what is watched.
func (p *Program) build(b *Builder, logits, loss *Node, cfg Config) error {
	results := []*result{p.logits.at(logits), p.loss.at(loss)}
	if b.mode == Train {
		grads, err := p.differentiate(b, loss)
		if err != nil {
			return err
		}
		results = append(results, grads...)
	}
	if cfg.Watch {
		results = append(results, p.watch(b, logits)...)
	}
	return p.compute(b, cfg.Direct, results...)
}

// differentiate draws the gradient of loss with respect to every trainable parameter and returns the gradients.
func (p *Program) differentiate(b *Builder, loss *Node) ([]*result, error) {
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
			return nil, fmt.Errorf("graph: parameter %s has no effect on the logits", param.name)
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

// compute makes the program compute results: on a TapeMachine, or directly if direct is set and all ops are the
// Builder's.
func (p *Program) compute(b *Builder, direct bool, results ...*result) error {
	nodes := make([]*Node, len(results))
	for i, r := range results {
		nodes[i] = r.node
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
	if direct {
		if p.direct = newDirect(p.x, p.outputs...); p.direct != nil {
			return nil
		}
	}
	program, locations, err := gorgonia.CompileFunction(b.g, gorgonia.Nodes{p.x}, p.outputs)
	if err != nil {
		return fmt.Errorf("graph: compile: %w", err)
	}
	p.machine = gorgonia.NewTapeMachine(b.g, gorgonia.WithPrecompiled(program, locations))
	return nil
}
