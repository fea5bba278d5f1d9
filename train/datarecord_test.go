package train_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/data"
	"anneal/internal/safetensors"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// factual is a data set that states facts.
type factual struct {
	data.Dataset
	facts data.Facts
}

func (f factual) Facts() data.Facts { return f.facts }

// TestFactsOfOlderRuns resumes a run whose files are of before there were facts, and on the same samples under another
// name.
func TestFactsOfOlderRuns(t *testing.T) {
	set := factual{stripes(t, 24), data.Facts{Name: "stripes", ClassNames: []string{"top", "middle", "bottom"}}}
	dir := filepath.Join(t.TempDir(), "run")
	c := train.Config{
		Model: linear, Train: set, Test: set, Solver: solvers.SGD{LR: 0.1}, Dir: dir,
		Settings: train.Settings{Epochs: 1, Batch: 8},
	}
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	record, err := runs.ReadRecord(dir)
	if err != nil || record.Data().Name != "stripes" || record.Data().Preprocess != runs.PreprocessNone ||
		record.Test.ClassName(2) != "bottom" || record.Test.ClassName(3) != "3" {
		t.Fatalf("got %+v, %v", record, err)
	}
	strip := func(r *runs.Record) {
		for _, d := range []*runs.DataRecord{&r.Train, &r.Test} {
			*d = runs.DataRecord{Samples: d.Samples, Shape: d.Shape, Classes: d.Classes, SHA256: d.SHA256}
		}
	}
	strip(record)
	if err := record.Write(dir); err != nil {
		t.Fatal(err)
	}
	last := filepath.Join(dir, runs.LastFile)
	file, err := safetensors.Read(last)
	if err != nil {
		t.Fatal(err)
	}
	inFile, err := runs.ParseRecord([]byte(file.Metadata[weights.RecordKey]))
	if err != nil {
		t.Fatal(err)
	}
	strip(inFile)
	file.Metadata[weights.RecordKey] = inFile.JSON()
	delete(file.Metadata, safetensors.ChecksumKey)
	content, err := file.EncodeChecked()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(last, content, 0o666); err != nil {
		t.Fatal(err)
	}
	for epochs, name := range []string{2: "stripes", 3: "renamed"} {
		if name == "" {
			continue
		}
		set.facts.Name, c.Epochs = name, epochs
		c.Train, c.Test = set, set
		if _, err := train.Resume(t.Context(), c, dir); err != nil {
			t.Fatal(err)
		}
		i, err := weights.Inspect(filepath.Join(dir, runs.FinalFile))
		if err != nil || i.Data == nil || i.Data.Name != "stripes" || len(i.Data.ClassNames) != 3 {
			t.Errorf("%d epochs: got %+v, %v", epochs, i, err)
		}
	}
}

func TestWrongFacts(t *testing.T) {
	right := stripes(t, 6)
	for want, facts := range map[string]data.Facts{
		"got 1 means and 0 standard deviations":                  {Mean: []float64{0.5}},
		"got 2 means and 2 standard deviations, want one of eac": {Mean: []float64{1, 2}, Std: []float64{1, 2}},
		"got mean 0.5 and standard deviation 0":                  {Mean: []float64{0.5}, Std: []float64{0}},
		"got mean NaN":                                           {Mean: []float64{math.NaN()}, Std: []float64{1}},
		"got the names of 2 classes, want 3":                     {ClassNames: []string{"a", "b"}},
		"got background -1, want a pixel from":                   {Background: -1},
	} {
		c := train.Config{Model: linear, Train: factual{right, facts}, Test: right, Solver: solvers.SGD{LR: 0.1}}
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "facts of the training samples") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestLabelsFromOne names the labels that a model has no logits for.
func TestLabelsFromOne(t *testing.T) {
	letters, err := data.NewMemory([3]int{1, 4, 4}, 27, make([]float32, 3*16), []int32{1, 26, 5})
	if err != nil {
		t.Fatal(err)
	}
	err = train.Config{Model: linear, Train: letters, Test: letters, Solver: solvers.SGD{LR: 0.1}}.Check()
	if want := "the data has 27 classes and the model tells 3 apart: labels run from 1 to 26; want at least as many " +
		"logits as classes: 27 logits, or 26 and labels that begin with 0"; err == nil ||
		!strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
