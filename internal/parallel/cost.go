package parallel

// Costs are counted in elements of a simple loop, such as a sum of two tensors.
const (
	// PartSize is about what a part costs: enough to outweigh claiming it, little enough to stay in the cache.
	PartSize = 1 << 14

	Smooth       = 4                     // cost of a function such as tanh, with SIMD kernels
	PerElement   = 8                     // multiplications of a product of matrices that cost as much as one element
	PartProducts = PerElement * PartSize // multiplications of a part
)

// Costs says about how much all parts of w cost together. If that is no more than PartSize, as in small networks, Run
// computes them itself: sharing would take longer. Costs returns w.
func (w *Work) Costs(elements int) *Work {
	w.small = elements <= PartSize
	return w
}
