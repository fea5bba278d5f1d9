package train

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/atomicfile"
)

// maxMistakes is how many mistakes a run's folder keeps.
const maxMistakes = 24

// Mistakes are wrong predictions, the most confident first: what mistakes.json holds, of a run's last weights on its
// test samples.
type Mistakes struct {
	Shape    [3]int    `json:"shape"` // of each picture: C, H, W
	Mistakes []Mistake `json:"mistakes"`
}

// Mistake is a sample that a model takes for another class.
type Mistake struct {
	Index       int     `json:"index"` // of the sample in the data set, from 0
	Label       int     `json:"label"`
	Predicted   int     `json:"predicted"`
	Probability float64 `json:"probability"` // that the model gives to Predicted
	Pixels      []byte  `json:"pixels"`      // [C, H, W], from 0 for the sample's lowest number to 255 for its highest
}

// ReadMistakes reads the mistakes.json of a run's folder. Where there is none the error wraps fs.ErrNotExist.
func ReadMistakes(dir string) (*Mistakes, error) {
	path := filepath.Join(dir, MistakesFile)
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	m, err := parseMistakes(content)
	if err != nil {
		return nil, fmt.Errorf("train: %s: %w", path, err)
	}
	return m, nil
}

func parseMistakes(content []byte) (*Mistakes, error) {
	m := new(Mistakes)
	if err := json.Unmarshal(content, m); err != nil {
		return nil, fmt.Errorf("got %.40q, want mistakes as JSON: %w", content, err)
	}
	size := 1
	for _, n := range m.Shape {
		if n < 1 || n > math.MaxInt32/size {
			return nil, fmt.Errorf("shape: got %v, want C, H and W of at least 1", m.Shape)
		}
		size *= n
	}
	for i, x := range m.Mistakes {
		if x.Index < 0 || x.Label < 0 || x.Predicted < 0 || !(x.Probability >= 0 && x.Probability <= 1) || len(x.Pixels) != size {
			return nil, fmt.Errorf("mistake %d: got sample %d of class %d taken for %d with probability %v and %d pixels: "+
				"want numbers of at least 0, a probability of at most 1 and %d pixels", i+1, x.Index, x.Label, x.Predicted, x.Probability, len(x.Pixels), size)
		}
	}
	return m, nil
}

// Mistakes returns up to n samples that the model takes for another class, those first of which it is surest. It stops
// with ctx's error when ctx is done.
func (e *Evaluator) Mistakes(ctx context.Context, n int) (*Mistakes, error) {
	m := &Mistakes{Shape: e.set.Shape(), Mistakes: []Mistake{}}
	seen := 0
	err := e.each(ctx, func(p *graph.Program, b data.Batch) {
		m.Mistakes = mistaken(m.Mistakes, seen, graph.Float64s(p.Logits()), b.Labels)
		seen += len(b.Labels)
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(m.Mistakes, func(a, b Mistake) int { return cmp.Compare(b.Probability, a.Probability) })
	m.Mistakes = m.Mistakes[:min(n, len(m.Mistakes))]
	x := make([]float32, m.Shape[0]*m.Shape[1]*m.Shape[2])
	for i := range m.Mistakes {
		e.set.Read(m.Mistakes[i].Index, x)
		m.Mistakes[i].Pixels = picture(x)
	}
	return m, nil
}

// mistaken appends the wrong predictions in a batch, whose first sample is number first of the data set. Those with
// logits that are not finite have no probability and are left out.
func mistaken(list []Mistake, first int, logits []float64, labels []int32) []Mistake {
	classes := len(logits) / len(labels)
	for i, label := range labels {
		row := logits[i*classes : (i+1)*classes]
		class := largest(row)
		if class == int(label) {
			continue
		}
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(v - row[class])
		}
		if p := 1 / sum; p > 0 {
			list = append(list, Mistake{Index: first + i, Label: int(label), Predicted: class, Probability: p})
		}
	}
	return list
}

// picture scales a sample to bytes.
func picture(x []float32) []byte {
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

// saveMistakes evaluates the run's last weights, even where ctx is done, and writes mistakes.json.
func (r *run) saveMistakes(ctx context.Context) error {
	m, err := r.test.Mistakes(context.WithoutCancel(ctx), maxMistakes)
	if err != nil {
		return err
	}
	content, err := json.Marshal(m)
	if err == nil {
		err = atomicfile.Write(filepath.Join(r.Dir, MistakesFile), append(content, '\n'))
	}
	if err != nil {
		return fmt.Errorf("train: %s: %w", MistakesFile, err)
	}
	return nil
}
