package graph

import (
	"fmt"

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
	shape     tensor.Shape  // of x
	labels    *tensor.Dense // the value of the labels' node
	classes   int           // of the logits
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

// result is a node with its value after a run, which is the memory that an op of ours owns.
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
// for. It is bound, not copied, and must stay as it is until Run returns. labels are the classes, one per sample; if
// they are nil, Loss means nothing afterwards. It is an error if x has another shape or type, if there is another
// number of labels, or if a label is not a class.
func (p *Program) Run(x *tensor.Dense, labels []int32) error {
	if !x.Shape().Eq(p.shape) || x.Dtype() != p.x.Dtype() {
		return fmt.Errorf("graph: a batch of shape %v and type %v: this program takes %v of %v",
			x.Shape(), x.Dtype(), p.shape, p.x.Dtype())
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

// SetStep sets the step for which the next Run samples dropout masks: the same seed, layer and step give the same mask.
func (p *Program) SetStep(step uint64) { *p.step = step }

// Loss returns the mean cross-entropy of the last batch, in nats.
func (p *Program) Loss() float64 {
	loss, err := scalar(p.loss.value)
	if err != nil {
		panic("graph: the loss is not a scalar: " + err.Error()) // Compile drew it as one
	}
	return loss
}

// Classes returns the number of classes that the model distinguishes, the width of its logits.
func (p *Program) Classes() int { return p.classes }

// Logits returns the model's results for the last batch, [N, classes]. The next Run overwrites them.
func (p *Program) Logits() *tensor.Dense { return p.logits.value.(*tensor.Dense) }

// Gradients returns each trainable parameter with ∂loss/∂parameter as the last Run left it, in the order of Params.
// Each element is a *Gradient. An evaluation program has none.
func (p *Program) Gradients() []gorgonia.ValueGrad { return p.gradients }

// Input returns the input of the layer that Config.UpTo names, as the last Run left it. The next Run overwrites it.
func (p *Program) Input() *tensor.Dense { return dense(p.input.value) }

// Watched returns the layers that have parameters, each after those that it depends on, or nil without Config.Watch.
func (p *Program) Watched() []*Watched { return p.watched }
