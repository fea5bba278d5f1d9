package own

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// config trains a network to tell which half of an image is brighter.
func config(t *testing.T, solver solvers.Algorithm) train.Config {
	t.Helper()
	const n = 60
	r := rand.New(rand.NewPCG(1, 2))
	pixels, labels := make([]float32, 4*n), make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % 2)
		for k := range 4 {
			pixels[4*i+k] = float32(r.NormFloat64()/2) + float32(int(labels[i])^k/2)
		}
	}
	set, err := data.NewMemory([3]int{1, 2, 2}, 2, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	half := 0.5
	return train.Config{
		Model: func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("fc2", b.ReLU(b.BatchNorm("bn", b.Linear("fc1", b.Flatten(x), 8))), 2)
		},
		Train: set, Test: set, Solver: solver, Schedule: schedules.ExponentialLR{Gamma: 0.9},
		Tuning: solvers.Tuning{
			Groups:   []solvers.Group{{Pattern: "fc2.*", LR: &half}, {Pattern: "bn.*", Solver: "SGD(lr=0.01, momentum=0.9)"}},
			ClipNorm: 1,
		},
		Settings: train.Settings{Epochs: 4, Batch: 16},
		Dir:      filepath.Join(t.TempDir(), "run"),
	}
}

// A run that stops and resumes ends with the bits of one that does not, and config.json has the settings.
func TestResume(t *testing.T) {
	for _, solver := range []solvers.Algorithm{
		Signum{LR: 0.02, Momentum: 0.9, WeightDecay: 0.01}, Normalised{LR: 0.1},
	} {
		straight := config(t, solver)
		result, err := train.Run(t.Context(), straight)
		if err != nil {
			t.Fatal(err)
		}
		if accuracy := result.End.TestAccuracy; !(accuracy >= 0.85) {
			t.Errorf("%v: accuracy %v, want 0.85 or more", solver, accuracy)
		}
		stopped := config(t, solver)
		ctx, cancel := context.WithCancel(t.Context())
		stopped.Observers = []runs.Observer{func(e runs.Event) error {
			if s, ok := e.(runs.Step); ok && s.Step == 6 {
				cancel()
			}
			return nil
		}}
		if r, err := train.Run(ctx, stopped); err != nil || r.End.Reason != runs.Interrupted {
			t.Fatalf("%v: got %+v, %v", solver, r, err)
		}
		if _, err := train.Resume(t.Context(), stopped, stopped.Dir); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{runs.FinalFile, runs.LastFile} {
			if !bytes.Equal(content(t, stopped.Dir, name), content(t, straight.Dir, name)) {
				t.Errorf("%v: %s differs after a resume", solver, name)
			}
		}
		if !bytes.Contains(content(t, straight.Dir, runs.ConfigFile), []byte(fmt.Sprintf("%q", solver))) {
			t.Errorf("config.json does not have %v", solver)
		}
		other := stopped
		other.Solver = Signum{LR: 0.5}
		_, err = train.Resume(t.Context(), other, stopped.Dir)
		if err == nil || !strings.Contains(err.Error(), "Signum(lr=0.5") {
			t.Errorf("resumed with another solver: %v", err)
		}
	}
}

func content(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
