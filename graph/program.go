package graph

import (
	"fmt"
	"math"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

const (
	inputName  = "x"
	labelsName = "labels"
)

// Config says which program of a model to compile.
type Config struct {
	Mode           Mode
	Shape          tensor.Shape // of the input, the batch size first, such as [64, 1, 28, 28]
	LabelSmoothing float64      // 0 ≤ s < 1; see Builder.CrossEntropy. Evaluation programs take 0 as a rule
	Fuse           bool         // run a layer and the next as one op where that is faster; the results are the same

	// Direct runs an evaluation program without Gorgonia's TapeMachine where all its ops are the Builder's: the same ops in
	// the same order, hence the same bits, without the machine's two switches of threads a run.
	Direct bool
	// UpTo is the name of a layer whose input the program ends with: Program.Input has it, and nothing after it is computed,
	// neither logits nor loss nor gradients. "": a whole program.
	UpTo string
	// Watch keeps what Program.Watched tells of every layer. Layers are then run one by one, whatever Fuse says, and a training
	// program leaves running statistics as they are.
	Watch bool
}

// Program is a model compiled for one mode and one batch size. It runs on a Gorgonia TapeMachine, or Direct. Programs of one
// Params share its tensors; none of them may run while another does. Those of different Params may.
type Program struct {
	machine   gorgonia.VM // nil if direct
	direct    *direct
	x         *Node
	shape     tensor.Shape  // of x
	labels    *tensor.Dense // the value of the labels' node
	classes   int           // that the logits are of
	logits    result
	loss      result
	gradients []gorgonia.ValueGrad
	input     result // of the layer that Config.UpTo names
	watched   []*Watched
	outputs   gorgonia.Nodes // what a run computes: logits, loss, gradients, what is watched; or the input alone
	params    map[*Node]*Param
	ops       []*op // each after those that it needs
	step      *uint64
}

// result is a node with its value after a run: the memory that one of our ops owns, or what Gorgonia's Read copies out.
type result struct {
	node  *Node
	value gorgonia.Value
}

// Compile draws model for cfg, with the cross-entropy loss on its logits, and makes the program. It creates the
// parameters that params does not have yet. Its error is the model's first, with the layer's name.
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
		b.fusion, b.still = fusion, cfg.Watch
		logits, loss, err := p.draw(b, model, cfg)
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
			return p, p.compute(b, cfg.Direct, p.input.of(end))
		default:
			return p, p.build(b, logits, loss, cfg)
		}
		for _, layer := range conflicts {
			fusion.unfusable[layer] = true
		}
	}
}

// draw draws the inputs, the model and the loss.
func (p *Program) draw(b *Builder, model Model, cfg Config) (logits, loss *Node, err error) {
	if len(cfg.Shape) < 2 || slices.Min(cfg.Shape) < 1 {
		return nil, nil, fmt.Errorf("graph: input shape %v: want the batch size first and every size at least 1", cfg.Shape)
	}
	size := 1.0
	for _, n := range cfg.Shape {
		size *= float64(n)
	}
	if size > math.MaxInt32 {
		return nil, nil, fmt.Errorf("graph: input shape %v: want at most %d numbers in it", cfg.Shape, math.MaxInt32)
	}
	p.shape = cfg.Shape.Clone()
	p.x = b.withType(func() *Node { return input[float32](b, cfg.Shape) }, func() *Node { return input[float64](b, cfg.Shape) })
	if b.err != nil {
		return nil, nil, b.err
	}
	if logits = b.run(model, p.x); b.err != nil {
		return nil, nil, b.err
	}
	if logits == nil || logits.Dims() != 2 || logits.Shape()[0] != cfg.Shape[0] {
		return nil, nil, fmt.Errorf("graph: the model's result is %v, want logits [%d, classes]", describe(logits), cfg.Shape[0])
	}
	p.classes = logits.Shape()[1]
	p.labels = tensor.New(tensor.Of(tensor.Int32), tensor.WithShape(cfg.Shape[0]))
	labels := gorgonia.NodeFromAny(b.g, p.labels, gorgonia.WithName(labelsName))
	loss = b.CrossEntropy(logits, labels, cfg.LabelSmoothing)
	return logits, loss, b.err
}

// build makes the program compute logits, loss and, for training, the gradients, and what is watched.
func (p *Program) build(b *Builder, logits, loss *Node, cfg Config) error {
	outputs := gorgonia.Nodes{p.logits.of(logits), p.loss.of(loss)}
	if b.mode == Train {
		grads, err := p.differentiate(b, loss)
		if err != nil {
			return err
		}
		outputs = append(outputs, grads...)
	}
	if cfg.Watch {
		outputs = append(outputs, p.watch(b, logits)...)
	}
	return p.compute(b, cfg.Direct, outputs...)
}

// compute makes what computes outputs: the machine, or the direct program if that is wanted and can be had.
func (p *Program) compute(b *Builder, direct bool, outputs ...*Node) error {
	for _, n := range upstream(outputs...) {
		if o, ok := n.Op().(*op); ok {
			p.ops = append(p.ops, o)
		}
	}
	p.outputs, p.params = outputs, b.paramOf()
	if direct {
		if p.direct = newDirect(p.x, outputs...); p.direct != nil {
			return nil
		}
	}
	program, locations, err := gorgonia.CompileFunction(b.g, gorgonia.Nodes{p.x}, outputs)
	if err != nil {
		return fmt.Errorf("graph: compile: %w", err)
	}
	p.machine = gorgonia.NewTapeMachine(b.g, gorgonia.WithPrecompiled(program, locations))
	return nil
}

