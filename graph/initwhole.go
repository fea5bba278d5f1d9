package graph

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"
)

// Whole makes an Init of a function that sets all values of a parameter, w, of this shape in row-major order. They are
// 0 before. An error that set returns is one of the model.
func Whole(set func(rng *rand.Rand, shape tensor.Shape, w []float64) error) Init {
	return func(rng *rand.Rand, fan Fan) func() float64 {
		w := make([]float64, fan.Shape.TotalSize())
		if err := set(rng, fan.Shape, w); err != nil {
			return fan.Fail(err)
		}
		i := -1
		return func() float64 {
			i++
			return w[i]
		}
	}
}

// Identity makes a matrix with ones on its diagonal and zeros elsewhere: PyTorch's eye_.
func Identity() Init {
	return Whole(func(_ *rand.Rand, shape tensor.Shape, w []float64) error {
		if len(shape) != 2 {
			return fmt.Errorf("Identity: shape %v: want a matrix", shape)
		}
		for i := range min(shape[0], shape[1]) {
			w[i*shape[1]+i] = 1
		}
		return nil
	})
}

// Dirac makes a convolution that passes its input on: output channel c of each of so many groups, at least 1, is input
// channel c, as far as there are both. A kernel of an odd size with padding for the same size of image then changes
// nothing. It is PyTorch's dirac_(groups). The shape is [out, in, k...] with one to three k, and groups divides out.
func Dirac(groups int) Init {
	return Whole(func(_ *rand.Rand, shape tensor.Shape, w []float64) error {
		if len(shape) < 3 || len(shape) > 5 || groups < 1 || shape[0]%groups != 0 {
			return fmt.Errorf("Dirac: shape %v and %d groups: want [out, in, k...] with one to three k, "+
				"and groups that divide out", shape, groups)
		}
		kernel, middle := 1, 0
		for _, k := range shape[2:] {
			kernel, middle = kernel*k, middle*k+k/2
		}
		out, in := shape[0]/groups, shape[1]
		for g := range groups {
			for c := range min(out, in) {
				w[((g*out+c)*in+c)*kernel+middle] = 1
			}
		}
		return nil
	})
}

// Sparse makes a matrix [out, in]. In each column a share of the values, rounded up to whole ones, is 0. The others are
// samples of the normal distribution with mean 0 and standard deviation std. It is PyTorch's sparse_(sparsity, std),
// whose std is 0.01 by default. Martens, Deep learning via Hessian-free optimization, 2010.
func Sparse(sparsity, std float64) Init {
	return Whole(func(rng *rand.Rand, shape tensor.Shape, w []float64) error {
		switch {
		case len(shape) != 2:
			return fmt.Errorf("Sparse: shape %v: want a matrix", shape)
		case !(sparsity >= 0 && sparsity <= 1 && std >= 0 && std <= math.MaxFloat64):
			return fmt.Errorf("Sparse: sparsity %v and standard deviation %v: want a share from 0 to 1, "+
				"and a finite number of at least 0", sparsity, std)
		}
		for i := range w {
			w[i] = std * rng.NormFloat64()
		}
		zeros := int(math.Ceil(sparsity * float64(shape[0])))
		for column := range shape[1] {
			for _, row := range rng.Perm(shape[0])[:zeros] {
				w[row*shape[1]+column] = 0
			}
		}
		return nil
	})
}
