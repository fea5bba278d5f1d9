package profile

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"

	"anneal/data"
)

// Equal says how many samples of a part have the same x as a sample of the same part that comes before them, or as one
// of another part.
type Equal struct {
	Part    string `json:"part"`
	Of      string `json:"of"`
	Samples int    `json:"samples"` // of Part
	// Examples are the first of them, at most ten: the number of the sample in Part, and in Of.
	Examples [][2]int `json:"examples"`
}

// Conflicts are samples with the same x and different labels or targets: no network can be right about all of them.
type Conflicts struct {
	Samples  int       `json:"samples"`
	Examples []Example `json:"examples"` // the first, at most ten
}

// Example is two samples with the same x.
type Example struct {
	Parts   [2]string `json:"parts"`
	Samples [2]int    `json:"samples"`
	Labels  [2]int    `json:"labels"` // 0 without classes
}

// maxExamples is how many samples are named.
const maxExamples = 10

// partNames are the names of the parts by their numbers.
var partNames = []string{"train", "valid", "test"}

// entry identifies a sample by the first bits of SHA-256: of its inputs, and of what is to be learnt.
type entry struct {
	inputs [16]byte
	answer uint64
	label  int32
	sample int32
	part   uint8
	unread bool
}

// entry returns that of the sample. Fields other than the target are inputs, too.
func (s *scratch) entry(r *reading, i int) entry {
	s.bytes = appendFloats(s.bytes[:0], s.x)
	for _, f := range s.fields {
		if f.Name != data.TargetName {
			s.bytes = appendValues(s.bytes, f)
		}
	}
	e := entry{label: s.label, sample: int32(i), part: uint8(r.number)}
	sum := sha256.Sum256(s.bytes)
	copy(e.inputs[:], sum[:])
	s.bytes = binary.LittleEndian.AppendUint32(s.bytes[:0], uint32(s.label))
	for _, f := range s.fields {
		if f.Name == data.TargetName {
			s.bytes = appendValues(s.bytes, f)
		}
	}
	sum = sha256.Sum256(s.bytes)
	e.answer = binary.LittleEndian.Uint64(sum[:])
	return e
}

func appendFloats(b []byte, x []float32) []byte {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func appendValues(b []byte, v data.Values) []byte {
	b = appendFloats(b, v.Floats)
	for _, n := range v.Ints {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// compare finds the equal samples. It sorts list.
func compare(list []entry) ([]Equal, Conflicts) {
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(bytes.Compare(a.inputs[:], b.inputs[:]), cmp.Compare(a.part, b.part), cmp.Compare(a.sample, b.sample))
	})
	found := map[[2]uint8]*Equal{}
	var conflicts Conflicts
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].inputs == list[0].inputs {
			n++
		}
		if n > 1 {
			collect(found, list[:n])
			conflicts.collect(list[:n])
		}
		list = list[n:]
	}
	equal := []Equal{}
	for part := range uint8(len(partNames)) {
		for of := range part + 1 {
			if e := found[[2]uint8{part, of}]; e != nil {
				slices.SortFunc(e.Examples, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
				e.Examples = e.Examples[:min(len(e.Examples), maxExamples)]
				equal = append(equal, *e)
			}
		}
	}
	conflicts.first()
	return equal, conflicts
}

// collect notes the equal samples of a group: each with the first one before it in its part, and in each part before.
func collect(found map[[2]uint8]*Equal, group []entry) {
	first := map[uint8]entry{}
	for _, e := range group {
		for of := range e.part + 1 {
			other, ok := first[of]
			if !ok {
				continue
			}
			key := [2]uint8{e.part, of}
			if found[key] == nil {
				found[key] = &Equal{Part: partNames[e.part], Of: partNames[of]}
			}
			found[key].Samples++
			found[key].Examples = append(found[key].Examples, [2]int{int(e.sample), int(other.sample)})
		}
		if _, ok := first[e.part]; !ok {
			first[e.part] = e
		}
	}
}

// collect notes the samples of a group if they are to be learnt differently.
func (c *Conflicts) collect(group []entry) {
	i := slices.IndexFunc(group, func(e entry) bool { return e.answer != group[0].answer })
	if i < 0 {
		return
	}
	a, b := group[0], group[i]
	c.Samples += len(group)
	c.Examples = append(c.Examples, Example{
		Parts:   [2]string{partNames[a.part], partNames[b.part]},
		Samples: [2]int{int(a.sample), int(b.sample)}, Labels: [2]int{int(a.label), int(b.label)},
	})
}

// first keeps the first examples.
func (c *Conflicts) first() {
	order := func(e Example) int { return slices.Index(partNames, e.Parts[0]) }
	slices.SortFunc(c.Examples, func(a, b Example) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.Samples[0], b.Samples[0]))
	})
	c.Examples = c.Examples[:min(len(c.Examples), maxExamples)]
	if c.Examples == nil {
		c.Examples = []Example{}
	}
}
