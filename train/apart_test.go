package train_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/cluster"
	"anneal/graph"
	"anneal/internal/safetensors"
	"anneal/runs"
	"anneal/train"
	"anneal/weights"
)

// When a weight of one rank changes by itself, all ranks end after the epoch with the same error, and nothing more is
// saved.
func TestRanksApart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	failures := together(2, func(g cluster.Group) error {
		c := teamConfig(t)
		c.Dir, c.Group, c.Params = dir, g, graph.NewParams(c.Seed, tensor.Float32)
		c.Observers = []runs.Observer{func(e runs.Event) error { // of rank 0
			if step, ok := e.(runs.Step); ok && step.Step == 1 {
				c.Params.All()[0].Value().Data().([]float32)[0]++
			}
			return nil
		}}
		_, err := train.Run(context.Background(), c)
		return err
	})
	for rank, err := range failures {
		if !errors.Is(err, train.ErrApart) || err.Error() != failures[0].Error() {
			t.Errorf("rank %d: got %v, want %v", rank, err, train.ErrApart)
		}
	}
	f, err := safetensors.Read(filepath.Join(dir, runs.LastFile))
	if err != nil || !strings.Contains(f.Metadata[weights.ProgressKey], `"step":0,`) {
		t.Errorf("got the checkpoint %s, %v, want that of the beginning", f.Metadata[weights.ProgressKey], err)
	}
}
