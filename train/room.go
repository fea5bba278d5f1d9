package train

import (
	"fmt"

	"gorgonia.org/gorgonia"

	"anneal/graph"
	"anneal/internal/memory"
	"anneal/solvers"
)

// checkRoom returns an error if there is no memory for what, which takes that many bytes.
func checkRoom(what string, bytes int64) error {
	if err := memory.Check(bytes); err != nil {
		return fmt.Errorf("train: %s: %w", what, err)
	}
	return nil
}

// paramBytes returns the bytes of all parameters.
func paramBytes(params *graph.Params) (bytes int64) {
	for _, p := range params.All() {
		bytes += sizeOf(p)
	}
	return bytes
}

// gradientBytes returns the bytes of all gradients. Each has as many as its parameter.
func gradientBytes(gradients []gorgonia.ValueGrad) (bytes int64) {
	for _, g := range gradients {
		bytes += sizeOf(paramOf(g))
	}
	return bytes
}

func sizeOf(p *graph.Param) int64 { return int64(p.Value().MemSize()) }

// prepareCheckpoint sets memory aside for the checkpoints of a run with a folder. Writing one takes a copy of the
// solver's state, then all tensors as bytes, then the file. Resuming takes two copies of the state, which is less.
func (r *run) prepareCheckpoint() error {
	if r.Dir == "" {
		return nil
	}
	state := int64(solvers.MemoryOf(r.solver))
	tensors := paramBytes(r.Params) + state
	if r.average != nil {
		tensors += paramBytes(r.average.params)
	}
	bytes := state + 2*tensors
	if err := checkRoom("a checkpoint", bytes); err != nil {
		return err
	}
	r.unclaim = memory.Claim(r, bytes)
	return nil
}
