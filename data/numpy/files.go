package numpy

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// files are the arrays that a data set has, by their names in small letters.
type files struct {
	path    string
	readers map[string]func() (*Array, error)
	close   func() error
}

// A compressed array of more than inflated bytes is an error if it is packed more than dense times.
const (
	inflated = 32 << 20
	dense    = 100
)

// open lists the arrays in a .npz file, in a folder, or in the folder that has a .npy file.
func open(path string) (*files, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	f := &files{path: path, readers: map[string]func() (*Array, error){}, close: func() error { return nil }}
	if !info.IsDir() && strings.EqualFold(filepath.Ext(path), ".npz") {
		return f, f.archive()
	}
	if !info.IsDir() {
		f.path = filepath.Dir(path)
	}
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(strings.ToLower(e.Name()), ".npy")
		if !ok {
			continue
		}
		file := filepath.Join(f.path, e.Name())
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() { // follows links
			f.readers[name] = func() (*Array, error) { return ReadFile(file) }
		}
	}
	return f, nil
}

// archive lists the arrays in a .npz file.
func (f *files) archive() error {
	z, err := zip.OpenReader(f.path)
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	f.close = z.Close
	info, err := os.Stat(f.path)
	if err != nil {
		return err
	}
	for _, e := range z.File {
		if name, ok := strings.CutSuffix(strings.ToLower(e.Name), ".npy"); ok {
			f.readers[name] = func() (*Array, error) { return readEntry(f.path, e, uint64(info.Size())) }
		}
	}
	return nil
}

// ReadFile reads a .npy file. Its error names the file.
func ReadFile(path string) (*Array, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	a, err := ReadArray(file, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// readEntry reads an array of a .npz file of that size.
func readEntry(path string, e *zip.File, whole uint64) (*Array, error) {
	r, err := e.Open()
	if err == nil {
		defer r.Close()
		var a *Array
		if a, err = readSized(r, e, whole); err == nil {
			return a, nil
		}
	}
	return nil, fmt.Errorf("%s: %s: %w", path, e.Name, err)
}

func readSized(r io.Reader, e *zip.File, whole uint64) (*Array, error) {
	size, packed := e.UncompressedSize64, e.CompressedSize64
	if packed > whole {
		return nil, fmt.Errorf("%d bytes are in a file of %d: the archive is damaged", packed, whole)
	}
	if size > inflated && size/dense > packed {
		return nil, fmt.Errorf("%d bytes are packed into %d, want at most %d times as many: a zip bomb?", size, packed, dense)
	}
	if size > maxBytes+maxHeader {
		return nil, fmt.Errorf("got %d bytes, want at most %d", size, maxBytes)
	}
	return ReadArray(r, int64(size))
}

// names of arrays, for the samples and for what is to be predicted, of one set or of a part.
var (
	xNames = []string{"x", "images", "image", "data", "inputs", "features"}
	yNames = []string{"y", "labels", "label", "target", "targets"}
	parts  = map[string][]string{"train": {"train"}, "val": {"val", "valid", "validation"}, "test": {"test"}}
)

// find returns the name of the array that has one of these names in a part, "" if none has. part "" is the whole set.
func (f *files) find(names []string, part string) string {
	for _, name := range names {
		if part == "" {
			if f.readers[name] != nil {
				return name
			}
			continue
		}
		for _, p := range parts[part] {
			for _, n := range []string{name + "_" + p, p + "_" + name} {
				if f.readers[n] != nil {
					return n
				}
			}
		}
	}
	return ""
}

// list returns the names of the arrays.
func (f *files) list() string {
	var names []string
	for name := range f.readers {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
