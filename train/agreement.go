package train

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gorgonia.org/tensor"

	"anneal/cluster"
	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/weights"
)

// begin makes a run of a team ready to exchange, and checks that all ranks begin the same one: settings, data,
// versions, kernels and weights. The context that it returns ends when all ranks have agreed to stop, where ctx ends
// when this rank is asked to.
func (r *run) begin(ctx context.Context) (context.Context, error) {
	if r.team == nil {
		return ctx, nil
	}
	r.team.asked = ctx
	r.team.ctx = withGrace(ctx, r.Grace)
	if r.team.Rank() > 0 {
		r.dead = nil // only rank 0 tells what it sees
	}
	if err := r.compare(ctx); err != nil {
		return nil, err
	}
	return context.WithoutCancel(ctx), r.refuse() // which the same model has in all ranks
}

// agree returns an error if one of the ranks has one, in all of them, so that none waits for another.
func (c Config) agree(ctx context.Context, err error) error {
	if c.Group == nil || c.Group.Size() == 1 {
		return err
	}
	return cluster.Agree(context.WithoutCancel(ctx), c.Group, err)
}

// withGrace returns a context that ends so long after ctx is done, or never if grace is 0.
func withGrace(ctx context.Context, grace time.Duration) context.Context {
	later := context.WithoutCancel(ctx)
	if grace == 0 {
		return later
	}
	later, cancel := context.WithCancelCause(later)
	context.AfterFunc(ctx, func() {
		time.AfterFunc(grace, func() { cancel(fmt.Errorf("asked to stop %v ago", grace)) })
	})
	return later
}

// refuse returns an error for a model whose batches of one update depend on one another.
func (r *run) refuse() error {
	if r.Accumulate == 1 {
		return nil
	}
	layers, err := graph.Describe(r.Model, r.Params, append(tensor.Shape{2}, data.XShapeOf(r.Train)...))
	if err != nil {
		return err
	}
	for _, l := range layers {
		for _, s := range l.Settings {
			if renorm, ok := s.Value.(graph.Renorm); ok {
				return &cluster.Agreed{Err: fmt.Errorf("train: %s has %v, which normalises a batch by statistics that the "+
					"batches before it move: several ranks cannot run the batches of an update; want accumulate 1, or one process",
					l.Name, renorm)}
			}
		}
	}
	return nil
}

// agreement is what the ranks of a team must have in common.
type agreement struct {
	Record   *runs.Record      `json:"record"`
	Versions map[string]string `json:"versions"`
	Weights  string            `json:"weights"`
}

// compare returns, in all ranks, an error that says what differs between two of them.
func (r *run) compare(ctx context.Context) error {
	record, err := r.newRecord(ctx)
	if err = r.agree(ctx, err); err != nil {
		return err
	}
	own, err := json.Marshal(agreement{record.Decisive(), record.Versions, r.weightsHash()})
	if err != nil {
		return err
	}
	messages, err := cluster.Gather(r.team.ctx, r.team.Group, own)
	if err != nil {
		return fmt.Errorf("train: start: %w", err)
	}
	var first agreement
	for rank, m := range messages {
		var a agreement
		if err := json.Unmarshal(m, &a); err != nil {
			return fmt.Errorf("train: start: message of rank %d: %w", rank, err)
		}
		if rank == 0 {
			first = a
		}
		if d := a.differences(first); len(d) > 0 {
			return &cluster.Agreed{Err: fmt.Errorf("train: rank %d and rank 0 do not begin the same run: %s; "+
				"want the same in all ranks", rank, strings.Join(d, "; "))}
		}
	}
	return nil
}

// differences lists what differs between a rank and rank 0.
func (a agreement) differences(first agreement) []string {
	list := a.Record.Differences(first.Record)
	for i, d := range list {
		list[i] = strings.Replace(d, " and was ", " there and is ", 1)
	}
	names := maps.Clone(a.Versions)
	maps.Copy(names, first.Versions)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		here, there := first.Versions[name], a.Versions[name]
		if here != there && !(name == kernelsKey && sameBits(here, there)) {
			list = append(list, fmt.Sprintf("%s is %s there and is %s", name, there, here))
		}
	}
	if len(list) == 0 && a.Weights != first.Weights {
		list = append(list, "the initial weights")
	}
	return list
}

// weightsHash returns the SHA-256 of all parameters and buffers.
func (r *run) weightsHash() string {
	h := sha256.New()
	for _, t := range weights.Tensors(r.Params, "") {
		h.Write([]byte(t.Name))
		h.Write(t.Data)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// ErrApart is wrapped by the error that all ranks get when their weights are no longer the same.
var ErrApart = errors.New("the ranks are no longer of one network")

// compareWeights returns, in all ranks, an error if their weights are not the same after an epoch, as they must be.
func (r *run) compareWeights() error {
	if r.team == nil {
		return nil
	}
	hashes, err := cluster.Gather(r.team.ctx, r.team.Group, []byte(r.weightsHash()))
	if err != nil {
		return r.failed(err)
	}
	for rank, h := range hashes {
		if string(h) != string(hashes[0]) {
			return r.failed(fmt.Errorf("%w: the weights of rank %d are no longer those of rank 0: its memory, processor or "+
				"library computes other bits; resume from the last checkpoint without it", ErrApart, rank))
		}
	}
	return nil
}
