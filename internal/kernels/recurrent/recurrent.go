// Package recurrent computes recurrent layers over whole sequences, forward and backward: RNN with tanh or ReLU, GRU
// and LSTM, in one or both directions, with LayerNorm or BatchNorm inside the cell if wanted.
//
// A layer is a plan, a Layer. One product gives what the inputs of all steps add to the gates. A step is then one
// product with the hidden states and one pass over the gates. The backward pass goes through the steps the same way,
// and keeps the gradients of the gates, from which one product over all steps gives the gradient of each weight. The
// samples of a batch are cut into parts, and a part goes through its whole sequence on one worker. With BatchNorm the
// parts of all samples go through a step together; see batch.
//
// # Glossary
//
//   - pre-activation: what a gate's sigmoid or tanh takes
//   - gates: the saved values of a step, one row of blocks for each sample; see layout
//   - state: the hidden state h, and for LSTM the cell state c
//   - piece: a part of the samples, or some of a part
//   - live: a sample at a step before the end of its sequence
package recurrent

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Cell says what a layer computes at a step.
type Cell int

const (
	Tanh Cell = iota // h' = tanh(W·x + b + U·h + b')
	ReLU             // h' = max(0, W·x + b + U·h + b')
	GRU              // gates r, z, n
	LSTM             // gates i, f, g, o
)

// Gates returns the number of blocks of Hidden rows of the weights.
func (c Cell) Gates() int { return []int{Tanh: 1, ReLU: 1, GRU: 3, LSTM: 4}[c] }

// Norm says what is normalised inside the cell: the products W·x and U·h, each before the bias, and LSTM's cell state
// before its tanh.
type Norm int

const (
	NoNorm    Norm = iota
	LayerNorm      // over the features of each sample
	BatchNorm      // over the samples of each feature, with statistics of each step
)

// Shape describes a layer. All numbers are at least 1.
type Shape struct {
	Cell       Cell
	N, T       int // samples, steps
	In, Hidden int // features of the input and of the state
	Directions int // 1, or 2 with one that goes from the last step to the first
	TimeFirst  bool
	Norm       Norm
	Eps        float64 // of Norm
}

// layout says where the gates of a sample at a step lie, in blocks of Hidden elements. W·x gives Gates() blocks from
// the first one on, U·h gives as many from block state on.
type layout struct {
	order []int // the weights' gate that W·x gives block i of
	state int
	saved int // blocks of a row of gates
	grads int // the first blocks, which Backward turns into gradients
}

// layouts are the layouts by cell. Tanh and ReLU: h'. GRU: n, r, z and U·h's part of n. LSTM: i, f, g, o and the tanh
// of the cell state.
var layouts = []layout{
	Tanh: {order: []int{0}, saved: 1, grads: 1},
	ReLU: {order: []int{0}, saved: 1, grads: 1},
	GRU:  {order: []int{2, 0, 1}, state: 1, saved: 4, grads: 4},
	LSTM: {order: []int{0, 1, 2, 3}, saved: 5, grads: 4},
}

// Weights are the parameters of a direction, or their gradients. Weights are [Gates·Hidden, In] and [Gates·Hidden,
// Hidden], biases [Gates·Hidden] or nil. The others are nil without a Norm.
type Weights[T kernels.Float] struct {
	Input, State         []T // W and U
	InputBias, StateBias []T

	InputGain, StateGain []T // of the norms of W·x and of U·h, [Gates·Hidden]
	CellGain, CellShift  []T // of the norm of LSTM's cell state, [Hidden]
}

// Statistics are the running mean and variance of a direction's BatchNorms: [T, Gates·Hidden] for W·x and U·h, and
// [T, Hidden] for LSTM's cell state.
type Statistics[T kernels.Float] struct{ Input, State, Cell Moments[T] }

// Moments are running means and variances.
type Moments[T kernels.Float] struct{ Mean, Var []T }

// Call is what a run takes and writes. x is [N, T, In] and y [N, T, Directions·Hidden], or [T, N, …] with TimeFirst.
// States are [Directions, N, Hidden].
type Call[T kernels.Float] struct {
	Y, X    []T
	H, C    []T     // the states before the first step; nil: zeros
	Lengths []int32 // not with BatchNorm: each sample's steps, nil: all T. Later outputs are 0, and states stay
	Weights [2]Weights[T]

	Statistics [2]Statistics[T] // with BatchNorm
	Held       bool             // BatchNorm normalises by Statistics, and does not move them
	Momentum   float64          // the share of a new value in Statistics, unless Held

	// Backward only. Gradients are nil where nobody asks for them.
	DY         []T // nil: zeros
	DFinalH    []T // the gradients of the states after the last step; nil: zeros
	DFinalC    []T
	DX, DH, DC []T
	DWeights   [2]Weights[T]
}

