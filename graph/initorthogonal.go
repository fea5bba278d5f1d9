package graph

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"
)

// Orthogonal makes a matrix whose rows, or columns if it has fewer of them, are orthogonal and have the norm gain.
// gain is above 0. All axes of the shape but the first count as one, and there must be at least two axes. The matrix
// is the Q of the QR decomposition of one with normal samples, with an R whose diagonal is positive. All orthogonal
// matrices are equally likely.
//
// Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, 2013,
// arXiv:1312.6120. It is PyTorch's orthogonal_(gain), whose gain is 1 by default.
func Orthogonal(gain float64) Init {
	return Whole(func(rng *rand.Rand, shape tensor.Shape, w []float64) error {
		switch {
		case len(shape) < 2:
			return fmt.Errorf("Orthogonal: shape %v: want at least two axes", shape)
		case !(gain > 0 && gain <= math.MaxFloat64):
			return fmt.Errorf("Orthogonal: gain %v: want a finite number above 0", gain)
		}
		rows := shape[0]
		cols := len(w) / rows
		vectors := make([][]float64, min(rows, cols))
		for i := range vectors {
			vectors[i] = make([]float64, max(rows, cols))
			for j := range vectors[i] {
				vectors[i][j] = rng.NormFloat64()
			}
		}
		orthonormalise(vectors)
		for i, v := range vectors {
			for j, x := range v {
				k := i*cols + j
				if rows > cols {
					k = j*cols + i
				}
				w[k] = gain * x
			}
		}
		return nil
	})
}

// orthonormalise makes vectors orthonormal by Gram and Schmidt's process. It takes each vector's projections away
// twice, after which what rounding leaves of them is of the size of a rounding.
func orthonormalise(vectors [][]float64) {
	for i, v := range vectors {
		for range 2 {
			for _, u := range vectors[:i] {
				p := inner(u, v)
				for j, x := range u {
					v[j] -= p * x
				}
			}
		}
		norm := math.Sqrt(inner(v, v))
		for j := range v {
			v[j] /= norm
		}
	}
}

// inner returns the inner product of a and b.
func inner(a, b []float64) (sum float64) {
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
