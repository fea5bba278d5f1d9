package predict

import (
	"fmt"

	"anneal/graph"
)

// Values returns the network's outputs for samples, by name, each [N, ...] flat; "" is the name of its own result. x is
// [N, ...] flat with any N, normalised as the network was trained, and inputs are the network's other inputs for the
// same samples. Values may be anything, such as the prices of a regression, logits, or the pixels of an autoencoder.
func (p *Predictor) Values(x []float32, inputs ...graph.Named) (map[string][]float64, error) {
	size := p.options.size()
	n := len(x) / size
	if n*size != len(x) {
		return nil, fmt.Errorf("predict: %d numbers: want a multiple of %d, the size of a sample of shape %v",
			len(x), size, p.options.XShape)
	}
	for _, in := range inputs {
		if total := len(in.Floats) + len(in.Float64s) + len(in.Ints); n > 0 && total%n != 0 {
			return nil, fmt.Errorf("predict: input %s: %d numbers for %d samples: want as many for each", in.Name, total, n)
		}
	}
	values := make(map[string][]float64)
	err := p.run(x, inputs, func(program *graph.Program, n, rows int) error {
		for _, name := range append([]string{""}, program.Outputs()...) {
			if y := program.Output(name); y != nil {
				all := graph.Float64s(y)
				values[name] = append(values[name], all[:len(all)/rows*n]...)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return values, nil
}

// part returns samples from to to of the n in list, with zeros after them for so many rows.
func part[T float32 | float64 | int32](list []T, from, to, n, rows int) []T {
	size := len(list) / n
	some := list[from*size : to*size]
	if rows == to-from {
		return some
	}
	return append(some[:len(some):len(some)], make([]T, (rows-(to-from))*size)...)
}
