package solvers

import (
	"fmt"
	"slices"

	"anneal/graph"
)

// Buffer is a tensor that an algorithm keeps for a parameter. Checkpoints hold it under its name and the parameter's,
// and runs that are resumed have it back.
type Buffer struct {
	Name  string // such as PyTorch's momentum_buffer; "": there is no such buffer
	Fill  float64
	Shape []int // nil: the parameter's. Any other needs a Rule that is Whole
}

// Buffers are the buffers of a parameter. Those without a name are absent.
type Buffers [MaxBuffers]Buffer

// MaxBuffers is the largest number of buffers of a parameter.
const MaxBuffers = 6

// State is a parameter's buffers, or a stretch of them, in the order of Buffers; absent ones are nil.
type State[T graph.Float] [MaxBuffers][]T

// Hyper is what a step tells the rule of each parameter.
type Hyper struct {
	Step            int64   // 1 for the parameter's first
	Rate, Momentum  float64 // of the group, and the rate of the layer
	WeightDecay, L1 float64
}

// fits returns an error if a cannot move a parameter of type T: it has no rule, or buffers that are not as they say.
func fits[T graph.Float](a Algorithm, param *graph.Param) error {
	rule, shape := ruleOf[T](a), param.Value().Shape()
	if rule == nil {
		return fmt.Errorf("solvers: %v has no rule for parameters of type %v", a, param.Value().Dtype())
	}
	_, whole := rule.(Whole)
	names := []string{"step"}
	for _, b := range a.Buffers(1, shape) {
		switch {
		case b.Name == "":
		case slices.Contains(names, b.Name):
			return fmt.Errorf("solvers: %v: the name %q of a buffer is taken: want another", a, b.Name)
		case b.Shape != nil && !whole:
			return fmt.Errorf("solvers: %v: buffer %s has shape %v: want nil, for the shape of the parameter, or a rule that "+
				"is Whole", a, b.Name, b.Shape)
		}
		names = append(names, b.Name)
	}
	return nil
}