// Layer is the plan of a layer.
type Layer[T kernels.Float] struct {
	Shape
	layout       layout
	width        int // Gates()·Hidden: of the pre-activations
	xn, xt       int // elements of x from one sample, one step to the next
	yn, yt       int
	parts        int // of the samples, in each direction
	directions   []*direction[T]
	call         *Call[T]
	spent        bool    // Backward has overwritten what the last Forward kept
	again        Call[T] // that Forward once more, for a second Backward
	zeros        []T     // a row of the state
	one          []T
	sums         []func() // the products that give the gradients once those of the gates are there
	forwardWork  *parallel.Work
	backwardWork *parallel.Work
	sumWork      *parallel.Work
	batch        *batch[T] // with BatchNorm in place of forwardWork and backwardWork
}

// New returns the plan of a layer.
func New[T kernels.Float](s Shape) *Layer[T] {
	l := &Layer[T]{Shape: s, layout: layouts[s.Cell], width: s.Cell.Gates() * s.Hidden, one: []T{1}}
	l.zeros = kernels.Make[T](s.Hidden)
	width := s.Directions * s.Hidden
	l.xn, l.xt, l.yn, l.yt = s.T*s.In, s.In, s.T*width, width
	if s.TimeFirst {
		l.xn, l.xt, l.yn, l.yt = s.In, s.N*s.In, width, s.N*width
	}
	least := 4 // samples of a part: products of fewer rows are slow
	if s.Norm == BatchNorm {
		least = 8 // parts are claimed at every step
	}
	l.parts = min(kernels.CeilDiv(s.N, least), kernels.MaxParts)
	for i := range s.Directions {
		l.directions = append(l.directions, newDirection(l, i))
	}
	l.forwardWork = l.eachPart(s.T, (*direction[T]).forward)
	l.backwardWork = l.eachPart(s.T, (*direction[T]).backward)
	l.sumWork = parallel.New(func(i, _ int) { l.sums[i]() }).Costs(2 * s.T * l.stepCost())
	if s.Norm == BatchNorm {
		l.batch = newBatch(l)
	}
	return l
}

// stepCost returns about what a step of all samples costs; see parallel.Work.Costs.
func (l *Layer[T]) stepCost() int {
	return l.Directions * l.N * l.width * ((l.In+l.Hidden)/parallel.PerElement + parallel.Smooth)
}

// Forward computes y, and keeps what Backward and Final need.
func (l *Layer[T]) Forward(c *Call[T]) {
	l.check(c)
	l.call, l.spent = c, false
	for _, d := range l.directions {
		d.pack()
	}
	if l.batch != nil {
		l.batch.forward()
	} else {
		l.forwardWork.Run(l.parts * l.Directions)
	}
	l.call = nil
}

// check panics unless the slices of a call have the right lengths.
func (l *Layer[T]) check(c *Call[T]) {
	const op = "recurrent.Layer"
	kernels.CheckLen(op, "y", len(c.Y), l.N*l.T*l.Directions*l.Hidden)
	kernels.CheckLen(op, "x", len(c.X), l.N*l.T*l.In)
	for _, s := range [][]T{c.H, c.C, c.DFinalH, c.DFinalC, c.DH, c.DC} {
		kernels.CheckLenOrNil(op, "state", s, l.Directions*l.N*l.Hidden)
	}
	if c.Lengths != nil {
		kernels.CheckLen(op, "lengths", len(c.Lengths), l.N)
	}
	for i := range l.Directions {
		w := &c.Weights[i]
		kernels.CheckLen(op, "W", len(w.Input), l.width*l.In)
		kernels.CheckLen(op, "U", len(w.State), l.width*l.Hidden)
		kernels.CheckLenOrNil(op, "bias", w.InputBias, l.width)
		kernels.CheckLenOrNil(op, "bias", w.StateBias, l.width)
	}
}

// Final copies the states after the last step to h and, for LSTM, c, each unless nil.
func (l *Layer[T]) Final(h, c []T) {
	for i, d := range l.directions {
		_, last := d.states(d.step(l.T - 1))
		size := l.N * l.Hidden
		if h != nil {
			copy(h[i*size:], d.h[last*size:][:size])
		}
		if c != nil && d.c != nil {
			copy(c[i*size:], d.c[last*size:][:size])
		}
	}
}

// alive returns the end of the run of samples from sample n on that are all live at step t, or all not.
func (l *Layer[T]) alive(t, n, to int) (end int, live bool) {
	lengths := l.call.Lengths
	if lengths == nil {
		return to, true
	}
	live = t < int(lengths[n])
	for end = n + 1; end < to && live == (t < int(lengths[end])); end++ {
	}
	return end, live
}