// input makes the node of x, with a value of its own until Run binds another.
func input[T kernels.Float](b *Builder, shape tensor.Shape) *Node {
	return gorgonia.NodeFromAny(b.g, newDense[T](shape), gorgonia.WithName(inputName))
}

func describe(n *Node) string {
	if n == nil {
		return "nil"
	}
	return fmt.Sprint(n.Shape())
}

// of arranges that r holds n's value after each run, and returns the node that must be among the program's outputs. A
// stock op that takes n may write into its memory, so n's own memory is the result only where none does.
func (r *result) of(n *Node) *Node {
	r.node = n
	o, ours := n.Op().(*op)
	for users := n.Graph().To(n.ID()); users.Next(); {
		if _, ok := users.Node().(*Node).Op().(*op); !ok {
			ours = false
		}
	}
	if !ours {
		return gorgonia.Read(n, &r.value)
	}
	r.value = o.output()
	return n
}

// differentiate draws the gradient of loss with respect to every trainable parameter.
func (p *Program) differentiate(b *Builder, loss *Node) (gorgonia.Nodes, error) {
	var gradients []*Gradient
	var wrt gorgonia.Nodes
	reached := upstream(loss)
	for _, param := range b.params.list {
		n := b.drawn[param]
		if n == nil || !param.Trainable() {
			continue
		}
		if !slices.Contains(reached, n) {
			return nil, fmt.Errorf("graph: parameter %s has no effect on the logits", param.name)
		}
		gradients = append(gradients, &Gradient{param: param})
		wrt = append(wrt, n)
	}
	if len(wrt) == 0 {
		return nil, fmt.Errorf("graph: the model has no trainable parameter")
	}
	grads, err := gorgonia.Grad(loss, wrt...)
	if b.err != nil {
		return nil, b.err
	}
	if err != nil {
		return nil, fmt.Errorf("graph: differentiate: %w", err)
	}
	var outputs gorgonia.Nodes
	for i, g := range gradients {
		outputs = append(outputs, g.result.of(grads[i]))
		p.gradients = append(p.gradients, g)
	}
	return outputs, nil
}

// upstream lists the nodes that roots are computed from, roots included, each after the nodes that it needs.
func upstream(roots ...*Node) []*Node {
	var list []*Node
	seen := make(map[*Node]bool)
	var walk func(*Node)
	walk = func(n *Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, child := range children(n) {
			walk(child)
		}
		list = append(list, n)
	}
	for _, n := range roots {
		walk(n)
	}
	return list
}

// Run runs the program forward on a batch and, in Train mode, backward. x has the shape that the program was compiled
// for; it is bound, not copied, and must stay as it is until Run returns. labels are the classes, one a sample; without
// them (nil) Loss means nothing afterwards. Another shape or type of x, another number of labels and a label that is no class are
// errors.
func (p *Program) Run(x *tensor.Dense, labels []int32) error {
	if !x.Shape().Eq(p.shape) || x.Dtype() != p.x.Dtype() {
		return fmt.Errorf("graph: a batch of shape %v and type %v: this program takes %v of %v", x.Shape(), x.Dtype(), p.shape, p.x.Dtype())
	}
	want := p.labels.Int32s()
	if labels != nil && len(labels) != len(want) {
		return fmt.Errorf("graph: %d labels for a batch of %d", len(labels), len(want))
	}
	clear(want)
	copy(want, labels)
	if p.direct != nil {
		if err := p.direct.run(x); err != nil {
			return fmt.Errorf("graph: %w", err)
		}
		return nil
	}
	if err := gorgonia.Let(p.x, x); err != nil {
		return fmt.Errorf("graph: %w", err)
	}
	defer p.machine.Reset()
	if err := p.machine.RunAll(); err != nil {
		return fmt.Errorf("graph: %w", err)
	}
	return nil
}

// SetStep sets the step whose dropout masks the next Run draws: the same seed, layer and step give the same mask.
func (p *Program) SetStep(step uint64) { *p.step = step }

// Loss is the mean cross-entropy of the last batch, in nats.
func (p *Program) Loss() float64 {
	loss, err := scalar(p.loss.value)
	if err != nil {
		panic("graph: the loss is not a scalar: " + err.Error()) // Compile drew it as one
	}
	return loss
}

// Classes returns the number of classes that the model distinguishes: that of its logits.
func (p *Program) Classes() int { return p.classes }

// Logits are the model's results for the last batch, [N, classes]. The next Run overwrites them.
func (p *Program) Logits() *tensor.Dense { return p.logits.value.(*tensor.Dense) }

// Gradients pairs each trainable parameter with ∂loss/∂parameter as the last Run left it, in the order of Params. Each
// is a *Gradient. An evaluation program has none.
func (p *Program) Gradients() []gorgonia.ValueGrad { return p.gradients }

// Input is the input of the layer that Config.UpTo names, as the last Run left it. The next Run overwrites it.
func (p *Program) Input() *tensor.Dense { return dense(p.input.value) }

// Watched lists the layers that have parameters, if Config.Watch asked for it, each after those that it depends on.
func (p *Program) Watched() []*Watched { return p.watched }
