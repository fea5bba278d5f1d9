package runs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"path/filepath"

	"anneal/internal/atomicfile"
	"anneal/internal/bounded"
)

// Augmented are some training images, and what they become in the first epochs. augmented.json holds those of a run.
type Augmented struct {
	Augment string         `json:"augment"` // the spec
	Seed    uint64         `json:"seed"`
	Mixed   bool           `json:"mixed,omitempty"` // the images of the rows are mixed with one another
	Rows    []AugmentedRow `json:"rows"`
}

// AugmentedRow is a training image: as it is, then as the epochs from the first on train on it.
type AugmentedRow struct {
	Index  int              `json:"index"` // of the sample in the training part, from 0
	Label  int              `json:"label"`
	Images []AugmentedImage `json:"images"`
}

// AugmentedImage is an image as PNG, and the classes that are mixed in it, if any are.
type AugmentedImage struct {
	PNG     []byte       `json:"png"`
	Classes []ClassShare `json:"classes,omitempty"`
}

// ClassShare is the share of a class in a mixed image.
type ClassShare struct {
	Class int     `json:"class"`
	Share float64 `json:"share"`
}

// Write writes augmented.json into the folder of a run.
func (a *Augmented) Write(dir string) error {
	content, err := json.Marshal(a)
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, AugmentedFile), append(content, '\n'))
	}
	if err != nil {
		return fmt.Errorf("runs: %s: %w", AugmentedFile, err)
	}
	return nil
}

// ReadAugmented reads augmented.json in the folder of a run. If there is none, the error wraps fs.ErrNotExist.
func ReadAugmented(dir string) (*Augmented, error) {
	path := filepath.Join(dir, AugmentedFile)
	content, err := bounded.ReadFile(path, maxPictures)
	if err != nil {
		return nil, fmt.Errorf("runs: %w", err)
	}
	a, err := parseAugmented(content)
	if err != nil {
		return nil, fmt.Errorf("runs: %s: %w", path, err)
	}
	return a, nil
}

func parseAugmented(content []byte) (*Augmented, error) {
	a := new(Augmented)
	if err := json.Unmarshal(content, a); err != nil {
		return nil, fmt.Errorf("got %.40q, want augmented images as JSON: %w", content, err)
	}
	for i, row := range a.Rows {
		if row.Index < 0 || row.Label < 0 {
			return nil, fmt.Errorf("row %d: got sample %d of class %d: want numbers of at least 0", i+1, row.Index, row.Label)
		}
		for j, image := range row.Images {
			if _, err := png.DecodeConfig(bytes.NewReader(image.PNG)); err != nil {
				return nil, fmt.Errorf("row %d, image %d: %w", i+1, j+1, err)
			}
			for _, c := range image.Classes {
				if c.Class < 0 || !(c.Share >= 0 && c.Share <= 1) {
					return nil, fmt.Errorf("row %d, image %d: got a share %v of class %d: want 0 to 1 of a class of at least 0",
						i+1, j+1, c.Share, c.Class)
				}
			}
		}
	}
	return a, nil
}
