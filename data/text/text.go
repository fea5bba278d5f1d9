// Package text makes samples for sequence models of a text, by character or by byte: Length tokens, and the tokens that
// come next.
package text

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"anneal/data"
	"anneal/internal/bounded"
)

// Options say how a text becomes samples.
type Options struct {
	Length int     // tokens per sample, at least 1; 0: 64
	Stride int     // tokens from the beginning of a sample to that of the next, at least 1; 0: Length
	Bytes  bool    // tokens are bytes, 256 classes, not the characters of the text
	Test   float64 // the share of the text, from its end, that is set aside for the test: above 0, below 1

	// Characters are those that a trained network knows, by number, unless tokens are bytes; nil: those of the text, in
	// the order of Unicode
	Characters []string
}

// Next is the name of the field with the token after each one of x.
const Next = "next"

const (
	maxText  = 1 << 30
	maxChars = 65_536
)

// Text is a Dataset of the sequences of a text. x is [Length], the numbers of tokens as float32. The label is the token
// after the last one. The field Next, [Length] integers, is the token after each.
type Text struct {
	tokens         []int32
	length, stride int
	facts          data.Facts // ClassNames are the tokens
	classes        int
}

func (d *Text) Len() int          { return (len(d.tokens)-1-d.length)/d.stride + 1 }
func (d *Text) Shape() [3]int     { return [3]int{d.length, 1, 1} }
func (d *Text) Classes() int      { return d.classes }
func (d *Text) Facts() data.Facts { return d.facts }
func (d *Text) XShape() []int     { return []int{d.length} }

// Fields returns the field Next.
func (d *Text) Fields() []data.Field {
	return []data.Field{{Name: Next, Shape: []int{d.length}, Ints: true}}
}

// Read writes the tokens of sample i and returns the one after them.
func (d *Text) Read(i int, x []float32) (label int32, err error) {
	at := i * d.stride
	for k := range x {
		x[k] = float32(d.tokens[at+k])
	}
	return d.tokens[at+len(x)], nil
}

// ReadField writes the tokens after each of sample i.
func (d *Text) ReadField(i, _ int, _ []float32, ints []int32) error {
	copy(ints, d.tokens[i*d.stride+1:])
	return nil
}

// Load reads a text in UTF-8, unless its tokens are bytes.
func Load(path string, o Options) (*data.Sets, error) {
	content, err := bounded.ReadNamed(path, maxText)
	if err != nil {
		return nil, fmt.Errorf("data: text: %w", err)
	}
	sets, err := New(content, filepath.Base(path), o)
	if err != nil {
		return nil, fmt.Errorf("data: text: %s: %w", path, err)
	}
	sets.From = path
	return sets, nil
}

// New returns the samples of a text with a name.
func New(content []byte, name string, o Options) (*data.Sets, error) {
	if o.Length == 0 {
		o.Length = 64
	}
	if o.Stride == 0 {
		o.Stride = o.Length
	}
	if o.Length < 1 || o.Stride < 1 || !(o.Test > 0 && o.Test < 1) {
		return nil, fmt.Errorf("got length %d, stride %d and a test part of %v, want at least 1 of both, and a share below 1",
			o.Length, o.Stride, o.Test)
	}
	whole := tokens(content, o.Bytes)
	if !o.Bytes && !utf8.Valid(content) {
		return nil, fmt.Errorf("not UTF-8: want it, or tokens that are bytes")
	}
	cut := len(whole) - int(o.Test*float64(len(whole)))
	if shorter := min(cut, len(whole)-cut); shorter <= o.Length {
		return nil, fmt.Errorf("a part of %d tokens: want at least %d in each", shorter, o.Length+1)
	}
	d := Text{length: o.Length, stride: o.Stride, classes: 256, facts: data.Facts{Name: name}}
	if !o.Bytes {
		if err := d.number(whole, o.Characters); err != nil {
			return nil, err
		}
	}
	train, test := d, d
	train.tokens, test.tokens = whole[:cut], whole[cut:]
	return &data.Sets{Train: &train, Test: &test}, nil
}

// tokens returns the code points of a text, or its bytes.
func tokens(content []byte, bytes bool) []int32 {
	if !bytes {
		return []int32(string(content))
	}
	list := make([]int32, len(content))
	for i, b := range content {
		list[i] = int32(b)
	}
	return list
}

// number replaces characters by their numbers: those of known, or, if that is nil, those in the order of Unicode.
func (d *Text) number(whole []int32, known []string) error {
	number := make(map[int32]int32)
	if known == nil {
		for _, c := range whole {
			number[c] = 0
		}
		for _, c := range slices.Sorted(maps.Keys(number)) {
			known = append(known, string(c))
		}
	}
	if len(known) > maxChars {
		return fmt.Errorf("%d different characters, want at most %d", len(known), maxChars)
	}
	clear(number)
	for i, name := range known {
		c, size := utf8.DecodeRuneInString(name)
		if size != len(name) || size == 0 {
			return fmt.Errorf("class %q of the network: want a character", name)
		}
		number[c] = int32(i)
	}
	d.facts.ClassNames, d.classes = known, len(known)
	for i, c := range whole {
		code, ok := number[c]
		if !ok {
			return fmt.Errorf("character %q: the network does not know it", c)
		}
		whole[i] = code
	}
	return nil
}
