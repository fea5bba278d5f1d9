package solvers

import (
	"fmt"
	"unsafe"

	"anneal/graph"
	"anneal/internal/kernels"
	"anneal/internal/memory"
)

// Memory returns the bytes of state that an algorithm keeps for params between steps. It allocates none of them.
func Memory(a Algorithm, params *graph.Params) (int, error) {
	solver, err := planned(a, params.All(), Tuning{})
	if err != nil {
		return 0, err
	}
	if k, ok := solver.(keeper); ok {
		return int(k.stateBytes()), nil
	}
	return 0, fmt.Errorf("solvers: %v: %w", a, ErrNoState)
}

// MemoryOf returns the bytes of what State of s returns, or 0 if s is no solver of this package.
func MemoryOf(s Solver) int {
	if k, ok := s.(keeper); ok {
		return int(k.stateBytes())
	}
	return 0
}

// keeper is a Solver that tells how large its state is, and makes it in begin.
type keeper interface {
	begin() error
	stateBytes() int64
}

// begin makes the state and the scratch memory of steps. If there is no memory for all of it, begin makes none.
func (e *engine[T]) begin() error {
	if err := e.check(e.missing()); err != nil {
		return err
	}
	for _, sl := range e.slots {
		if r, ok := sl.rule.(Whole); ok && !sl.frozen {
			r.Shape(sl.param.Value().Shape())
		}
		sl.grow(e.buffers(sl))
	}
	e.cut()
	return nil
}

// missing returns the bytes that begin allocates.
func (e *engine[T]) missing() (bytes int64) {
	for _, sl := range e.slots {
		bytes += sl.lacking(e.buffers(sl)) + e.scratchBytes(sl)
	}
	return bytes
}

// check returns an error if that many bytes of memory are not left.
func (e *engine[T]) check(bytes int64) error {
	if err := memory.Check(bytes); err != nil {
		return fmt.Errorf("solvers: the state of %v: %w", e.groups[0].algorithm, err)
	}
	return nil
}

// buffers returns the buffers that sl has at its group's momentum.
func (e *engine[T]) buffers(sl *slot[T]) Buffers {
	g := e.groups[sl.group]
	return g.algorithm.Buffers(g.momentum, sl.param.Value().Shape())
}

// lacking returns the bytes of the buffers in want that sl does not have yet.
func (sl *slot[T]) lacking(want Buffers) (bytes int64) {
	for i, b := range want {
		if sl.lacks(i, b) {
			bytes += bytesOf[T](size(sl.shapeOf(i)))
		}
	}
	return bytes
}

// scratching is a Whole rule of this package that has scratch memory.
type scratching interface {
	scratchBytes(shape []int) int64
}

// scratchBytes returns the bytes that steps of sl need besides its state.
func (e *engine[T]) scratchBytes(sl *slot[T]) (bytes int64) {
	if sl.frozen {
		return 0
	}
	if n := sl.param.Value().DataSize(); e.changes(sl) && n > 0 {
		each, stretch := sl.cuts()
		bytes = bytesOf[T]((n + each - 1) / each * min(stretch, n))
	}
	if r, ok := sl.rule.(scratching); ok {
		bytes += r.scratchBytes(sl.param.Value().Shape())
	}
	return bytes
}

// stateBytes returns the bytes of what State returns, or will return after begin.
func (e *engine[T]) stateBytes() (bytes int64) {
	for _, sl := range e.slots {
		if sl.frozen {
			continue
		}
		bytes += bytesOf[int64](1) + sl.lacking(e.buffers(sl)) // the count of steps, and the buffers
		for _, b := range sl.state {
			bytes += bytesOf[T](len(b))
		}
		if _, ok := sl.rule.(numbered[T]); ok {
			bytes += bytesOf[T](1)
		}
	}
	return bytes
}

// bytesOf returns the bytes of n numbers.
func bytesOf[T kernels.Float | int64](n int) int64 {
	var zero T
	return int64(n) * int64(unsafe.Sizeof(zero))
}
