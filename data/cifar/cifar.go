// Package cifar reads CIFAR-10 and CIFAR-100 in their binary version: images of 3×32×32 in 10 or 100 classes.
//
// Source: https://www.cs.toronto.edu/~kriz/cifar.html.
package cifar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"anneal/data"
)

const pixels = 3 * 32 * 32

// kind is one of the two data sets.
type kind struct {
	name        string
	train, test []string // files
	names       string   // the file with the names of the classes
	classes     int
	labels      int // bytes before the pixels, of which the last is the class
}

var kinds = []kind{
	{
		"CIFAR-10",
		[]string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
		[]string{"test_batch.bin"},
		"batches.meta.txt", 10, 1,
	},
	{"CIFAR-100", []string{"train.bin"}, []string{"test.bin"}, "fine_label_names.txt", 100, 2},
}

// Is reports whether a folder has the files of CIFAR-10 or CIFAR-100.
func Is(folder string) bool {
	_, ok := kindOf(folder)
	return ok
}

func kindOf(folder string) (kind, bool) {
	for _, k := range kinds {
		for _, name := range []string{k.train[0], k.test[0]} {
			if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Mode().IsRegular() {
				return k, true
			}
		}
	}
	return kind{}, false
}

// Load reads the data set in a folder: data_batch_1.bin to data_batch_5.bin, those of them that are there, and
// test_batch.bin; or train.bin and test.bin with CIFAR-100's fine labels. It normalises images by the mean and the
// deviation of each channel in the training part, or by mean and std unless they are nil.
func Load(folder string, mean, std []float64) (*data.Sets, error) {
	k, ok := kindOf(folder)
	if !ok {
		return nil, fmt.Errorf("cifar: %s: no such files there as data_batch_1.bin or train.bin", folder)
	}
	names, err := k.classNames(folder)
	if err != nil {
		return nil, fmt.Errorf("cifar: %w", err)
	}
	facts := data.Facts{Name: k.name, ClassNames: names, Mean: mean, Std: std}
	train, err := k.load(folder, k.train, facts)
	if err != nil {
		return nil, fmt.Errorf("cifar: %w", err)
	}
	test, err := k.load(folder, k.test, train.Facts())
	if err != nil {
		return nil, fmt.Errorf("cifar: %w", err)
	}
	sets := &data.Sets{Train: train, Test: test, From: folder}
	for _, name := range k.train {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			sets.Notes = append(sets.Notes, name+" is not there: the training part has the images of the other files")
		}
	}
	return sets, nil
}

// load reads those of the files that are there.
func (k kind) load(folder string, files []string, facts data.Facts) (*data.Images, error) {
	var images []byte
	var labels []int32
	for _, name := range files {
		path := filepath.Join(folder, name)
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) && len(files) > 1 {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err = k.fits(file); err == nil {
			images, labels, err = k.read(file, images, labels)
		}
		file.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if len(labels) == 0 {
		return nil, fmt.Errorf("%s: none of %s", folder, strings.Join(files, ", "))
	}
	return data.NewImages([3]int{3, 32, 32}, k.classes, images, labels, facts)
}

const maxImages = 500_000 // in a file, ten times as many as there are in the largest

// fits returns an error unless a file is regular and has at most maxImages.
func (k kind) fits(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if most := int64(maxImages * (k.labels + pixels)); !info.Mode().IsRegular() || info.Size() > most {
		return fmt.Errorf("got %v of %d bytes, want a file of at most %d", info.Mode(), info.Size(), most)
	}
	return nil
}

// read appends the images and labels of a file.
func (k kind) read(r io.Reader, images []byte, labels []int32) ([]byte, []int32, error) {
	record := make([]byte, k.labels+pixels)
	buffered := bufio.NewReader(r)
	for i := 0; ; i++ {
		n, err := io.ReadFull(buffered, record)
		switch {
		case errors.Is(err, io.EOF) && i > 0:
			return images, labels, nil
		case err != nil:
			return nil, nil, fmt.Errorf("image %d: got %d bytes, want %d: %w", i, n, len(record), err)
		}
		label := int32(record[k.labels-1])
		if int(label) >= k.classes {
			return nil, nil, fmt.Errorf("label of image %d: got %d, want 0 to %d", i, label, k.classes-1)
		}
		images, labels = append(images, record[k.labels:]...), append(labels, label)
	}
}

// classNames returns the names of the classes, nil if their file is not there.
func (k kind) classNames(folder string) ([]string, error) {
	path := filepath.Join(folder, k.names)
	names, err := data.ReadNames(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && len(names) != k.classes {
		err = fmt.Errorf("%s: got the names of %d classes, want %d", path, len(names), k.classes)
	}
	return names, err
}
