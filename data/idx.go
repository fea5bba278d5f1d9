package data

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"anneal/internal/memory"
	"anneal/internal/plural"
)

// idx is the content of an IDX file: the format of MNIST, http://yann.lecun.com/exdb/mnist/. It is two zero bytes, the
// element type, the number of dimensions, each dimension as 4 bytes big-endian, the elements row-major and big-endian.
type idx struct {
	kind byte // of the elements
	dims []int
	data []byte
}

// The types of elements.
const (
	idxUint8   = 0x08
	idxInt8    = 0x09
	idxInt16   = 0x0b
	idxInt32   = 0x0c
	idxFloat32 = 0x0d
	idxFloat64 = 0x0e
)

// idxSize returns the bytes per element, or 0 if there is no such type.
func idxSize(kind byte) int64 {
	return map[byte]int64{idxUint8: 1, idxInt8: 1, idxInt16: 2, idxInt32: 4, idxFloat32: 4, idxFloat64: 8}[kind]
}

const (
	maxIDX     = 1<<31 - 1 // bytes of elements one file may hold
	maxInflate = 1032      // DEFLATE's largest ratio of output to input
	inflated   = 32 << 20  // more bytes of elements may be packed no more than dense times
	dense      = 100
)

// readIDX reads the file of bytes at path, plain or gzip, which must have one of the given numbers of dimensions.
func readIDX(path string, ndims ...int) (idx, error) {
	return readTyped(path, []byte{idxUint8}, ndims...)
}

// readTyped reads a file whose elements have one of these types.
func readTyped(path string, kinds []byte, ndims ...int) (idx, error) {
	f, err := os.Open(path)
	if err != nil {
		return idx{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return idx{}, err
	}
	if !info.Mode().IsRegular() {
		return idx{}, fmt.Errorf("%s: type: got %v, want a regular file", path, info.Mode().Type())
	}
	x, err := parseTyped(f, info.Size(), kinds, ndims...)
	if err != nil {
		return idx{}, fmt.Errorf("%s: %w", path, err)
	}
	return x, nil
}

// parseIDX reads a file of bytes of the given size.
func parseIDX(r io.Reader, size int64, ndims ...int) (idx, error) {
	return parseTyped(r, size, []byte{idxUint8}, ndims...)
}

// parseTyped reads a file of the given size whose elements have one of these types. It allocates no more than the
// elements that a file of that size can hold.
func parseTyped(r io.Reader, size int64, kinds []byte, ndims ...int) (idx, error) {
	buffered := bufio.NewReader(r)
	r = buffered
	kind, packed := "file", size
	if head, _ := buffered.Peek(2); string(head) == "\x1f\x8b" {
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return idx{}, fmt.Errorf("gzip header: %w", err)
		}
		r, kind, size = z, "gzip file", size*maxInflate
	}

	var magic [4]byte
	if n, err := io.ReadFull(r, magic[:]); err != nil {
		return idx{}, truncated("magic", n, len(magic), err)
	}
	if magic[0] != 0 || magic[1] != 0 {
		return idx{}, fmt.Errorf("magic: got % x, want 00 00 08 and the number of dimensions (an IDX file)", magic)
	}
	if !slices.Contains(kinds, magic[2]) {
		if len(kinds) == 1 {
			return idx{}, fmt.Errorf("element type: got %#02x, want %#02x (unsigned bytes)", magic[2], idxUint8)
		}
		return idx{}, fmt.Errorf("element type: got %#02x, want one of % x (integers or floating point)", magic[2], kinds)
	}
	if !slices.Contains(ndims, int(magic[3])) {
		want := strings.Trim(strings.ReplaceAll(fmt.Sprint(ndims), " ", " or "), "[]")
		return idx{}, fmt.Errorf("dimensions: got %d, want %s", magic[3], want)
	}

	raw := make([]byte, 4*magic[3])
	if n, err := io.ReadFull(r, raw); err != nil {
		return idx{}, truncated("dimensions", n, len(raw), err)
	}
	dims, total := make([]int, magic[3]), idxSize(magic[2])
	for i := range dims {
		d := int64(binary.BigEndian.Uint32(raw[4*i:]))
		if d == 0 {
			return idx{}, fmt.Errorf("dimension %d: got 0, want at least 1", i)
		}
		if d > maxIDX/total {
			return idx{}, fmt.Errorf("dimension %d: got %d, want at most %d (%d bytes in all)",
				i, d, maxIDX/total, maxIDX)
		}
		total *= d
		dims[i] = int(d)
	}
	if total > size {
		return idx{}, fmt.Errorf("data: got a %s that can hold no more than %d bytes, want %d (dimensions %v)",
			kind, size, total, dims)
	}
	if total > inflated && total/dense > packed {
		return idx{}, fmt.Errorf("data: %d bytes are packed into %d, want at most %d times as many: a bomb?",
			total, packed, dense)
	}
	if err := memory.Check(total); err != nil {
		return idx{}, fmt.Errorf("data: dimensions %v: %w", dims, err)
	}
	data := make([]byte, total)
	if n, err := io.ReadFull(r, data); err != nil {
		return idx{}, truncated("data", n, len(data), err)
	}
	// Reading on to the end also has gzip compare its checksum.
	switch n, err := io.ReadFull(r, magic[:1]); {
	case n > 0:
		return idx{}, fmt.Errorf("data: got bytes after the last element, want exactly %d (dimensions %v)", total, dims)
	case err != io.EOF:
		return idx{}, fmt.Errorf("end of file: %w", err)
	}
	return idx{magic[2], dims, data}, nil
}

func truncated(what string, got, want int, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s: got %s, want %d: the file is truncated", what, plural.Of(got, "byte"), want)
	}
	return fmt.Errorf("%s: got %s, want %d: %w", what, plural.Of(got, "byte"), want, err)
}
