package runs

// Shift splits the change of the test loss from one epoch to a later one, in nats.
type Shift struct {
	Loss       float64 // the whole change, below 0 when the loss fell: Weights + Statistics
	Weights    float64 // the change with recomputed statistics, which follow the weights at once
	Statistics float64 // the rest: how much more running statistics cost than recomputed ones, compared with before
}

// NewShift splits the change of the test loss from the epoch before to the epoch after, given the Diagnostics of
// both. ok is false if one of these has no recalibrated loss. After a drop of the rate a large share of Statistics
// says that much of the gain comes from running statistics that have settled, not from better weights.
func NewShift(before, after Epoch, d, e Diagnostics) (s Shift, ok bool) {
	if d.RecalibratedTestLoss == nil || e.RecalibratedTestLoss == nil {
		return Shift{}, false
	}
	s.Loss = after.TestLoss - before.TestLoss
	s.Weights = *e.RecalibratedTestLoss - *d.RecalibratedTestLoss
	s.Statistics = s.Loss - s.Weights
	return s, true
}
