package solvers

import (
	"fmt"
	"slices"
)

// Tensor is one piece of a solver's state.
type Tensor struct {
	Name  string // what it is and of which parameter, such as momentum_buffer/conv1.weight or step/conv1.weight
	Shape []int  // the parameter's; empty for a single number
	Data  any    // []float32 or []float64, as the parameter is; []int64 for a count
}

// State returns, parameter by parameter, its buffers under PyTorch's names and the number of its steps. Frozen parameters have none.
func (e *engine[T]) State() ([]Tensor, error) {
	var list []Tensor
	for _, sl := range e.slots {
		if sl.frozen {
			continue
		}
		for i, b := range e.settings.buffers(1) {
			if sl.state[i] != nil {
				list = append(list, Tensor{sl.key(b.name), sl.shape(b.number), slices.Clone(sl.state[i])})
			}
		}
		list = append(list, Tensor{sl.key("step"), nil, []int64{sl.steps}})
	}
	return list, nil
}

// Restore puts back what State returned.
func (e *engine[T]) Restore(list []Tensor) error {
	given := make(map[string]Tensor)
	for _, t := range list {
		if _, twice := given[t.Name]; twice {
			return fmt.Errorf("solvers: state: %s is there twice", t.Name)
		}
		given[t.Name] = t
	}
	var apply []func() // once all is known to be right
	for _, sl := range e.slots {
		if sl.frozen {
			continue
		}
		for i, b := range e.settings.buffers(1) {
			key := sl.key(b.name)
			t, ok := given[key]
			switch data, typed := t.Data.([]T); {
			case b.name == "" || !ok && sl.state[i] == nil:
			case !ok:
				return fmt.Errorf("solvers: state: %s is missing", key)
			case !typed || !slices.Equal(t.Shape, sl.shape(b.number)) || len(data) != sl.size(b.number):
				return fmt.Errorf("solvers: state: %s is %T of shape %v: want %T of %v", key, t.Data, t.Shape, data, sl.shape(b.number))
			default:
				apply = append(apply, func() { sl.state[i] = slices.Clone(data) })
				delete(given, key)
			}
		}
		t, ok := given[sl.key("step")]
		steps, typed := t.Data.([]int64)
		if !ok {
			return fmt.Errorf("solvers: state: %s is missing", sl.key("step"))
		}
		if !typed || len(steps) != 1 || len(t.Shape) != 0 || steps[0] < 0 {
			return fmt.Errorf("solvers: state: %s is %v of shape %v: want one count, []int64", t.Name, t.Data, t.Shape)
		}
		apply = append(apply, func() { sl.steps = steps[0] })
		delete(given, t.Name)
	}
	for _, t := range list {
		if _, left := given[t.Name]; left {
			return fmt.Errorf("solvers: state: %s has no place in this solver", t.Name)
		}
	}
	for _, f := range apply {
		f()
	}
	return nil
}

func (sl *slot[T]) key(what string) string { return what + "/" + sl.param.Name() }

// shape is a buffer's shape, size the number of its elements.
func (sl *slot[T]) shape(number bool) []int {
	if number {
		return nil
	}
	return slices.Clone(sl.param.Value().Shape())
}

func (sl *slot[T]) size(number bool) int {
	if number {
		return 1
	}
	return sl.param.Value().DataSize()
}
