package runs

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"

	"anneal/internal/atomicfile"
	"anneal/internal/bounded"
)

// Mistakes are wrong predictions, the most confident first. mistakes.json holds those of a run's last weights on its
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

// Write writes mistakes.json into the folder of a run.
func (m *Mistakes) Write(dir string) error {
	content, err := json.Marshal(m)
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, MistakesFile), append(content, '\n'))
	}
	if err != nil {
		return fmt.Errorf("runs: %s: %w", MistakesFile, err)
	}
	return nil
}

// ReadMistakes reads mistakes.json in the folder of a run. If there is none, the error wraps fs.ErrNotExist.
func ReadMistakes(dir string) (*Mistakes, error) {
	path := filepath.Join(dir, MistakesFile)
	content, err := bounded.ReadFile(path, maxPictures)
	if err != nil {
		return nil, fmt.Errorf("runs: %w", err)
	}
	m, err := parseMistakes(content)
	if err != nil {
		return nil, fmt.Errorf("runs: %s: %w", path, err)
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
		probable := x.Probability >= 0 && x.Probability <= 1
		if x.Index < 0 || x.Label < 0 || x.Predicted < 0 || !probable || len(x.Pixels) != size {
			return nil, fmt.Errorf("mistake %d: got sample %d of class %d taken for %d with probability %v and %d pixels: "+
				"want numbers of at least 0, a probability of at most 1 and %d pixels",
				i+1, x.Index, x.Label, x.Predicted, x.Probability, len(x.Pixels), size)
		}
	}
	return m, nil
}
