// Package source loads a data set from one text that says where it is: a folder of pictures by class, IDX files, CIFAR,
// a table, NumPy's files, a text, or the spec of a generated set. What it is follows from what is there.
//
//	pets                                      a folder with a folder of pictures for each class
//	pets?image_size=64
//	houses.csv?target=price
//	emnist?split=letters
//	digits.npz
//	novel.txt?length=100
//	make_moons(n_samples=1000, noise=0.1)
//	                                          MNIST
//
// A program adds sources of its own, by name, with Register.
package source

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"anneal/data"
	"anneal/data/cifar"
	"anneal/data/folder"
	"anneal/data/numpy"
	"anneal/data/table"
	"anneal/data/text"
	"anneal/data/toy"
	"anneal/internal/nearest"
)

// kind is a kind of source.
type kind struct {
	name string
	keys []string // of the options that it takes
	load func(ctx context.Context, s Spec, as *data.Facts) (*data.Sets, error)
}

// The kinds of sources.
var (
	idx      = kind{"IDX files", []string{"split"}, loadIDX}
	cifars   = kind{"CIFAR", nil, loadCIFAR}
	pictures = kind{
		"a folder of pictures",
		[]string{"image_size", "channels", "skip_bad", "test", "test_seed"},
		loadFolder,
	}
	tables    = kind{"a table", tableKeys, loadTable}
	arrays    = kind{"NumPy's files", []string{"task", "test", "test_seed"}, loadNumPy}
	texts     = kind{"a text", []string{"length", "stride", "bytes", "test"}, loadText}
	generated = kind{"a generated set", []string{"test"}, loadToy}
)

var tableKeys = []string{
	"target", "task", "drop", "categories", "no_header", "raw_target", "groups", "skip_bad", "test", "test_seed",
}

// Load loads the data set of a spec. as has what a trained network knows about its samples, so that they are normalised
// and encoded as it takes them; nil: the training part decides.
func Load(ctx context.Context, s Spec, as *data.Facts) (*data.Sets, error) {
	k, err := kindOf(s.Path)
	if err != nil {
		return nil, err
	}
	for _, key := range s.keys() {
		if !slices.Contains(k.keys, key) {
			want := "none"
			if len(k.keys) > 0 {
				want = "one of " + strings.Join(k.keys, ", ")
			}
			return nil, fmt.Errorf("data %s: there is no option %s for %s: want %s",
				cmp.Or(s.Path, "MNIST"), key, k.name, want)
		}
	}
	if err := table.CheckTask(s.Task); err != nil {
		return nil, fmt.Errorf("data %s: option %w", s.Path, err)
	}
	sets, err := k.load(ctx, s, as)
	if err != nil {
		return nil, err
	}
	if !IsName(s.Path) {
		if full, err := filepath.Abs(sets.From); err == nil {
			sets.From = full
		}
	}
	return sets, nil
}

// kindOf looks at what is at a path. What is nothing else may be IDX files, whose error says what is wanted.
func kindOf(path string) (kind, error) {
	if own, ok := byName(path); ok {
		return own.kind(), nil
	}
	info, err := os.Stat(path)
	switch extension := strings.ToLower(filepath.Ext(path)); {
	case path == "":
		return idx, nil
	case toy.Is(path):
		return generated, nil
	case err == nil && info.IsDir():
		return kindOfFolder(path), nil
	case extension == ".csv" || extension == ".tsv":
		return tables, nil
	case extension == ".npz" || extension == ".npy":
		return arrays, nil
	case extension == ".txt":
		return texts, nil
	case err == nil:
		return kind{}, fmt.Errorf("data %s: want a folder, or a file whose name ends in .csv, .tsv, .npz, .npy or .txt", path)
	}
	if own := Registered(); len(own) > 0 {
		var names []string
		for _, s := range own {
			names = append(names, s.Name)
		}
		return kind{}, fmt.Errorf("data %s: there is no such folder, nor a data set of that name: want a folder, a file, or "+
			"one of %s%s", path, strings.Join(names, ", "), nearest.Hint(path, names))
	}
	return idx, nil
}

