package solvers

import (
	"fmt"
	"slices"

	"anneal/internal/kernels"
)

// Tensor is one piece of a solver's state.
type Tensor struct {
	Name  string // what it is and of which parameter, such as momentum_buffer/conv1.weight or step/conv1.weight
	Shape []int  // the parameter's; empty for a single number
	Data  any    // []float32 or []float64, as the parameter is; []int64 for a count
}

// State returns, parameter by parameter, its buffers under PyTorch's names and the number of its steps. Frozen
// parameters have none.
func (e *engine[T]) State() ([]Tensor, error) {
	var list []Tensor
	for _, sl := range e.slots {
		if sl.frozen {
			continue
		}
		for i, b := range sl.want {
			if sl.state[i] != nil {
				list = append(list, Tensor{sl.key(b.Name), slices.Clone(sl.shapeOf(i)), slices.Clone(sl.state[i])})
			}
		}
		if r, ok := sl.rule.(numbered[T]); ok {
			name, value := r.number()
			list = append(list, Tensor{sl.key(name), nil, []T{*value}})
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
		set, err := restore(sl, given)
		if err != nil {
			return fmt.Errorf("solvers: state: %w", err)
		}
		apply = append(apply, set)
	}
	for _, t := range list {
		if _, left := given[t.Name]; left {
			return fmt.Errorf("solvers: state: %s has no place in this solver", t.Name)
		}
	}
	for _, set := range apply {
		set()
	}
	return nil
}

// restore takes the state of sl out of given, and returns what puts it into sl.
func restore[T kernels.Float](sl *slot[T], given map[string]Tensor) (set func(), err error) {
	restored := sl.state
	for i, b := range sl.want {
		if _, there := given[sl.key(b.Name)]; b.Name == "" || !there && sl.state[i] == nil {
			continue
		}
		if restored[i], err = take[T](given, sl.key(b.Name), sl.shapeOf(i)); err != nil {
			return nil, err
		}
	}
	var product []T
	r, hasNumber := sl.rule.(numbered[T])
	if hasNumber {
		name, _ := r.number()
		if product, err = take[T](given, sl.key(name), nil); err != nil {
			return nil, err
		}
	}
	steps, err := take[int64](given, sl.key("step"), nil)
	if err != nil {
		return nil, err
	}
	if steps[0] < 0 {
		return nil, fmt.Errorf("%s is %d: want at least 0", sl.key("step"), steps[0])
	}
	return func() {
		sl.state, sl.steps = restored, steps[0]
		if hasNumber {
			_, value := r.number()
			*value = product[0]
		}
	}, nil
}

// take removes the tensor of that name from given, and returns a copy of its elements, which must have that type and
// shape.
func take[E any](given map[string]Tensor, name string, shape []int) ([]E, error) {
	t, there := given[name]
	data, typed := t.Data.([]E)
	if !there {
		return nil, fmt.Errorf("%s is missing", name)
	}
	if !typed || !slices.Equal(t.Shape, shape) || len(data) != size(shape) {
		return nil, fmt.Errorf("%s is %T of shape %v: want %T of %v", name, t.Data, t.Shape, data, shape)
	}
	delete(given, name)
	return slices.Clone(data), nil
}

func (sl *slot[T]) key(what string) string { return what + "/" + sl.param.Name() }
