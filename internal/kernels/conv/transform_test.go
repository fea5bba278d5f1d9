package conv

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// transformMatrices are the matrices of the transforms, from the points.
func transformMatrices() [5][][]float64 {
	points := []float64{0, winogradA, -winogradA, winogradB, -winogradB}
	var inputs, kernelMatrix, gradients [][]float64 // Bᵀ, G, A
	for i, p := range points {
		product, scale := []float64{1}, 1.0 // of x−q for the other points q, by powers of x
		for j, q := range points {
			if j == i {
				continue
			}
			scale *= p - q
			product = timesLinear(product, q)
		}
		inputs = append(inputs, append(product, 0))
		kernelMatrix = append(kernelMatrix, []float64{1 / scale, p / scale, p * p / scale})
		gradients = append(gradients, []float64{1, p, p * p, p * p * p})
	}
	all := []float64{1}
	for _, q := range points {
		all = timesLinear(all, q)
	}
	inputs = append(inputs, all)
	kernelMatrix = append(kernelMatrix, []float64{0, 0, 1})
	gradients = append(gradients, []float64{0, 0, 0, 1})
	return [5][][]float64{
		inputTransform: inputs, kernelTransform: kernelMatrix, outputTransform: transposed(gradients),
		outputGradientTransform: gradients, kernelGradientTransform: transposed(kernelMatrix),
	}
}

// timesLinear multiplies a polynomial by x−q.
func timesLinear(polynomial []float64, q float64) []float64 {
	product := append([]float64{0}, polynomial...)
	for i, c := range polynomial {
		product[i] -= q * c
	}
	return product
}

func transposed(m [][]float64) [][]float64 {
	t := make([][]float64, len(m[0]))
	for i := range t {
		for _, row := range m {
			t[i] = append(t[i], row[i])
		}
	}
	return t
}

func TestTransform(t *testing.T) {
	matrices := transformMatrices()
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for l, matrix := range matrices {
			for n := 1; n <= 130; n++ {
				checkTransform[float32](t, transform(l), matrix, n, n%8)
			}
			checkTransform[float64](t, transform(l), matrix, 21, 0)
		}
	})
}

// checkTransform transforms a matrix of vectors of n elements, which lie in another order.
func checkTransform[T kernels.Float](t rapid.TB, l transform, matrix [][]float64, n, offset int) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(l), uint64(n)))
	in, out := len(matrix[0]), len(matrix)
	src := kerneltest.GuardedNormals[T](t, r, in*in*n, offset)
	dst, intact := kerneltest.Guarded[T](t, out*out*n, 7-offset)
	from, to := evenPlaces(in*in, n), evenPlaces(out*out, n)
	r.Shuffle(in*in, func(i, j int) { from.at[i], from.at[j] = from.at[j], from.at[i] })
	r.Shuffle(out*out, func(i, j int) { to.at[i], to.at[j] = to.at[j], to.at[i] })
	var bias []T
	lower := math.Inf(-1)
	if l == outputTransform {
		if n%3 > 0 {
			bias = kerneltest.GuardedNormals[T](t, r, n, offset)
		}
		if n%2 > 0 {
			lower = 0
		}
		applyOutputTransform(dst, to, src, from, n, bias, T(lower))
	} else {
		applyTransform(l, dst, to, src, from, n)
	}
	intact("transform %d, n = %d", l, n)
	for i := range out {
		for j := range out {
			want := make([]float64, n)
			for p := range want {
				for k := range in {
					for m := range in {
						want[p] += matrix[i][k] * matrix[j][m] * float64(src[int(from.at[k*in+m])+p])
					}
				}
				if bias != nil {
					want[p] += float64(bias[p])
				}
				want[p] = max(want[p], lower)
			}
			kerneltest.Compare(t, "transformed", dst[to.at[i*out+j]:][:n], want, winogradPoints)
		}
	}
}