func kindOfFolder(dir string) kind {
	entries, _ := os.ReadDir(dir) // loading gives the error again
	matches := func(pattern string) bool {
		return slices.ContainsFunc(entries, func(e os.DirEntry) bool {
			ok, _ := filepath.Match(pattern, e.Name())
			return ok
		})
	}
	switch {
	case matches("*images*idx3*"):
		return idx
	case cifar.Is(dir):
		return cifars
	case table.IsFolder(dir):
		return tables
	case matches("*.npy"):
		return arrays
	case folder.Is(dir):
		return pictures
	}
	return idx
}

func loadIDX(ctx context.Context, s Spec, as *data.Facts) (*data.Sets, error) {
	var pair *data.Pair
	var err error
	if s.Split != "" {
		pair, err = data.LoadPart(s.Path, s.Split)
	} else {
		pair, err = data.Load(ctx, s.Path)
	}
	if err != nil {
		return nil, err
	}
	sets := &data.Sets{Train: pair.Train, Test: pair.Test, From: pair.Folder}
	return sets, normalise(sets, as)
}

// normalise normalises images as a trained network takes them.
func normalise(sets *data.Sets, as *data.Facts) (err error) {
	if as == nil || as.Mean == nil {
		return nil
	}
	for _, set := range []*data.Dataset{&sets.Train, &sets.Valid, &sets.Test} {
		images, ok := (*set).(*data.Images)
		if !ok {
			continue
		}
		if f := images.Facts(); slices.Equal(f.Mean, as.Mean) && slices.Equal(f.Std, as.Std) {
			continue
		}
		if *set, err = images.Normalised(as.Mean, as.Std); err != nil {
			return err
		}
	}
	return nil
}

func loadCIFAR(_ context.Context, s Spec, as *data.Facts) (*data.Sets, error) {
	mean, std := normalisation(as)
	return cifar.Load(s.Path, mean, std)
}

func loadFolder(ctx context.Context, s Spec, as *data.Facts) (*data.Sets, error) {
	o := folder.Options{
		Size: s.ImageSize, Channels: s.Channels, SkipBad: s.SkipBad, Test: s.test(), Seed: s.TestSeed,
	}
	o.Mean, o.Std = normalisation(as)
	if as != nil {
		o.Classes = as.ClassNames
	}
	return folder.Load(ctx, s.Path, o)
}

func loadTable(_ context.Context, s Spec, as *data.Facts) (*data.Sets, error) {
	if s.Target == "" && as != nil && as.Target != nil {
		s.Target = as.Target.Name
	}
	return table.Load(s.Path, table.Options{
		Target: s.Target, Task: s.Task, Drop: s.Drop, Categories: s.Categories, NoHeader: s.NoHeader,
		RawTarget: s.RawTarget, SkipBad: s.SkipBad, Groups: s.Groups, Test: s.test(), Seed: s.TestSeed, As: as,
	})
}

func loadNumPy(_ context.Context, s Spec, as *data.Facts) (*data.Sets, error) {
	o := numpy.Options{Test: s.test(), Seed: s.TestSeed, Numbers: s.Task == table.Numbers}
	o.Mean, o.Std = normalisation(as)
	sets, err := numpy.Load(s.Path, o)
	if err == nil && s.Task == table.Classes && sets.Train.Classes() == 0 {
		return nil, fmt.Errorf("data %s: option task: got classes, and y are no classes: want one integer for each sample",
			s.Path)
	}
	return sets, err
}

func loadText(_ context.Context, s Spec, as *data.Facts) (*data.Sets, error) {
	o := text.Options{Length: s.Length, Stride: s.Stride, Bytes: s.Bytes, Test: s.test()}
	if as != nil {
		o.Characters = as.ClassNames
	}
	return text.Load(s.Path, o)
}

func loadToy(_ context.Context, s Spec, _ *data.Facts) (*data.Sets, error) {
	set, err := toy.Parse(s.Path)
	if err != nil {
		return nil, err
	}
	return toy.Load(set, s.test())
}

func normalisation(as *data.Facts) (mean, std []float64) {
	if as == nil {
		return nil, nil
	}
	return as.Mean, as.Std
}
