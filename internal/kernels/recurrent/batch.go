package recurrent

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// batch runs the steps of a layer with BatchNorm. A step's statistics are of all samples, so all parts of the samples
// come to the same place of a step before any goes on. Statistics are computed there, by one worker.
type batch[T kernels.Float] struct {
	*Layer[T]
	at                                       int // the step at work, counted from a direction's first one
	begin, inputs, step, cell                *parallel.Work
	stepBackward, cellBackward, inputsOfStep *parallel.Work
}

func newBatch[T kernels.Float](l *Layer[T]) *batch[T] {
	b := &batch[T]{Layer: l}
	b.begin = l.eachPart(l.T, func(d *direction[T], p piece) {
		d.multiplyInput(p)
		d.begin(p)
	})
	b.inputs = b.eachStep(func(d *direction[T], t int) {
		s := d.scalers.input
		s.measure(t, s.of(l.all(), t).s, d.call.Statistics[d.index].Input, d.call.Momentum)
		d.normInput(l.all(), t)
	})
	b.step = l.eachPart(1, func(d *direction[T], p piece) {
		if b.at > 0 {
			t := d.step(b.at - 1)
			if d.Cell != LSTM {
				d.normState(p, t)
			}
			d.output(p, t)
		}
		if b.at < d.T {
			d.multiplyState(p, d.step(b.at))
		}
	})
	b.cell = l.eachPart(1, func(d *direction[T], p piece) {
		d.normState(p, d.step(b.at))
		d.cell(p, d.step(b.at))
	})
	b.stepBackward = l.eachPart(1, func(d *direction[T], p piece) {
		if b.at == d.T-1 {
			d.beginBackward(p)
		} else {
			t := d.step(b.at + 1)
			d.normStateBackward(p, t)
			d.multiplyDH(p, t)
		}
		if b.at >= 0 {
			d.outputBackward(p, d.step(b.at))
		} else {
			d.endBackward(p)
		}
	})
	b.cellBackward = l.eachPart(1, func(d *direction[T], p piece) { d.cellBackward(p, d.step(b.at)) })
	b.inputsOfStep = b.eachStep(func(d *direction[T], t int) {
		d.scalers.input.sum(t, d.gatesOf(l.all(), t))
		d.normInputBackward(l.all(), t)
	})
	return b
}

// eachStep returns the work whose parts are the steps of a direction.
func (b *batch[T]) eachStep(f func(d *direction[T], t int)) *parallel.Work {
	return parallel.New(func(i, _ int) { f(b.directions[i/b.T], i%b.T) }).Costs(b.T * b.stepCost())
}

func (b *batch[T]) forward() {
	for _, d := range b.directions {
		d.scalers.hold(b.call.Held)
	}
	parts := b.parts * b.Directions
	b.begin.Run(parts)
	b.inputs.Run(b.T * b.Directions)
	for b.at = range b.T {
		b.step.Run(parts)
		for _, d := range b.directions {
			s, t := d.scalers.state, d.step(b.at)
			s.measure(t, s.of(b.all(), t).s, b.call.Statistics[d.index].State, b.call.Momentum)
		}
		if b.Cell != LSTM {
			continue
		}
		b.cell.Run(parts)
		for _, d := range b.directions {
			t := d.step(b.at)
			_, after := d.states(t)
			d.scalers.cell.measure(t, d.rowsOf(d.c, after, b.all()), b.call.Statistics[d.index].Cell, b.call.Momentum)
		}
	}
	b.at = b.T
	b.step.Run(parts)
}

func (b *batch[T]) backward() {
	parts := b.parts * b.Directions
	for b.at = b.T - 1; b.at >= 0; b.at-- {
		b.stepBackward.Run(parts)
		if b.Cell == LSTM {
			for _, d := range b.directions {
				d.scalers.cell.sum(d.step(b.at), rows[T]{d.dm, d.Hidden})
			}
			b.cellBackward.Run(parts)
		}
		for _, d := range b.directions {
			d.scalers.state.sum(d.step(b.at), d.stateGates(b.all(), d.step(b.at)))
		}
	}
	b.stepBackward.Run(parts)
	b.inputsOfStep.Run(b.T * b.Directions)
}
