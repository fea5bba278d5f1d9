package weights

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"anneal/internal/bounded"
	"anneal/internal/safetensors"
	"anneal/internal/torchfile"
)

// content is what a file of weights holds.
type content struct {
	path   string
	format string
	dicts  []state // at least one
	// metadata is what the file says beyond the tensors. Files of torch.save have none.
	metadata map[string]string
}

// state is one dict of tensors in a file; files of safetensors hold one.
type state struct {
	path     string // of keys that lead to it in the file, with slashes between them; "" for the only one
	tensors  []safetensors.Tensor
	others   []torchfile.Other // values that are no tensors
	versions map[string]int    // of modules
}

// read reads a file in either format. What the file is shows in its content, whatever its name.
func read(path string) (*content, error) {
	file, dict := split(path)
	b, err := readFile(file)
	if err != nil {
		return nil, err
	}
	c := &content{path: file}
	if kind := archiveKind(b); kind != "" {
		err = fmt.Errorf("it is %s: %s", kind, wanted)
	} else if torchfile.Is(b) && !mayBeSafetensors(b) { // a header of 640 bytes begins as a pickle does
		c.format = "PyTorch"
		var dicts []*torchfile.Dict
		dicts, err = torchfile.Parse(b)
		for _, d := range dicts {
			c.dicts = append(c.dicts, state{d.Path, d.Tensors, d.Others, d.Versions})
		}
	} else {
		c.format = "safetensors"
		var f *safetensors.File
		if f, err = safetensors.Parse(b); err == nil {
			c.dicts, c.metadata = []state{{tensors: f.Tensors}}, f.Metadata
			err = missesChecksum(f)
		}
	}
	if err == nil && dict != "" {
		err = c.keep(dict)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

// numbers returns how many numbers all tensors of the file have.
func (c *content) numbers() (n int64) {
	for _, d := range c.dicts {
		for _, t := range d.tensors {
			n += int64(len(t.Data)) // at least a byte each
		}
	}
	return n
}

// split returns the file of a path, and the dict in it that "#" in the path names, if there is no file of the whole
// name.
func split(path string) (file, dict string) {
	if _, err := os.Stat(path); err == nil || !strings.Contains(path, "#") {
		return path, ""
	}
	file, dict, _ = strings.Cut(path, "#")
	return file, dict
}

// keep drops all dicts except the one at path.
func (c *content) keep(path string) error {
	var paths []string
	for _, d := range c.dicts {
		if d.path == path {
			d.path = ""
			c.dicts = []state{d}
			return nil
		}
		paths = append(paths, fmt.Sprintf("%q", d.path))
	}
	return fmt.Errorf("it has no dict of tensors at %q, but at %s", path, strings.Join(paths, ", "))
}

// missesChecksum returns an error if f is a file of ours without the checksum that it must have had.
func missesChecksum(f *safetensors.File) error {
	_, record := f.Metadata[RecordKey]
	_, progress := f.Metadata[ProgressKey]
	if _, ok := f.Metadata[safetensors.ChecksumKey]; !ok && (record || progress) {
		return errors.New("its checksum is missing: the file is damaged")
	}
	return nil
}

// readFile returns the content of the file at path, unless it begins as a file of something else than weights.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	about, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if about.IsDir() {
		return nil, folderError(path)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(io.LimitReader(f, headSize)); err != nil {
		return nil, err
	}
	if kind := foreign(path, b.Bytes()); kind != "" {
		return nil, fmt.Errorf("%s: it is %s: %s", path, kind, wanted)
	}
	return bounded.ReadOpen(f, b.Bytes(), bounded.Most)
}
