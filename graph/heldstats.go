package graph

import (
	"fmt"

	"gorgonia.org/tensor"
)

// heldStats are the batch statistics that runs of a program with Config.Hold have found, in a slice whose length
// depends on the batch size alone. Each layer has a place in it:
//
//	its turn in the run, from 1, and for each virtual batch: values per channel, means, biased variances
type heldStats struct {
	layers []heldLayer // in the order in which they were drawn
	kept   []float64
	turn   int // of the last layer in the run
}

// heldLayer is a layer that moves its running statistics so many times in a run.
type heldLayer struct {
	normLayer
	at, times int
	done      int // of times
}

// add gives a layer its place.
func (h *heldStats) add(n normLayer, times int) (number int) {
	h.layers = append(h.layers, heldLayer{normLayer: n, at: len(h.kept), times: times})
	h.kept = append(h.kept, make([]float64, 1+times*n.statistics())...)
	return len(h.layers) - 1
}

// statistics returns how many numbers say what a batch moves the running statistics by.
func (n *normLayer) statistics() int { return 1 + 2*n.shape[1] }

// begin begins a run.
func (h *heldStats) begin() {
	h.turn = 0
	for i := range h.layers {
		h.layers[i].done = 0
	}
}

// keep keeps what a layer would have been moved by.
func (h *heldStats) keep(number, values int, mean, variance []float64) {
	l := &h.layers[number]
	if l.done == 0 {
		h.turn++
		h.kept[l.at] = float64(h.turn)
	}
	place := h.kept[l.at+1+l.done*l.statistics():]
	place[0] = float64(values)
	copy(place[1:], mean)
	copy(place[1+len(mean):], variance)
	l.done++
}

// Statistics returns the batch statistics that the last Run of a program with Config.Hold has found, for Move. The next
// Run overwrites them. Their number depends on the batch size alone; a model without running statistics has none.
func (p *Program) Statistics() []float64 {
	if p.held == nil {
		return nil
	}
	return p.held.kept
}

// Move moves the running statistics as a Run without Config.Hold would have done. statistics are those of a run of this
// program, or of another program of the same model for the same batch size, perhaps in another process. SetStep must
// have set the step of that run if a layer has a MomentumSchedule.
func (p *Program) Move(statistics []float64) error {
	if p.held == nil {
		return fmt.Errorf("graph: Move in a program that moves running statistics itself: want Config.Hold")
	}
	if len(statistics) != len(p.held.kept) {
		return fmt.Errorf("graph: Move: %d statistics: want %d, as a batch of %d has",
			len(statistics), len(p.held.kept), p.shape[0])
	}
	for turn := range p.held.layers {
		for i := range p.held.layers {
			l := &p.held.layers[i]
			if int(statistics[l.at]) != turn+1 {
				continue
			}
			if err := l.move(statistics[l.at+1:]); err != nil {
				return fmt.Errorf("graph: %s: %w", l.name, err)
			}
		}
	}
	return nil
}

// move moves a layer as its virtual batches do, one after the other.
func (l *heldLayer) move(statistics []float64) error {
	channels := l.shape[1]
	for range l.times {
		values, mean, variance := statistics[0], statistics[1:1+channels], statistics[1+channels:1+2*channels]
		var err error
		if l.mean.Dtype() == tensor.Float32 {
			err = moveRunning[float32](l.normLayer, int(values), mean, variance)
		} else {
			err = moveRunning[float64](l.normLayer, int(values), mean, variance)
		}
		if err != nil {
			return err
		}
		statistics = statistics[l.statistics():]
	}
	return nil
}
