// Package numpy reads data sets from NumPy's files: .npz, and .npy in a folder.
//
// The arrays are found by their names, in capitals or not: x and y, images and labels, data and target, each alone or
// as x_train, x_val, x_test or train_images, val_images, test_images.
package numpy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"anneal/internal/memory"
)

// Array is an array of a file, in C order.
type Array struct {
	Shape []int

	kind  byte // of the elements: u, i, f, or b for bool
	size  int  // bytes per element
	order binary.ByteOrder
	data  []byte
}

const (
	maxHeader = 1 << 16   // bytes of the text in the header
	maxBytes  = 1<<31 - 1 // bytes of the elements
)

var (
	descr   = regexp.MustCompile(`'descr'\s*:\s*'([<>|=])([a-zA-Z])(\d+)'`)
	fortran = regexp.MustCompile(`'fortran_order'\s*:\s*(True|False)`)
	shape   = regexp.MustCompile(`'shape'\s*:\s*\(([\d, ]*)\)`)
)

// ReadArray reads a file of the .npy format, of which r holds size bytes. It allocates no more than that. Elements are
// unsigned or signed integers, floating-point numbers of 4 or 8 bytes, or bool.
//
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
func ReadArray(r io.Reader, size int64) (*Array, error) {
	buffered := bufio.NewReader(r)
	text, length, err := header(buffered)
	if err != nil {
		return nil, err
	}
	a := new(Array)
	if err := a.parse(text); err != nil {
		return nil, err
	}
	total := int64(a.size)
	for i, n := range a.Shape {
		if n > 0 && total > maxBytes/int64(n) {
			return nil, fmt.Errorf("shape: got %v, want at most %d bytes", a.Shape, maxBytes)
		}
		if total *= int64(n); n == 0 {
			return nil, fmt.Errorf("shape: dimension %d of %v is 0", i, a.Shape)
		}
	}
	if int64(length)+total != size {
		return nil,
			fmt.Errorf("data: got %d bytes after the header, want %d for shape %v", size-int64(length), total, a.Shape)
	}
	need := total
	if a.size > 1 { // numbers, of which there will be float32
		need += 4 * total / int64(a.size)
	}
	if err := memory.Check(need); err != nil {
		return nil, fmt.Errorf("data: shape %v: %w", a.Shape, err)
	}
	a.data = make([]byte, total)
	if n, err := io.ReadFull(buffered, a.data); err != nil {
		return nil, fmt.Errorf("data: got %d bytes, want %d: %w", n, total, err)
	}
	// Reading on to the end also has zip compare its checksum.
	if n, err := buffered.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("data: want the file to end after the last element: %w", err)
	}
	return a, nil
}

// header returns the text of a header, and how many bytes there are before the elements.
func header(r io.Reader) (text string, length int, err error) {
	var magic [8]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil || string(magic[:6]) != "\x93NUMPY" {
		return "", 0, errors.New("want a .npy file, which begins with \\x93NUMPY")
	}
	var n uint32
	switch length = 10; magic[6] {
	case 1:
		var short uint16
		err = binary.Read(r, binary.LittleEndian, &short)
		n = uint32(short)
	case 2, 3:
		length = 12
		err = binary.Read(r, binary.LittleEndian, &n)
	default:
		return "", 0, fmt.Errorf("version: got %d, want 1 to 3", magic[6])
	}
	if err != nil || n > maxHeader {
		return "", 0, fmt.Errorf("header: got %d bytes, want at most %d", n, maxHeader)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return "", 0, fmt.Errorf("header: want %d bytes: %w", n, err)
	}
	return string(b), length + int(n), nil
}

// parse reads the text of a header, a dictionary of Python.
func (a *Array) parse(text string) error {
	d, f, s := descr.FindStringSubmatch(text), fortran.FindStringSubmatch(text), shape.FindStringSubmatch(text)
	if d == nil || f == nil || s == nil {
		return fmt.Errorf("header: got %.80q, want descr of integers or floating-point numbers, fortran_order and shape",
			text)
	}
	a.kind, a.order = d[2][0], binary.LittleEndian
	if d[1] == ">" {
		a.order = binary.BigEndian
	}
	switch a.size, _ = strconv.Atoi(d[3]); d[2] + d[3] {
	case "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8", "b1":
	default:
		return fmt.Errorf("type: got %s%s, want one of u1, u2, u4, u8, i1, i2, i4, i8, f4, f8 and b1", d[2], d[3])
	}
	for part := range strings.SplitSeq(s[1], ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue // after the last comma
		}
		n, err := strconv.Atoi(part)
		if err != nil || len(a.Shape) == 32 {
			return fmt.Errorf("shape: got (%.80s), want at most 32 numbers", s[1])
		}
		a.Shape = append(a.Shape, n)
	}
	if f[1] == "True" && len(a.Shape) > 1 {
		return errors.New("fortran_order: got True, want False: save np.ascontiguousarray(a)")
	}
	return nil
}

// Len returns the number of elements.
func (a *Array) Len() int { return len(a.data) / a.size }

// Bytes returns the elements if they are unsigned bytes, else nil.
func (a *Array) Bytes() []byte {
	if a.kind != 'u' || a.size != 1 {
		return nil
	}
	return a.data
}

// Whole reports whether the elements are integers or bool.
func (a *Array) Whole() bool { return a.kind != 'f' }

// At returns element i. Integers beyond 2⁵³ are rounded.
func (a *Array) At(i int) float64 {
	b := a.data[i*a.size : (i+1)*a.size]
	var v uint64
	switch a.size {
	case 1:
		v = uint64(b[0])
	case 2:
		v = uint64(a.order.Uint16(b))
	case 4:
		v = uint64(a.order.Uint32(b))
	default:
		v = a.order.Uint64(b)
	}
	switch {
	case a.kind == 'f' && a.size == 4:
		return float64(math.Float32frombits(uint32(v)))
	case a.kind == 'f':
		return math.Float64frombits(v)
	case a.kind == 'i':
		unused := 64 - 8*a.size
		return float64(int64(v<<unused) >> unused)
	}
	return float64(v)
}
