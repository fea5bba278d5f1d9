package elementwise

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Add sets y to a + b, element by element. y may be a or b. It panics unless the lengths are equal.
func Add[T kernels.Float](y, a, b []T) {
	kernels.CheckLen("Add", "y", len(y), len(a))
	kernels.CheckLen("Add", "b", len(b), len(a))
	if addSIMD(y, a, b) {
		return
	}
	for i, v := range a {
		y[i] = v + b[i]
	}
}

// Scale sets y to factor·x, element by element. y may be x. It panics unless the lengths are equal.
func Scale[T kernels.Float](y, x []T, factor T) {
	kernels.CheckLen("Scale", "y", len(y), len(x))
	for i, v := range x {
		y[i] = factor * v
	}
}

// Combination is the plan of a sum or a product of tensors of one size, term after term.
type Combination[T kernels.Float] struct {
	relu          bool
	y, dy         []T
	x, dx         [][]T
	forward, back parallel.Loop
	combine       func(y, a, b []T)
}

// NewSum returns the plan of y = x[0] + x[1] + …, with relu of max(0, y).
func NewSum[T kernels.Float](size int, relu bool) *Combination[T] {
	s := &Combination[T]{relu: relu, combine: Add[T]}
	s.loops(size)
	s.back = parallel.NewLoop(size, 1, func(from, to int) {
		for _, dx := range s.dx {
			switch {
			case dx == nil:
			case relu:
				ReLUBackward(dx[from:to], s.dy[from:to], s.y[from:to])
			default:
				copy(dx[from:to], s.dy[from:to])
			}
		}
	})
	return s
}

// NewProduct returns the plan of y = x[0]·x[1]·….
func NewProduct[T kernels.Float](size int) *Combination[T] {
	s := &Combination[T]{combine: Dropout[T]}
	s.loops(size)
	s.back = parallel.NewLoop(size, 1, func(from, to int) {
		for i, dx := range s.dx {
			if dx == nil {
				continue
			}
			copy(dx[from:to], s.dy[from:to])
			for j, x := range s.x {
				if j != i {
					Dropout(dx[from:to], dx[from:to], x[from:to])
				}
			}
		}
	})
	return s
}

func (s *Combination[T]) loops(size int) {
	s.forward = parallel.NewLoop(size, 1, func(from, to int) {
		y := s.y[from:to]
		if len(s.x) == 1 {
			copy(y, s.x[0][from:to])
		} else {
			s.combine(y, s.x[0][from:to], s.x[1][from:to])
			for _, x := range s.x[2:] {
				s.combine(y, y, x[from:to])
			}
		}
		if s.relu {
			ReLU(y, y)
		}
	})
}

// Forward sets y.
func (s *Combination[T]) Forward(y []T, x [][]T) {
	s.y, s.x = y, x
	s.forward.Run()
}

// Backward sets each of dx that is not nil. A sum reads y only with relu, and never x; a product reads x.
func (s *Combination[T]) Backward(dx [][]T, dy, y []T, x [][]T) {
	s.dx, s.dy, s.y, s.x = dx, dy, y, x
	s.back.Run()
}
