package data

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// emnistClasses lists the parts of EMNIST, and the names of their classes. Labels of letters count from 1.
//
// Cohen, Afshar, Tapson and van Schaik, EMNIST: an extension of MNIST to handwritten letters, 2017, arXiv:1702.05373.
var emnistClasses = map[string]string{
	"balanced": merged,
	"byclass":  digitNames + capitals + strings.ToLower(capitals),
	"bymerge":  merged,
	"digits":   digitNames,
	"letters":  capitals,
	"mnist":    digitNames,
}

const (
	digitNames = "0123456789"
	capitals   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	merged     = digitNames + capitals + "abdefghnqrt" // small letters that look like their capitals are these
)

var emnistFile = regexp.MustCompile(`^emnist-([a-z]+)-train-images-idx3-ubyte(\.gz)?$`)

// variant is how a data set's files differ from MNIST's.
type variant struct {
	names      [4]string // in the order of files, without .gz
	classes    []string  // their names; nil: as describe finds
	digits     bool
	transposed bool  // columns of pixels, not rows
	first      int32 // the label of class 0
}

// variantOf returns the variant whose files are among names, or false if there is none. part is the part of EMNIST that
// is wanted, "" for the only one.
func variantOf(names []string, part string) (variant, bool, error) {
	qmnist := func(name string) bool { return strings.HasPrefix(name, "qmnist-train-images") }
	if part == "" && slices.ContainsFunc(names, qmnist) {
		return variant{
			names: [4]string{
				"qmnist-train-images-idx3-ubyte", "qmnist-train-labels-idx2-int",
				"qmnist-test-images-idx3-ubyte", "qmnist-test-labels-idx2-int",
			},
			classes: strings.Split(digitNames, ""), digits: true,
		}, true, nil
	}
	var parts []string
	for _, n := range names {
		if m := emnistFile.FindStringSubmatch(n); m != nil && emnistClasses[m[1]] != "" && !slices.Contains(parts, m[1]) {
			parts = append(parts, m[1])
		}
	}
	switch {
	case len(parts) == 0:
		return variant{}, false, nil
	case part == "" && len(parts) > 1:
		return variant{}, false, fmt.Errorf("several parts of EMNIST: choose one with split: %s", strings.Join(parts, ", "))
	case part == "":
		part = parts[0]
	case !slices.Contains(parts, part):
		return variant{}, false, fmt.Errorf("split: got %q, want one of %s", part, strings.Join(parts, ", "))
	}
	v := variant{classes: strings.Split(emnistClasses[part], ""), transposed: true, digits: len(emnistClasses[part]) == 10}
	if part == "letters" {
		v.first = 1
	}
	for i, end := range []string{"train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1"} {
		v.names[i] = "emnist-" + part + "-" + end + "-ubyte"
	}
	return v, true, nil
}

// LoadPart reads a part of EMNIST, such as letters, from a folder that has the files of several.
func LoadPart(folder, part string) (*Pair, error) {
	names, err := namesIn(folder)
	if err != nil {
		return nil, err
	}
	v, ok, err := variantOf(names, part)
	if err == nil && !ok {
		err = fmt.Errorf("no files of EMNIST among %s", listing(names))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	return v.load(folder, names)
}

// load reads the variant's files.
func (v variant) load(folder string, names []string) (*Pair, error) {
	p, err := v.locate(folder, names)
	if err != nil {
		return nil, err
	}
	train, test, err := readPair(p)
	if err != nil {
		return nil, err
	}
	return &Pair{train, test, folder}, nil
}

// locate finds the variant's files in a folder with files of these names.
func (v variant) locate(folder string, names []string) (paths, error) {
	var found [4]string
	for i, name := range v.names {
		if !slices.Contains(names, name) {
			if name += ".gz"; !slices.Contains(names, name) {
				return paths{}, fmt.Errorf("%s: %s: no such file among %s", folder, v.names[i], listing(names))
			}
		}
		found[i] = filepath.Join(folder, name)
	}
	return paths{folder, found[0], found[1], found[2], found[3], v}, nil
}

// apply makes a set what MNIST's are: rows of pixels, and labels from 0.
func (v variant) apply(d *Images, labels string) error {
	for i := range d.labels {
		if d.labels[i] -= v.first; d.labels[i] < 0 {
			return fmt.Errorf("%s: label %d: got 0, want at least %d", labels, i, v.first)
		}
	}
	if !v.transposed {
		return nil
	}
	c, h, w := d.shape[0], d.shape[1], d.shape[2]
	plane := make([]byte, h*w)
	for at := 0; at < len(d.pixels); at += h * w {
		copy(plane, d.pixels[at:])
		for x := range h { // of the file's rows, which are columns
			for y := range w {
				d.pixels[at+y*h+x] = plane[x*w+y]
			}
		}
	}
	d.shape = [3]int{c, w, h}
	return nil
}
