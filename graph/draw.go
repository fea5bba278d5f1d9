package graph

import (
	"fmt"
	"maps"
	"slices"
)

// draw draws the inputs, the model and the loss. It returns the nodes of the outputs, the model's own result first, and
// of the loss, which may be nil.
func (p *Program) draw(b *Builder, model Model, cfg Config) (ends []*Node, loss *Node, err error) {
	if err := checkShape(cfg.Shape); err != nil {
		return nil, nil, err
	}
	room := roomOf(cfg.MaxBytes, b.params.dtype)
	if err := room.check(numbersIn(cfg.Shape), "graph: input of shape %v", cfg.Shape); err != nil {
		return nil, nil, err
	}
	p.shape, b.batch = cfg.Shape.Clone(), cfg.Shape[0]
	x := func() *Node { return input(b, cfg.Shape) }
	if p.x = b.withType(x, x); b.err != nil {
		return nil, nil, b.err
	}
	b.x = p.x
	outputs, err := p.drawModel(b, model)
	if err != nil {
		return nil, nil, err
	}
	logits := outputs[""]
	classifies := logits != nil && logits.Dims() == 2
	if classifies {
		p.classes = logits.Shape()[1]
	}
	drawn := cfg.Loss
	switch {
	case drawn != nil && cfg.LabelSmoothing != 0:
		return nil, nil, fmt.Errorf("graph: label smoothing %v beside the loss %v: want it in the loss",
			cfg.LabelSmoothing, drawn)
	case drawn == nil && cfg.anyLoss && (!classifies || len(b.named) > 0):
		drawn = meanSquares(outputs)
	case drawn == nil && classifies:
		drawn = CrossEntropy{LabelSmoothing: cfg.LabelSmoothing}
	case drawn == nil && cfg.Mode == Train:
		return nil, nil, fmt.Errorf("graph: the model's result is %v, want logits [%d, classes], or another loss",
			shapeOf(logits), cfg.Shape[0])
	}
	if drawn != nil {
		loss = p.drawLoss(b, drawn, outputs)
	}
	if b.err == nil && cfg.Loss != nil {
		b.err = b.admit(p.x, loss)
	}
	p.feeds, p.named = b.feeds, b.named
	for _, name := range append([]string{""}, b.named...) {
		if n := outputs[name]; n != nil {
			ends = append(ends, n)
		}
	}
	return ends, loss, b.err
}

// drawModel draws the model and returns its outputs by name, of which "" is the model's own result.
func (p *Program) drawModel(b *Builder, model Model) (map[string]*Node, error) {
	outputs := make(map[string]*Node)
	own := b.run(model, p.x)
	if b.err != nil {
		return nil, b.err
	}
	if own != nil {
		outputs[""] = own
	} else if len(b.named) == 0 {
		return nil, fmt.Errorf("graph: the model's result is nil, want logits [%d, classes], or named outputs", b.batch)
	}
	names := slices.Clone(b.named)
	for _, name := range names {
		outputs[name] = b.outputs[name]
	}
	if own != nil {
		names = append(names, "")
	}
	p.results = make(map[string]*result)
	for _, name := range names {
		n := outputs[name]
		if n == nil || n.Dims() < 1 || n.Shape()[0] != b.batch || n.Dtype() != b.params.dtype {
			what := "the model's result"
			if name != "" {
				what = fmt.Sprintf("output %q", name)
			}
			return nil, fmt.Errorf("graph: %s is %v, want logits [%d, classes], or another shape that begins with %d",
				what, shapeOf(n), b.batch, b.batch)
		}
		if err := b.admit(p.x, n); err != nil {
			return nil, err
		}
		if name != "" {
			p.results[name] = new(result).at(n)
		}
	}
	p.logits.node = own
	return outputs, nil
}

// meanSquares returns MSE of all outputs.
func meanSquares(outputs map[string]*Node) Loss {
	var terms Sum
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		terms = append(terms, Term{Loss: MSE{}, Output: name, Target: targetName + " of " + name})
	}
	return terms
}
