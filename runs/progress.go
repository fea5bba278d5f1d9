package runs

import "anneal/schedules"

// Progress is how far a run has come. With the parameters and the solver's state it is all that the run needs to
// continue: randomness depends on the seed and these counters alone. A checkpoint holds it as JSON.
type Progress struct {
	Step    int              `json:"step"`          // updates done
	Epoch   int              `json:"epoch"`         // the one under way, counted from 1
	Batch   int              `json:"batch"`         // its batches done, in the order of the epoch, all of whole updates
	Seen    int              `json:"seen"`          // the samples in them
	LossSum float64          `json:"loss_sum"`      // the losses of these samples, before the updates
	LR      []float64        `json:"lr"`            // the rate of the last update, one per parameter group
	Seconds float64          `json:"train_seconds"` // of the epoch so far
	Last    schedules.Metric `json:"last_loss"`     // the last finite loss, NaN before the first

	// Updates are the layers' UpdateRatios in the last update of an epoch; see Diagnostics.
	Updates []schedules.Metric `json:"update_ratios,omitempty"`

	Evaluated    int              `json:"epochs"`        // epochs
	BestAccuracy float64          `json:"best_accuracy"` // on the test samples
	BestEpoch    int              `json:"best_epoch"`    // the first that had BestAccuracy, 0 if none was evaluated
	BestLoss     schedules.Metric `json:"best_loss"`     // on the test samples, +Inf before the first

	Averaged int `json:"averaged,omitempty"` // epochs in the equal average of the weights; see Settings.SWA

	Choice Choice `json:"choice,omitzero"` // the best epoch so far; see Choose

	Plateaus []*schedules.PlateauState `json:"plateaus"`            // state of each schedule: the run's, then the groups'
	Patience *PatienceState            `json:"patience,omitempty"`  // nil without early stopping
	Scale    Scale                     `json:"scale,omitzero"`      // of the schedules' rates
	Lines    int                       `json:"metrics_lines"`       // in metrics.jsonl
	Unlogged LossMean                  `json:"since_line,omitzero"` // the losses since its last line of a step
	Seed     uint64                    `json:"seed"`                // of dropout
	Told     []string                  `json:"told,omitempty"`      // the kinds of Notices
	Trend    Trend                     `json:"trend,omitzero"`      // of the loss
}

// Add counts a batch of n samples, whose mean loss before the update is loss.
func (p *Progress) Add(n int, loss float64) {
	p.Batch++
	p.Seen += n
	p.LossSum += loss * float64(n)
	p.Unlogged.Add(n, loss)
}

// Evaluate counts an evaluated epoch.
func (p *Progress) Evaluate(e Epoch) {
	p.Evaluated++
	if !e.NoClasses && (p.BestEpoch == 0 || e.TestAccuracy > p.BestAccuracy) {
		p.BestEpoch, p.BestAccuracy = e.Epoch, e.TestAccuracy
	}
	p.BestLoss = min(p.BestLoss, schedules.Metric(e.TestLoss))
}

// NextEpoch begins another epoch.
func (p *Progress) NextEpoch() {
	p.Epoch++
	p.Batch, p.Seen, p.LossSum, p.Seconds = 0, 0, 0, 0
}

// Scale multiplies every scheduled rate by To/From, so that a scheduled rate of From becomes exactly To. The zero value
// leaves rates as they are.
type Scale struct {
	From float64 `json:"from"` // what the schedule gave the first group at the last SetRate
	To   float64 `json:"to"`   // the rate that the command asked for
}

// Of returns a scheduled rate scaled.
func (s Scale) Of(rate float64) float64 {
	if s == (Scale{}) {
		return rate
	}
	return rate / s.From * s.To
}

// PatienceState is what early stopping remembers.
type PatienceState struct {
	Best   schedules.Metric `json:"best"`   // of the last improvement
	Waited int              `json:"waited"` // epochs since
}

// Trend is where the loss of the updates goes.
type Trend struct {
	Recent float64 `json:"recent"` // a moving average over about ten updates
	Lowest float64 `json:"lowest"` // that it has had
}

// Add adds the loss of an update. A loss far above high counts as high: a single batch says little.
func (t *Trend) Add(loss, high float64) {
	loss = min(loss, high)
	if *t == (Trend{}) {
		*t = Trend{loss, loss}
		return
	}
	t.Recent += (loss - t.Recent) / 10
	t.Lowest = min(t.Lowest, t.Recent)
}
