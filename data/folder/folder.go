// Package folder reads folders of pictures by class, as torchvision's ImageFolder does: each folder is a class, and the
// classes are numbered in the order of their folders' names. PNG, JPEG, GIF, BMP, TIFF and WebP are read, and turned as
// their EXIF data says.
package folder

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"anneal/data"
	"anneal/internal/printable"
)

// Options say how pictures become samples.
type Options struct {
	// Size is the height and width of a sample. Pictures are scaled until they cover it, and cropped to its middle. 0, 0:
	// that of the pictures, which must all have one size
	Size     [2]int
	Channels int     // 1, grey, or 3; 0: 1 if all pictures are grey, else 3
	SkipBad  bool    // leave out pictures that cannot be read, and count them; else the first one is an error
	Test     float64 // share or number of pictures that are set aside for the test, if there is no test folder
	Seed     uint64  // decides which

	Mean, Std []float64 // by which pixels are normalised; nil: those of each channel in the training part
	// Classes are the names of the classes that a trained network knows, by which samples are then labelled, unless it
	// knows none of the folder's; nil: the folders are numbered
	Classes []string
	Memory  int64 // the most bytes of pixels to keep in memory; a larger set is decoded when it is read. 0: 256 MiB
}

// file is a picture.
type file struct {
	path  string
	label int32
}

var extensions = []string{".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}

// Is reports whether a folder has folders with pictures.
func Is(dir string) bool {
	found := errors.New("found")
	for _, root := range []string{dir, part(dir, "train")} {
		if root == "" {
			continue
		}
		classes, _ := classesIn(root) // none will do
		for _, name := range classes {
			err := walk(filepath.Join(root, name), func(string) error { return found })
			if errors.Is(err, found) {
				return true
			}
		}
	}
	return false
}

// walk calls do with the path of every picture in a folder, which may be a link, and in the folders in it.
func walk(dir string, do func(path string) error) error {
	return filepath.WalkDir(dir+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && isPicture(path) {
			return do(path)
		}
		return err
	})
}

func isPicture(path string) bool {
	return slices.Contains(extensions, strings.ToLower(filepath.Ext(path)))
}

// Load reads the folders of classes in dir, or, if it has a folder train, those in train, val and test. The samples
// come in the order of the names of their files, whatever their class: pictures that carry a running number keep the
// order of the set that they were written from. labels.txt or classes.txt in dir has the names of the classes, in the
// order of their folders, if they are to be called otherwise.
func Load(ctx context.Context, dir string, o Options) (*data.Sets, error) {
	sets, err := load(ctx, dir, o)
	if err != nil {
		return nil, fmt.Errorf("folder: %w", printable.Error(err))
	}
	return sets, nil
}

func load(ctx context.Context, dir string, o Options) (*data.Sets, error) {
	if o.Memory == 0 {
		o.Memory = 256 << 20
	}
	sets := &data.Sets{From: dir}
	root := cmp.Or(part(dir, "train"), dir)
	classes, err := classesIn(root)
	if err != nil {
		return nil, err
	}
	train, err := list(root, classes)
	if err != nil {
		return nil, err
	}
	for c, name := range classes {
		if !slices.ContainsFunc(train, func(f file) bool { return f.label == int32(c) }) {
			return nil, fmt.Errorf("%s: no pictures, want some of the class", filepath.Join(root, name))
		}
	}
	var valid, test []file
	if root != dir {
		if valid, err = list(part(dir, "val", "valid", "validation"), classes); err == nil {
			test, err = list(part(dir, "test"), classes)
		}
		if err != nil {
			return nil, err
		}
	}
	parts, note, err := data.TestPart(train, valid, test, func() (stay, apart []int, err error) {
		return data.SplitLabels(labels(train), len(train), o.Test, o.Seed)
	})
	if err != nil {
		return nil, err
	}
	if note != "" {
		sets.Notes = append(sets.Notes, note)
	}
	names, err := data.ClassNames(dir, len(classes))
	if err != nil {
		return nil, err
	}
	if names == nil {
		names = classes
	}
	if !slices.Equal(names, o.Classes) {
		numbers, err := indices(names[:len(classes)], o.Classes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		if numbers != nil {
			names = o.Classes
			for _, files := range parts {
				for i := range files {
					files[i].label = numbers[files[i].label]
				}
			}
		}
	}
	name := filepath.Base(dir)
	if full, err := filepath.Abs(dir); err == nil {
		name = filepath.Base(full)
	}
	facts := data.Facts{Name: name, ClassNames: names, Mean: o.Mean, Std: o.Std, Crop: true}
	return sets, decodeAll(ctx, sets, parts, facts, o)
}

// indices returns where each name is among the names that a network knows, or nil if it knows none of them. It is an
// error if it knows only some.
func indices(names, known []string) ([]int32, error) {
	var all []int32
	unknown := ""
	for _, name := range names {
		if i := slices.Index(known, name); i >= 0 {
			all = append(all, int32(i))
		} else {
			unknown = name
		}
	}
	if all != nil && len(all) < len(names) {
		return nil, fmt.Errorf("class %s: the network knows %s", unknown, strings.Join(known, ", "))
	}
	return all, nil
}

// part returns the folder of a part, "" if there is none.
func part(dir string, names ...string) string {
	for _, name := range names {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path
		}
	}
	return ""
}

// classesIn lists the folders in root, sorted.
func classesIn(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(root, e.Name())) // follows links
		if err == nil && info.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: no folders, want one for each class", root)
	}
	return names, nil
}

// list returns the pictures of all classes in a folder, in the order of their names. root may be "".
func list(root string, classes []string) ([]file, error) {
	if root == "" {
		return nil, nil
	}
	there, err := classesIn(root)
	if err != nil {
		return nil, err
	}
	var files []file
	for _, name := range there {
		c := slices.Index(classes, name)
		if c < 0 {
			return nil, fmt.Errorf("%s: the training part has no such class: %s", filepath.Join(root, name),
				strings.Join(classes, ", "))
		}
		err := walk(filepath.Join(root, name), func(path string) error {
			files = append(files, file{path, int32(c)})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(files, func(a, b file) int {
		return cmp.Or(cmp.Compare(filepath.Base(a.path), filepath.Base(b.path)), cmp.Compare(a.label, b.label))
	})
	return files, nil
}

// labels returns the class of each picture.
func labels(files []file) []int32 {
	list := make([]int32, len(files))
	for i, f := range files {
		list[i] = f.label
	}
	return list
}
