package data

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"anneal/internal/bounded"
)

// qmnistColumns is the number of integers that QMNIST has per image; the first is the class.
const qmnistColumns = 8

// readLabels reads labels as IDX: [n] integers of any size, or floating-point numbers that are whole, or QMNIST's
// [n, 8], whose first column is the class. The error names the first label that is no class.
func readLabels(path string) ([]int32, error) {
	kinds := []byte{idxUint8, idxInt8, idxInt16, idxInt32, idxFloat32, idxFloat64}
	x, err := readTyped(path, kinds, 1, 2)
	if err != nil {
		return nil, err
	}
	columns := 1
	if len(x.dims) == 2 {
		if columns = x.dims[1]; columns != 1 && columns != qmnistColumns {
			return nil, fmt.Errorf("%s: labels: got dimensions %v, want one label per image, or QMNIST's %d columns",
				path, x.dims, qmnistColumns)
		}
	}
	labels := make([]int32, x.dims[0])
	for i := range labels {
		v := x.number(i * columns)
		if v < 0 || v != math.Trunc(v) || v > maxLabel {
			return nil, fmt.Errorf("%s: label %d: got %v, want a whole number from 0 to %d: classes count from 0",
				path, i, v, maxLabel)
		}
		labels[i] = int32(v)
	}
	return labels, nil
}

// maxLabel is the largest label. No model has a million logits.
const maxLabel = 999_999

// number returns element i.
func (x idx) number(i int) float64 {
	size := int(idxSize(x.kind))
	b := x.data[i*size : (i+1)*size]
	switch x.kind {
	case idxInt8:
		return float64(int8(b[0]))
	case idxInt16:
		return float64(int16(binary.BigEndian.Uint16(b)))
	case idxInt32:
		return float64(int32(binary.BigEndian.Uint32(b)))
	case idxFloat32:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case idxFloat64:
		// The format has no code for 64-bit integers, and some programs write them under this one. As integers, the
		// bits of a float64 of at least 1 are larger than any label.
		if v := binary.BigEndian.Uint64(b); v <= maxLabel {
			return float64(v)
		}
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	return float64(b[0])
}

// nameClasses gives sets the names of their classes that a file in the folder lists. It does nothing without one.
func nameClasses(folder string, sets ...*Images) error {
	names, err := ClassNames(folder, sets[0].classes)
	if names == nil {
		return err
	}
	for _, d := range sets {
		d.facts.ClassNames = names
	}
	return nil
}

// ClassNames returns the names of at least so many classes that labels.txt or classes.txt in a folder lists, one per
// line, beginning with that of class 0. It returns nil if the folder has neither.
func ClassNames(folder string, classes int) ([]string, error) {
	for _, name := range []string{"labels.txt", "classes.txt"} {
		path := filepath.Join(folder, name)
		names, err := ReadNames(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(names) < classes {
			return nil, fmt.Errorf("%s: got the names of %d classes, want %d, one per line: labels run from 0 to %d",
				path, len(names), classes, classes-1)
		}
		return names, nil
	}
	return nil, nil
}

const maxNames = 16 << 20 // bytes of the names of classes

// ReadNames reads a file with a name per line. Empty lines at its end do not count; another one is an error.
func ReadNames(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxNames {
		return nil, fmt.Errorf("%s: got %v of %d bytes, want a file of at most %d", path, info.Mode(), info.Size(), maxNames)
	}
	content, err := bounded.ReadFile(path, maxNames)
	if err != nil {
		return nil, err
	}
	names, err := parseNames(string(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return names, nil
}

func parseNames(text string) ([]string, error) {
	text = strings.TrimPrefix(text, "\ufeff") // the mark that Windows puts before UTF-8
	names := strings.Split(strings.TrimRight(text, " \t\r\n"), "\n")
	for i := range names {
		if names[i] = strings.TrimSpace(names[i]); names[i] == "" {
			return nil, fmt.Errorf("line %d is empty, want the name of class %d", i+1, i)
		}
	}
	return names, nil
}
