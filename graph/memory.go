package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/memory"
)

// room is how many bytes a program, or parameters, may take.
type room struct {
	most float64 // 0: what is left of the memory
	each float64 // bytes of a number
}

// roomOf returns the room that most bytes are, or if that is 0 what is left of the memory.
func roomOf(most int64, dtype tensor.Dtype) room { return room{float64(most), float64(dtype.Size())} }

// check returns an error if so many numbers take more. what says what they are.
func (r room) check(numbers float64, what string, args ...any) error {
	bytes := r.each * numbers
	if r.most > 0 && bytes > r.most {
		return fmt.Errorf(what+": %.0f MB of memory, want at most %.0f", append(args, bytes/1e6, r.most/1e6)...)
	}
	if err := memory.Check(int64(min(bytes, 1<<62))); err != nil {
		return fmt.Errorf(what+": %w", append(args, err)...)
	}
	return nil
}

// numbersIn returns how many numbers a tensor of that shape has. It cannot overflow, whatever a file says.
func numbersIn(shape tensor.Shape) float64 {
	n := 1.0
	for _, size := range shape {
		n *= float64(size)
	}
	return n
}

// withResults is what the numbers of a program are, in errors.
const withResults = "graph: input of shape %v with what is computed of it"

// checkResults returns an error if the input takes more than there is room for with what the program returns, or with
// any one of the results that it computes. None of them has memory yet.
func (p *Program) checkResults(r room, outputs []*Node) error {
	p.numbers = numbersIn(p.x.Shape())
	largest := 0.0
	for _, n := range upstream(outputs...) {
		if n.Op() != nil {
			largest = max(largest, numbersIn(n.Shape()))
		}
	}
	if err := r.check(p.numbers+largest, withResults, p.x.Shape()); err != nil {
		return err
	}
	counted := make(map[*Node]bool)
	for _, n := range outputs {
		if !counted[n] {
			counted[n] = true
			p.numbers += numbersIn(n.Shape())
		}
	}
	return r.check(p.numbers, withResults, p.x.Shape())
}

// Bytes returns how much memory the program's input and the results of its ops take. Ops may take more while they run.
func (p *Program) Bytes() int64 { return int64(p.numbers) * int64(p.x.Dtype().Size()) }
