package conv

// Convolutions of 3×3 kernels with stride 1 are computed by Winograd's minimal filtering F(4×4, 3×3) where that is less
// work. Outputs are cut into patches of 4×4. With d[c] the 6×6 inputs of channel c that a patch sees, those of output
// channel o are
//
//	y[o] = Aᵀ·( Σc (G·w[o,c]·Gᵀ) ⊙ (Bᵀ·d[c]·B) )·A
//
// which are 36 multiplications for each c where the definition takes 144: a product of two polynomials is computed from
// its values at 6 points. The gradients follow by transposition: that of w is Gᵀ·( Σ (A·dy·Aᵀ) ⊙ (Bᵀ·d·B) )·G over all
// patches, and that of x is the same convolution of dy with kernels rotated by 180°.
//
// The points are 0, ±a, ±b and infinity. Those near 1 keep the powers in the matrices of like size: with a = 5/8 and b
// = 3/2 results are 2 to 6 times as far from the true ones as the sums of the definition, and with the usual a = 1 and
// b = 2 twice as far as that.
//
// An infinity or NaN in the middle 4×4 of a patch's inputs makes all of the patch's outputs NaN.
//
// Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015, arXiv:1509.09308. Points: Barabasz,
// Anderson, Soodhalter and Gregg, Error Analysis and Improving the Accuracy of Winograd Convolution, 2018,
// arXiv:1803.10986.
const (
	winogradA = 5.0 / 8
	winogradB = 3.0 / 2

	// The values of the kernel's polynomial are divided by the product of the differences of a point and the others.
	winogradScale0 = 1 / (winogradA * winogradA * winogradB * winogradB)
	winogradScaleA = 1 / (2 * winogradA * winogradA * (winogradA*winogradA - winogradB*winogradB))
	winogradScaleB = 1 / (2 * winogradB * winogradB * (winogradB*winogradB - winogradA*winogradA))

	winogradOut    = 4 // outputs
	winogradIn     = 6 // inputs
	winogradPoints = winogradIn * winogradIn
)

// places are where vectors start in a slice, last at the latest.
type places struct {
	at   []int32
	last int
}

// of returns places i·n to (i+1)·n−1.
func (p places) of(i, n int) places { return places{p.at[i*n:][:n], p.last} }

// size returns the number of elements of adjacent vectors, if all of p are.
func (p places) size() int { return len(p.at) * int(p.at[1]-p.at[0]) }

// evenPlaces returns n places in distances of stride.
func evenPlaces(n, stride int) places {
	p := places{make([]int32, n), (n - 1) * stride}
	for i := range p.at {
		p.at[i] = int32(i * stride)
	}
	return p
}
