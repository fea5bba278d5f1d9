package graph

import (
	"fmt"
	"math"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// Program is a model compiled for one mode and one batch size. It runs on a Gorgonia TapeMachine, unless
// Config.Direct says otherwise. Programs of one Params share its tensors and must not run at the same time. Programs
// of different Params may.
type Program struct {
	machine   gorgonia.VM // nil if direct
	direct    *direct
	x         *Node
	shape     tensor.Shape // of x
	reads     bool         // the machine's graph takes x
	feeds     []*feed
	classes   int                // of the logits
	logits    result             // the model's own result; its node is nil if there is none
	results   map[string]*result // the others, by name
	named     []string           // their names, in the model's order
	loss      result             // its node is nil if there is none
	terms     []*lossTerm
	gradients []gorgonia.ValueGrad
	input     result // of the layer that Config.UpTo names
	watched   []*Watched
	kept      []*Kept
	outputs   gorgonia.Nodes // what a run computes: logits, loss, gradients, what is watched; or the input alone
	params    map[*Node]*Param
	ops       []*op   // each after those that it needs
	shared    int     // elements of the memory that results share
	numbers   float64 // in the input and in the results
	step      *uint64
	held      *heldStats // nil without Config.Hold
}

// result is a node with its value after a run, which is the memory of an op of ours, shared with no other.
type result struct {
	node  *Node
	value gorgonia.Value
}

// at makes r the result that n computes, and returns r.
func (r *result) at(n *Node) *result {
	r.node = n
	return r
}

// keep makes each result hold its node's value after each run, and returns the nodes that compute them. The op of a
// node keeps its value if it is ours. The value of a stock op, an input or a parameter is not for readers to write to
// or may change, and two results must not share one memory, so keep draws copies of these.
func (b *Builder) keep(results []*result) gorgonia.Nodes {
	kept := make(map[*Node]bool)
	var outputs gorgonia.Nodes
	for _, r := range results {
		n := r.node
		if _, ours := n.Op().(*op); !ours || kept[n] {
			n = b.withType(
				func() *Node { return readout[float32](b, r.node) },
				func() *Node { return readout[float64](b, r.node) })
		}
		if b.err != nil {
			return nil
		}
		kept[n] = true
		r.value = n.Op().(*op).output()
		outputs = append(outputs, n)
	}
	return outputs
}

// readout draws a copy of n for readers of a result.
func readout[T kernels.Float](b *Builder, n *Node) *Node {
	y := newOp[T](b, "result", n.Shape())
	y.reads = true
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		if y.shape.IsScalar() {
			x, err := scalar(in[0])
			setScalar(out, x)
			return err
		}
		copy(Floats[T](out), Floats[T](in[0]))
		return nil
	}
	return b.apply(y, n)
}

// Run runs the program forward on a batch and, in Train mode, backward. x has the shape that the program was compiled
// for. It is bound, not copied, and must stay as it is until Run returns. labels are the classes, one per sample; they
// are ignored if the loss takes none. named has what else the model and the loss take, and is copied; labels can be in
// it too. If all that the loss takes is missing, Loss means nothing afterwards. It is an error if x has another shape
// or type, if there is another number of labels, if a label is not a class, or if a name is wrong or missing.
func (p *Program) Run(x *tensor.Dense, labels []int32, named ...Named) error {
	if !x.Shape().Eq(p.shape) || x.Dtype() != p.x.Dtype() {
		return fmt.Errorf("graph: a batch of shape %v and type %v: this program takes %v of %v",
			x.Shape(), x.Dtype(), p.shape, p.x.Dtype())
	}
	if err := p.take(labels, named); err != nil {
		return err
	}
	if p.held != nil {
		p.held.begin()
	}
	if p.direct != nil {
		if err := p.direct.run(x); err != nil {
			return fmt.Errorf("graph: %w", err)
		}
		return nil
	}
	if p.reads {
		if err := gorgonia.Let(p.x, x); err != nil {
			return fmt.Errorf("graph: %w", err)
		}
	}
	defer p.machine.Reset()
	if err := p.machine.RunAll(); err != nil {
		return fmt.Errorf("graph: %w", err)
	}
	return nil
}

// SetStep sets the step for which the next Run samples dropout masks: the same seed, layer and step give the same mask.
func (p *Program) SetStep(step uint64) { *p.step = step }

// Loss returns the loss of the last batch, the mean cross-entropy in nats unless Config has another. In a training
// program it has the penalties in it. It is NaN if the program has no loss.
func (p *Program) Loss() float64 {
	if p.loss.value == nil {
		return math.NaN()
	}
	return float(&p.loss)
}

// float returns the number that r holds, a scalar that Compile drew as one.
func float(r *result) float64 {
	x, err := scalar(r.value)
	if err != nil {
		panic("graph: a loss is not a scalar: " + err.Error())
	}
	return x
}

// Classes returns the number of classes that the model distinguishes, the width of its logits. It is 0 if the model's
// own result is not [N, classes].
func (p *Program) Classes() int { return p.classes }

// Logits returns the model's own result for the last batch, [N, classes] or whatever else it is. The next Run
// overwrites it. A model that has only named outputs has none, which is a panic: see Output.
func (p *Program) Logits() *tensor.Dense { return p.logits.value.(*tensor.Dense) }

// Gradients returns each trainable parameter with ∂loss/∂parameter as the last Run left it, in the order of Params.
// Each element is a *Gradient. An evaluation program has none.
func (p *Program) Gradients() []gorgonia.ValueGrad { return p.gradients }

// nodeOf returns the node of an output, "" standing for the model's own result, or nil.
func (p *Program) nodeOf(output string) *Node {
	if output == "" {
		return p.logits.node
	}
	return p.results[output].node
}

// ends lists the nodes of the outputs, the model's own result last.
func (p *Program) ends() (list []*Node) {
	for _, name := range p.named {
		list = append(list, p.results[name].node)
	}
	if p.logits.node != nil {
		list = append(list, p.logits.node)
	}
	return list
}

// Input returns the input of the layer that Config.UpTo names, as the last Run left it. The next Run overwrites it.
func (p *Program) Input() *tensor.Dense { return dense(p.input.value) }

// Watched returns the layers that have parameters, each after those that it depends on, or nil without Config.Watch.
func (p *Program) Watched() []*Watched { return p.watched }
