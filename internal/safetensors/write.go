package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"anneal/internal/atomicfile"
)

// Encode returns the content of f as a file. The same f gives the same bytes.
//
// Tensors of larger elements come first, as the original writer has them, so that every tensor is aligned. Tensors of
// equally large elements keep their order.
func (f *File) Encode() ([]byte, error) {
	tensors := slices.SortedStableFunc(slices.Values(f.Tensors), func(a, b Tensor) int {
		return -cmp.Compare(a.DType.bits(), b.DType.bits())
	})
	header, err := encodeHeader(tensors, f.Metadata)
	if err != nil {
		return nil, err
	}
	size := 8 + len(header)
	for _, t := range tensors {
		size += len(t.Data)
	}
	b := make([]byte, 0, size)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(header)))
	b = append(b, header...)
	for _, t := range tensors {
		b = append(b, t.Data...)
	}
	return b, nil
}

// encodeHeader returns the JSON header, padded with spaces to a multiple of 8 bytes.
func encodeHeader(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	var b bytes.Buffer
	w := json.NewEncoder(&b) // writes the keys of a map in order
	w.SetEscapeHTML(false)
	member := func(key string, value any) {
		b.WriteByte("{,"[min(b.Len(), 1)])
		w.Encode(key)           // strings, numbers and their lists: nothing that JSON cannot hold
		b.Truncate(b.Len() - 1) // Encode ends a line
		b.WriteByte(':')
		w.Encode(value)
		b.Truncate(b.Len() - 1)
	}

	if len(metadata) > 0 {
		for key, value := range metadata {
			if !utf8.ValidString(key) || !utf8.ValidString(value) {
				return nil, fmt.Errorf("metadata %q: got %.40q, want text in UTF-8", key, value)
			}
		}
		member(metadataKey, metadata)
	}
	seen, at := map[string]bool{}, 0
	for _, t := range tensors {
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		if seen[t.Name] || t.Name == metadataKey || !utf8.ValidString(t.Name) {
			return nil, fmt.Errorf("tensor %q: want a name in UTF-8 that no other tensor has, and not %s",
				t.Name, metadataKey)
		}
		seen[t.Name] = true
		member(t.Name, struct {
			DType   DType  `json:"dtype"`
			Shape   []int  `json:"shape"`
			Offsets [2]int `json:"data_offsets"`
		}{t.DType, append([]int{}, t.Shape...), [2]int{at, at + len(t.Data)}})
		at += len(t.Data)
	}
	if b.Len() == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	if b.Len() > maxHeader {
		return nil, fmt.Errorf("header: got %d bytes, want at most %d", b.Len(), maxHeader)
	}
	return b.Bytes(), nil
}

// Write replaces the file at path by f; see atomicfile.Write.
func Write(path string, f *File) error {
	b, err := f.Encode()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return atomicfile.Write(path, b)
}
