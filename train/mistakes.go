package train

import (
	"cmp"
	"context"
	"math"
	"slices"

	"anneal/data"
	"anneal/graph"
	"anneal/metrics"
	"anneal/runs"
)

// maxMistakes is how many mistakes a run's folder keeps.
const maxMistakes = 24

// Mistakes returns up to n samples that the model takes for another class, those first of which it is surest. It stops
// with ctx's error when ctx is done.
func (e *Evaluator) Mistakes(ctx context.Context, n int) (*runs.Mistakes, error) {
	m := &runs.Mistakes{Shape: e.set.Shape(), Mistakes: []runs.Mistake{}}
	if !e.runner.classifies {
		return m, nil
	}
	seen := 0
	err := e.each(ctx, e.loader, func(p *graph.Program, b data.Batch) {
		m.Mistakes = mistaken(m.Mistakes, seen, graph.Float64s(p.Logits()), b.Labels)
		seen += len(b.Labels)
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(m.Mistakes, func(a, b runs.Mistake) int { return cmp.Compare(b.Probability, a.Probability) })
	m.Mistakes = m.Mistakes[:min(n, len(m.Mistakes))]
	x := make([]float32, m.Shape[0]*m.Shape[1]*m.Shape[2])
	for i := range m.Mistakes {
		if _, err := data.Read(e.set, m.Mistakes[i].Index, x); err != nil {
			return nil, err
		}
		m.Mistakes[i].Pixels = mistakePixels(x)
	}
	return m, nil
}

// mistaken appends the wrong predictions in a batch, whose first sample is number first of the data set. Those with
// logits that are not finite have no probability and are left out.
func mistaken(list []runs.Mistake, first int, logits []float64, labels []int32) []runs.Mistake {
	classes := len(logits) / len(labels)
	for i, label := range labels {
		row := logits[i*classes : (i+1)*classes]
		class := metrics.Argmax(row)
		if class == int(label) {
			continue
		}
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(v - row[class])
		}
		if p := 1 / sum; p > 0 {
			list = append(list, runs.Mistake{Index: first + i, Label: int(label), Predicted: class, Probability: p})
		}
	}
	return list
}

// mistakePixels scales a sample to bytes.
func mistakePixels(x []float32) []byte {
	low, high := float64(slices.Min(x)), float64(slices.Max(x))
	pixels := make([]byte, len(x))
	if low == high {
		return pixels
	}
	for i, v := range x {
		pixels[i] = byte(math.Round(255 * (float64(v) - low) / (high - low)))
	}
	return pixels
}

// mistakesObserver writes mistakes.json at the end of a run, of its last weights, even if ctx is done then. A run that
// diverged has none, and neither has one whose samples have no classes.
func (r *run) mistakesObserver(ctx context.Context) runs.Observer {
	return func(e runs.Event) error {
		if end, ok := e.(runs.End); !ok || end.Reason == runs.Diverged || !r.test.runner.classifies {
			return nil
		}
		m, err := r.test.Mistakes(context.WithoutCancel(ctx), maxMistakes)
		if err != nil {
			return err
		}
		return r.patiently(runs.MistakesFile, func() error { return m.Write(r.Dir) })
	}
}
