package solvers

import "anneal/graph"

// Memory returns the bytes of state that an algorithm keeps for params between steps.
func Memory(a Algorithm, params *graph.Params) (int, error) {
	solver, err := New(a, params.All(), Tuning{})
	if err != nil {
		return 0, err
	}
	state, err := solver.State()
	if err != nil {
		return 0, err
	}
	bytes := 0
	for _, t := range state {
		switch v := t.Data.(type) {
		case []float32:
			bytes += 4 * len(v)
		case []float64:
			bytes += 8 * len(v)
		case []int64:
			bytes += 8 * len(v)
		}
	}
	return bytes, nil
}
