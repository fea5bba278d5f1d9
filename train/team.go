package train

import (
	"context"
	"fmt"
	"time"

	"gorgonia.org/tensor"

	"anneal/cluster"
	"anneal/internal/plural"
)

// team is the ranks that train together, as one of them sees them. It deals the batches of each update to the ranks in
// turn and gathers what they have computed. Batches that the ranks run at the same time are a round. After a round
// every rank has, of each of its batches: the loss, the batch statistics, and the rank's own slice of the gradient. It
// adds the slices of an update in the order of the batches, as one process does, and all gather the sums.
//
// Every decision follows from what all ranks have gathered, so all take it in the same step.
type team struct {
	cluster.Group
	ctx           context.Context // of exchanges: it does not end when the run is asked to stop
	asked         context.Context // that is done when this rank is asked to stop
	accumulate    int
	gradient      gradientSlices
	send          []byte // for each rank, its slice of this rank's gradient, and the head
	receive       []byte // from each rank, this rank's slice, and the head
	gathered      []byte // the slices of an update's gradient
	head          int    // numbers: see the constants
	contributions []contribution
	failure       error // of this rank's batch
	exchanging    time.Duration
}

// The numbers in a head, before the batch statistics.
const (
	headFailed = iota // 1 if the rank cannot run its batch
	headLoss
	headSamples
	headStatistics
)

// ofRank returns c without what only rank 0 has.
func (c Config) ofRank() Config {
	if c.Group != nil && c.Group.Rank() > 0 {
		c.Dir, c.Observers, c.Commands = "", nil, nil
	}
	return c
}

// newTeam returns the team of a run, or nil if it has one process.
func newTeam(group cluster.Group, accumulate int) *team {
	if group == nil || group.Size() == 1 {
		return nil
	}
	return &team{Group: group, accumulate: accumulate}
}

// prepare makes the messages, for the gradients and statistics of r's programs.
func (t *team) prepare(r *runner) error {
	elements := 0
	for i, size := range r.Sizes() {
		p, err := r.Program(size)
		if err != nil {
			return err
		}
		t.head = max(t.head, headStatistics+len(p.Statistics()))
		for _, g := range p.Gradients() {
			if i == 0 {
				elements += paramOf(g).Value().DataSize()
			}
		}
	}
	gradient := int64(elements) * int64(r.dtype.Size())
	if err := checkRoom("what ranks exchange", 3*gradient+gradient/int64(t.Size())); err != nil {
		return err
	}
	if r.dtype == tensor.Float32 {
		t.gradient = newGradientSlices[float32](elements, t.Size())
	} else {
		t.gradient = newGradientSlices[float64](elements, t.Size())
	}
	n := t.Size() * (t.gradient.bytes() + 8*t.head)
	t.send, t.receive = make([]byte, n), make([]byte, n)
	t.gathered = make([]byte, t.Size()*t.gradient.bytes())
	return nil
}

// exchanged returns the seconds of an epoch's exchanges, and begins another epoch.
func (t *team) exchanged() float64 {
	s := t.exchanging.Round(time.Millisecond).Seconds()
	t.exchanging = 0
	return s
}

// warnings says what is odd about the number of ranks.
func (t *team) warnings() []string {
	if t == nil || t.Size() <= t.accumulate {
		return nil
	}
	return []string{fmt.Sprintf("%d ranks for the %s of an update: %d have no batches; with --accumulate %d all have "+
		"some, which is another run", t.Size(), plural.Of(t.accumulate, "batch"), t.Size()-t.accumulate, t.Size())}
}
