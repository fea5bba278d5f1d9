// Package torchfile reads the dicts of tensors in files that PyTorch's torch.save writes (.pt, .pth): a zip archive of
// a pickle, data.pkl, and of one record for each storage, data/0, data/1 and so on; or, before PyTorch 1.6, the same
// one after the other.
//
// It runs no code. A pickle says which functions of Python make its values. This package knows those that make tensors
// and dicts; a value that any other makes stays a name, which nothing calls, and is an error where a tensor is needed.
// A pickle that names what runs commands, such as os.system, is refused as a whole. Sizes are checked against the file
// before memory is allocated, and a zip archive's records against their CRC-32.
package torchfile

import (
	"bytes"
	"errors"
	"fmt"

	"anneal/internal/safetensors"
)

// maxPickle bounds a pickle, which has some 150 bytes for each tensor.
const maxPickle = 4 << 20

// maxSteps bounds the opcodes of a pickle, which has some 40 for each tensor. An opcode of one byte can make a value of
// a hundred.
const maxSteps = 600_000

// advice ends the errors about files that hold something other than a state dict.
const advice = "save model.state_dict() by itself"

// Dict is one dict of a file that holds tensors, such as a state dict.
type Dict struct {
	// Path has the keys that lead to the dict, with slashes between them. It is empty for the file's only value.
	Path    string
	Tensors []safetensors.Tensor // in the dict's order, row-major and little-endian whatever the file's were
	Others  []Other              // what else the dict holds
	// Versions has the version of each module, by its name, of which PyTorch's state dicts tell.
	Versions map[string]int
}

// Other is a value of a Dict that is no tensor that can be read.
type Other struct{ Name, Is string }

// Is reports whether b begins as a file of torch.save: as a zip archive, or as a pickle.
func Is(b []byte) bool { return bytes.HasPrefix(b, []byte("PK\x03\x04")) || isPickle(b) }

// isPickle reports whether b begins as a pickle of protocol 2 to 5.
func isPickle(b []byte) bool { return len(b) > 2 && b[0] == opProto && b[1] >= 2 && b[1] <= 5 }

// Parse reads the content of a file. It returns every dict with tensors in it, the outermost first. Where there is
// none, the error says what the file holds. The tensors' Data are parts of b where they can be.
func Parse(b []byte) ([]*Dict, error) {
	read := parseArchive
	if isPickle(b) {
		read = parseLegacy
	}
	value, s, err := read(b)
	if err != nil {
		return nil, err
	}
	return dicts(value, &copier{room: 4*len(b) + 1<<20, swap: s.bigEndian})
}

// parseArchive reads a file of PyTorch 1.6 and later.
func parseArchive(b []byte) (any, *storages, error) {
	a, err := open(b)
	if err != nil {
		return nil, nil, err
	}
	pickle, err := a.record(a.pickle)
	if err != nil {
		return nil, nil, err
	}
	if len(pickle) > maxPickle {
		return nil, nil, fmt.Errorf("%s: got %d bytes, want at most %d", a.pickle, len(pickle), maxPickle)
	}
	s, err := newStorages(a)
	if err != nil {
		return nil, nil, err
	}
	value, end, err := unpickle(pickle, s.load)
	if err == nil && end != len(pickle) {
		err = fmt.Errorf("STOP at byte %d of %d: want it at the end", end-1, len(pickle))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", a.pickle, err)
	}
	return value, s, nil
}

// magic is the number at the beginning of a file of PyTorch before 1.6, as it is pickled.
const magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"

// parseLegacy reads a file of PyTorch before 1.6, or of a later one that was asked for that format. It is a row of
// pickles: the magic number, the format's version, facts about the machine, the value, and a list of the storages'
// keys. Then each storage follows, as the number of its elements in 8 bytes and the elements, both little-endian.
func parseLegacy(b []byte) (any, *storages, error) {
	if !bytes.Contains(b[:min(len(b), 32)], []byte(magic)) {
		return nil, nil, errors.New("a Python pickle that torch.save has not written: use torch.save")
	}
	s := &storages{loaded: make(map[string]*storage)}
	var values [5]any
	at := 0
	for i, what := range []string{"magic number", "version", "machine", "value", "storages"} {
		in := b[at:]
		if len(in) > maxPickle {
			in = in[:maxPickle]
		}
		value, end, err := unpickle(in, s.declare)
		if err != nil {
			return nil, nil, fmt.Errorf("PyTorch before 1.6, %s: %w", what, err)
		}
		values[i] = value
		at += end
	}
	if version, ok := values[1].(int); !ok || version != 1001 {
		return nil, nil, fmt.Errorf("PyTorch before 1.6: the format's version is %s, want 1001", describe(values[1]))
	}
	keys, ok := values[4].(*sequence)
	if !ok {
		return nil, nil, fmt.Errorf("PyTorch before 1.6: the storages' keys are %s, want a list", describe(values[4]))
	}
	if err := s.fill(keys.items, b[at:]); err != nil {
		return nil, nil, fmt.Errorf("PyTorch before 1.6: %w", err)
	}
	return values[3], s, nil
}
