package train

import (
	"context"

	"anneal/cluster"
	"anneal/data"
	"anneal/graph"
)

// deal makes Run deal the batches to the ranks of a team, if there is one. All ranks then call it together, and get the
// same result, which is that of one process. Metrics want the outputs of all samples: with them every rank evaluates
// all.
func (e *Evaluator) deal(t *team) (err error) {
	if e == nil || t == nil {
		return nil
	}
	e.team = t
	e.own, err = data.NewLoader(e.set, data.Options{
		Batch: e.batch, Take: func(batch int) bool { return batch%t.Size() == t.Rank() },
	})
	return err
}

// runDealt is Run in a team. The message of a rank has, for each of its batches, the mean and the weight of each term
// of the loss, and then its counts of classes.
func (e *Evaluator) runDealt(ctx context.Context) (Evaluation, error) {
	p, err := e.runner.Program(e.batch)
	if err != nil {
		return Evaluation{}, err
	}
	counts := newTally(p.Classes())
	terms := p.Terms()
	var message []float64
	failure := e.each(ctx, e.own, func(p *graph.Program, b data.Batch) {
		for _, t := range p.Terms() {
			message = append(message, t.Mean, t.Weight)
		}
		if e.runner.classifies {
			counts.count(graph.Float64s(p.Logits()), b.Labels)
		}
	})
	if err := cluster.Agree(e.team.ctx, e.team.Group, failure); err != nil {
		return Evaluation{}, err
	}
	for _, list := range counts.lists() {
		for _, n := range list {
			message = append(message, float64(n))
		}
	}
	messages, err := cluster.Gather(e.team.ctx, e.team.Group, bytesOf(message))
	if err != nil {
		return Evaluation{}, err
	}
	numbers := make([][]float64, len(messages))
	for rank, m := range messages {
		numbers[rank] = view[float64](m)
	}
	var loss lossMean
	for batch := range e.loader.Batches() {
		rank := batch % e.team.Size()
		for i := range terms {
			terms[i].Mean, terms[i].Weight, numbers[rank] = numbers[rank][0], numbers[rank][1], numbers[rank][2:]
		}
		loss.add(terms)
	}
	result := Evaluation{Total: e.set.Len(), Loss: loss.value()}
	if e.runner.classifies {
		all := newTally(p.Classes())
		for _, rest := range numbers {
			for _, list := range all.lists() {
				for i := range list {
					list[i], rest = list[i]+int(rest[0]), rest[1:]
				}
			}
		}
		all.into(&result)
	}
	return result, nil
}

// lists returns all counts of t.
func (t *tally) lists() [][]int {
	return append([][]int{t.Labelled, t.Predicted, t.Right}, t.confusion...)
}
