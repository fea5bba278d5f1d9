package train

import (
	"fmt"
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
	if !e.Guesses() {
		return nil
	}
	loss, accuracy := e.Chance()
	try := "another learning rate"
	if common := slices.Max(e.counts.Predicted); 100*common >= 99*e.Total { // it has collapsed
		try = "a lower learning rate"
	}
	try += ", which a range test (lrfind) finds"
	if !r.normed() {
		try += ", or batch normalization, as in lenet-bn"
	}
	return r.notice(runs.Guessing, "The network does no better than guessing: test loss %.4f, accuracy %.2f%%. "+
		"Knowing only how frequent each class is gives %.4f and %.2f%%. Try %s.",
		e.Loss, 100*e.Accuracy(), loss, 100*accuracy, try)
}

// normed reports whether the model has a BatchNorm.
func (r *run) normed() bool {
	return slices.ContainsFunc(r.Params.All(), func(p *graph.Param) bool { return p.Kind() == graph.Counter })
}
