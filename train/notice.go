package train

import (
	"fmt"
	"math"
	"slices"

	"anneal/graph"
	"anneal/runs"
)

// notice tells the observers that something goes wrong, unless the run has told that kind of thing before.
func (r *run) notice(kind, format string, args ...any) error {
	if slices.Contains(r.at.Told, kind) {
		return nil
	}
	r.at.Told = append(slices.Clone(r.at.Told), kind)
	return r.tell(runs.Notice{Epoch: r.at.Epoch, Step: r.at.Step, Kind: kind, Text: fmt.Sprintf(format, args...)})
}

// noticeGuessing tells that the network does no better than guessing, as an evaluation shows.
func (r *run) noticeGuessing(e Evaluation) error {
	if !r.nats() || !e.Guesses() {
		return nil
	}
	loss, accuracy := e.Chance()
	try := "another learning rate"
	if common := slices.Max(e.counts.Predicted); 100*common >= 99*e.Total { // it has collapsed
		try = "a lower learning rate"
	}
	return r.notice(runs.Guessing, "The network does no better than guessing: test loss %.4f, accuracy %.2f%%. "+
		"Knowing only how frequent each class is gives %.4f and %.2f%%. Try %s.",
		e.Loss, 100*e.Accuracy(), loss, 100*accuracy, r.remedies(try))
}

// normed reports whether the model has a BatchNorm.
func (r *run) normed() bool {
	return slices.ContainsFunc(r.Params.All(), func(p *graph.Param) bool { return p.Kind() == graph.Counter })
}

// noticeDiverging watches the loss of an update. It tells that the run is about to diverge when the mean over about ten
// updates is above three times the loss of a network that knows nothing, and three times the lowest that it was.
// Restarts, warm-up and a bad batch stay below the former, and initial weights with a large loss below the latter. Of
// losses other than cross-entropy it knows no scale.
func (r *run) noticeDiverging(loss float64, lr []float64) error {
	if !r.nats() {
		return nil
	}
	nothing := math.Log(float64(max(2, r.Train.Classes())))
	r.at.Trend.Add(loss, 10*nothing)
	t := r.at.Trend
	if !(t.Recent > 3*nothing && t.Recent > 3*t.Lowest) {
		return nil
	}
	return r.notice(runs.Diverging, "The training loss runs away: the mean of the last updates is %.3g or more, and was "+
		"%.3g. At lr %s the run is about to diverge. Try %s.",
		t.Recent, t.Lowest, spellRates(lr), r.remedies("a lower learning rate"))
}

// remedies returns what to try: a rate, the range test that finds it, and batch normalization if the model has none.
func (r *run) remedies(rate string) string {
	rate += ", which a range test (lrfind) finds"
	if !r.normed() {
		rate += ", or batch normalization, as in lenet-bn"
	}
	return rate
}
