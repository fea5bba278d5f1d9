package graph

import (
	"errors"
	"fmt"
	"slices"

	"gorgonia.org/tensor"
)

// LossTerm is one term of a program's loss, of the last batch.
type LossTerm struct {
	Name   string  // of the output that it is on; "": the model's own result
	Factor float64 // in the loss
	// Mean is the mean over what the loss counts, such as samples by the weights of their classes, and Weight is what that
	// adds up to: the mean over several batches is Σ Weight·Mean / Σ Weight. Where nothing counts, Mean is NaN and Weight
	// 0. A loss that is a sum has its mean over the samples. A loss of a user's counts each sample as 1.
	Mean, Weight float64
}

// lossTerm is a term of a program's loss.
type lossTerm struct {
	result
	name   string
	factor float64
	meter  *meter // nil: the result is the mean over the samples
	whole  bool   // it is all of the loss
}

// meter says what the last run of a loss has counted.
type meter struct {
	mean func() (mean, weight float64)
	sum  bool // the loss is a sum
}

// drawLoss draws the loss, with the penalties of a training program, and the program's terms.
func (p *Program) drawLoss(b *Builder, loss Loss, outputs map[string]*Node) *Node {
	b.losing = true
	defer func() { b.losing = false }()
	terms, ok := loss.(Sum)
	if !ok {
		t, is := loss.(Term)
		if !is {
			t = Term{Loss: loss}
		}
		terms = Sum{t}
	}
	n, drawn := b.drawTerms(terms, Results{b: b, outputs: outputs})
	p.terms = drawn
	if len(b.penalties) > 0 && b.err == nil {
		n = b.addScalars(append([]*Node{n}, b.penalties...), nil)
	}
	return n
}

// drawTerms draws the sum of terms.
func (b *Builder) drawTerms(terms Sum, r Results) (*Node, []*lossTerm) {
	if len(terms) == 0 {
		return b.Fail(errors.New("graph: the loss is a Sum of nothing: want one term at least")), nil
	}
	var list []*lossTerm
	var nodes []*Node
	var factors []float64
	plain := len(terms) == 1
	for _, t := range terms {
		n := t.Draw(b, r)
		if b.err != nil {
			return nil, nil
		}
		if n == nil || n.Dtype() != b.params.dtype || !n.IsScalar() {
			return b.Fail(fmt.Errorf("graph: the loss %v is %s: want a scalar of type %v",
				t.Loss, shapeOf(n), b.params.dtype)), nil
		}
		factor := t.Factor
		if factor == 0 {
			factor = 1
		}
		plain = plain && factor == 1
		term := &lossTerm{name: t.Output, factor: factor, meter: b.meters[n]}
		term.result.at(n)
		list, nodes, factors = append(list, term), append(nodes, n), append(factors, factor)
	}
	if plain {
		return nodes[0], list
	}
	return b.addScalars(nodes, factors), list
}

// addScalars draws Σ factors·nodes of scalars. nil stands for factors of 1.
func (b *Builder) addScalars(nodes []*Node, factors []float64) *Node {
	if factors == nil {
		for range nodes {
			factors = append(factors, 1)
		}
	}
	return b.Op(Op{
		Kind: "Sum", Inputs: nodes, Shape: tensor.ScalarShape(), Reads: []int{},
		Float32: func() Plan[float32] { return addPlan[float32](factors) },
		Float64: func() Plan[float64] { return addPlan[float64](factors) },
	})
}

func addPlan[T Float](factors []float64) Plan[T] {
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			sum := 0.0
			for i, f := range factors {
				sum += f * float64(c.X[i][0])
			}
			c.Y[0] = T(sum)
			return nil
		},
		Backward: func(c *Call[T]) error {
			for i, f := range factors {
				if c.DX[i] != nil {
					c.DX[i][0] = T(f) * c.DY[0]
				}
			}
			return nil
		},
	}
}

// MeanLoss returns Loss, but that a term which is a sum counts with its mean over the samples. If there is one,
// penalties do not count.
func (p *Program) MeanLoss() float64 {
	if !slices.ContainsFunc(p.terms, func(t *lossTerm) bool { return t.meter != nil && t.meter.sum }) {
		return p.Loss()
	}
	loss := 0.0
	for _, t := range p.Terms() {
		loss += t.Factor * t.Mean
	}
	return loss
}

// Terms returns the terms of the loss, those of a Sum in its order. A program without a loss has none.
func (p *Program) Terms() []LossTerm {
	list := make([]LossTerm, len(p.terms))
	for i, t := range p.terms {
		list[i] = LossTerm{Name: t.name, Factor: t.factor, Weight: float64(p.shape[0])}
		switch {
		case t.meter != nil:
			list[i].Mean, list[i].Weight = t.meter.mean()
		case t.whole:
			list[i].Mean = p.Loss()
		default:
			list[i].Mean = float(&t.result)
		}
	}
	return list
}
