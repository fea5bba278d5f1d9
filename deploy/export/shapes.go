package export

import (
	"fmt"
	"strconv"

	"anneal/graph"
	"anneal/internal/wire"
)

// Further types of elements: those of TensorProto.
const boolType = 9

// shapes knows the shapes of values for batches of one size, and the lists of whole numbers among them.
type shapes struct {
	of    map[string][]int
	lists map[string][]int
	kinds map[string]int // types of elements; floatType where there is none
}

// valueInfos describes the results of all nodes except outputs, as far as their shapes are known. It infers the shapes
// for batches of one and of two, and gives a size that differs in terms of the batch. It returns nil for a model of one
// batch size.
func (e *encoder) valueInfos(sample []int) []wire.Message {
	twice, err := e.twice()
	if err != nil {
		return nil
	}
	one, two := e.infer(e.layers, 1, sample), e.infer(twice, 2, sample)
	outputs := map[string]bool{}
	for _, l := range e.layers {
		for _, name := range l.Outputs {
			if name == "" {
				name = Logits
			}
			outputs[name] = true
		}
	}
	var infos []wire.Message
	for _, n := range e.nodes {
		for _, name := range n.outputs {
			a, b := one.of[name], two.of[name]
			if a == nil || len(a) != len(b) || outputs[name] || name == "" {
				continue
			}
			var sizes []any
			for i, size := range a {
				sizes = append(sizes, sizeOf(size, b[i]))
			}
			infos = append(infos, valueInfo(name, one.kind(name), sizes...))
		}
	}
	return infos
}

// sizeOf returns a size that is one for a batch of one and two for a batch of two: a number, or a text with "batch".
func sizeOf(one, two int) any {
	switch each := two - one; {
	case each == 0:
		return one
	case each == 1 && one == 1:
		return batchSize
	case each == one:
		return strconv.Itoa(each) + "*" + batchSize
	default:
		return fmt.Sprintf("%d*%s+%d", each, batchSize, one-each)
	}
}

// infer returns the shapes for batches of n, as far as they are known. layers are the model's for such batches.
func (e *encoder) infer(layers []graph.Layer, n int, sample []int) *shapes {
	s := &shapes{make(map[string][]int), make(map[string][]int), make(map[string]int)}
	s.of[Input] = append([]int{n}, sample...)
	known := make(map[string][]int)
	for at, l := range layers {
		if name := e.values[at]; name != "" {
			known[name] = l.Shape
		}
		if l.Kind == inputKind {
			s.of[l.Name] = l.Shape
			if l.Integers {
				s.kinds[l.Name] = int32Type
			}
		}
	}
	for _, t := range e.tensors {
		s.of[t.name] = t.shape
		if t.indexes != nil {
			s.lists[t.name], s.kinds[t.name] = t.indexes, intType
		}
	}
	for _, n := range e.nodes {
		results := s.results(n)
		for i, name := range n.outputs {
			if shape, ok := known[name]; ok {
				s.of[name] = shape
			} else if i < len(results) && results[i] != nil {
				s.of[name] = results[i]
			}
			s.kinds[name] = s.kindOf(n)
		}
	}
	return s
}

func (s *shapes) kind(name string) int {
	if kind := s.kinds[name]; kind != 0 {
		return kind
	}
	return floatType
}

// kindOf returns the type of a node's elements.
func (s *shapes) kindOf(n node) int {
	if len(n.inputs) == 0 {
		return floatType
	}
	switch n.op {
	case "Cast":
		return attribute(n, "to", floatType)
	case "Shape":
		return intType
	case "Greater":
		return boolType
	case "Where":
		return s.kind(n.inputs[1])
	}
	return s.kind(n.inputs[0])
}

// attribute returns an attribute of a node, or unset.
func attribute[T any](n node, name string, unset T) T {
	for _, a := range n.attributes {
		if v, ok := a.Value.(T); ok && a.Name == name {
			return v
		}
	}
	return unset
}
