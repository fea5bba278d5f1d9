package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"anneal/internal/bounded"
	"anneal/internal/plural"
)

// The format's own limit of a header is 100,000,000 bytes. Parse reads far less, which files of models do not reach: a
// header of small tensors takes 60 times its size to read.
const (
	formatHeader = 100_000_000
	maxHeader    = 16 << 20
	maxTensors   = 1 << 15
)

// space lists the characters that JSON takes as white space.
const space = " \t\r\n"

// maxRank is the largest number of dimensions that Parse reads; no layer has tensors of more than five.
const maxRank = 64

// metadataKey is the one key of a header that names no tensor.
const metadataKey = "__metadata__"

// Read reads the file at path.
func Read(path string) (*File, error) {
	b, err := bounded.ReadFile(path, bounded.Most)
	if err != nil {
		return nil, err
	}
	f, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// Parse reads the content of a file, and verifies its checksum if it has one (ChecksumKey). The tensors' Data are parts
// of b.
func Parse(b []byte) (*File, error) {
	length, err := headerLength(b, int64(len(b)))
	if err != nil {
		return nil, err
	}
	header, data := b[8:8+length], b[8+length:]
	metadata, entries, err := parseHeader(header)
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	f := &File{Metadata: metadata}
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	at := 0
	for _, e := range entries {
		if e.begin != at {
			return nil, fmt.Errorf("tensor %q: begin of data: got %d, want %d: no gap, no overlap", e.Name, e.begin, at)
		}
		if e.end < e.begin || e.end > len(data) {
			return nil, fmt.Errorf("tensor %q: end of data: got %d, want %d to %d, the bytes after the header",
				e.Name, e.end, e.begin, len(data))
		}
		e.Data = data[e.begin:e.end:e.end]
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", e.Name, err)
		}
		f.Tensors = append(f.Tensors, e.Tensor)
		at = e.end
	}
	if at != len(data) {
		return nil, fmt.Errorf("data: got %s after the header, want %d", plural.Of(len(data), "byte"), at)
	}
	if err := f.verify(b); err != nil {
		return nil, err
	}
	return f, nil
}

// headerLength reads the length of the header from the beginning of a file of size bytes.
func headerLength(b []byte, size int64) (int, error) {
	if len(b) < 8 {
		return 0, fmt.Errorf("header length: got %s, want 8: not a safetensors file, or truncated",
			plural.Of(len(b), "byte"))
	}
	length := binary.LittleEndian.Uint64(b)
	if length > formatHeader {
		return 0, fmt.Errorf("header length: got %d, want at most %d: not a safetensors file", length, formatHeader)
	}
	if length > maxHeader {
		return 0, fmt.Errorf("header length: got %d, want at most %d", length, maxHeader)
	}
	if int64(length) > size-8 {
		return 0, fmt.Errorf("header: got %s, want %d: the file is truncated", plural.Of(int(size-8), "byte"), length)
	}
	return int(length), nil
}

// parseHeader reads the JSON of a header.
func parseHeader(header []byte) (metadata map[string]string, entries []entry, err error) {
	if !bytes.HasPrefix(bytes.TrimLeft(header, space), []byte("{")) {
		return nil, nil, fmt.Errorf("got %.20q, want a JSON object: not a safetensors file", header)
	}
	if !utf8.Valid(header) {
		return nil, nil, errors.New("got bytes that are not UTF-8")
	}
	err = object(header, func(name string, value json.RawMessage) (err error) {
		if name == metadataKey {
			metadata, err = parseMetadata(value)
			return err
		}
		if len(entries) == maxTensors {
			return fmt.Errorf("got more than %d tensors, want at most that", maxTensors)
		}
		e, err := parseEntry(value)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		e.Name = name
		entries = append(entries, e)
		return nil
	})
	return metadata, entries, err
}

// entry is a tensor with the place of its data.
type entry struct {
	Tensor
	begin, end int
}

func parseEntry(value []byte) (e entry, err error) {
	var offsets []int
	seen := 0
	err = object(value, func(key string, value json.RawMessage) (err error) {
		seen++
		switch key {
		case "dtype":
			if decode(value, &e.DType) != nil {
				err = fmt.Errorf("dtype: got %.40q, want a string", value)
			}
		case "shape":
			e.Shape, err = wholes(key, value)
		case "data_offsets":
			offsets, err = wholes(key, value)
		default:
			err = fmt.Errorf("key: got %.40q, want dtype, shape and data_offsets", key)
		}
		return err
	})
	switch {
	case err != nil:
	case seen != 3:
		err = fmt.Errorf("keys: got %d, want dtype, shape and data_offsets", seen)
	case len(offsets) != 2:
		err = fmt.Errorf("data_offsets: got %v, want two whole numbers", offsets)
	default:
		e.begin, e.end = offsets[0], offsets[1]
	}
	return e, err
}

// wholes reads a list of whole numbers, none of them negative.
func wholes(key string, value []byte) ([]int, error) {
	if n := bytes.Count(value, []byte(",")) + 1; n > maxRank {
		return nil, fmt.Errorf("%s: got %d numbers, want at most %d", key, n, maxRank)
	}
	var list []*int
	if err := decode(value, &list); err != nil {
		return nil, fmt.Errorf("%s: got %.40q, want a list of whole numbers", key, value)
	}
	numbers := make([]int, len(list))
	for i, n := range list {
		if n == nil || *n < 0 {
			return nil, fmt.Errorf("%s: got %.40q, want whole numbers of at least 0", key, value)
		}
		numbers[i] = *n
	}
	return numbers, nil
}

// parseMetadata reads the metadata. The format's own reader takes null for none.
func parseMetadata(value []byte) (map[string]string, error) {
	if string(value) == "null" {
		return nil, nil
	}
	m := map[string]string{}
	err := object(value, func(key string, value json.RawMessage) error {
		var text string
		if decode(value, &text) != nil {
			return fmt.Errorf("%.40q: got %.40q, want a string", key, value)
		}
		m[key] = text
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", metadataKey, err)
	}
	return m, nil
}

// decode reads a JSON value that is not null.
func decode(value []byte, into any) error {
	if string(value) == "null" {
		return fmt.Errorf("null")
	}
	return json.Unmarshal(value, into)
}

// object calls member for each member of the JSON object that is all of b, in order. No key may come twice.
func object(b []byte, member func(key string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("got %.20q, want a JSON object", b)
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return fmt.Errorf("not JSON: %w", err)
		}
		name, ok := key.(string)
		if !ok {
			return fmt.Errorf("not JSON: got %v, want a key", key)
		}
		if seen[name] {
			return fmt.Errorf("%q: given twice", name)
		}
		seen[name] = true
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return fmt.Errorf("not JSON: %w", err)
		}
		if err := member(name, value); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	if rest := bytes.TrimLeft(b[d.InputOffset():], space); len(rest) > 0 {
		return fmt.Errorf("got %.20q after its end", rest)
	}
	return nil
}
