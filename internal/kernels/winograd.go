package kernels

// Convolutions of 3×3 kernels with stride 1 are computed by Winograd's minimal filtering F(4×4, 3×3) where that is less work.
// Outputs are cut into tiles of 4×4. With d[c] the 6×6 inputs of channel c that a tile sees, those of output channel o are
//
//	y[o] = Aᵀ·( Σc (G·w[o,c]·Gᵀ) ⊙ (Bᵀ·d[c]·B) )·A
//
// which are 36 multiplications for each c where the definition takes 144: a product of two polynomials is computed from its
// values at 6 points. The gradients follow by transposition: that of w is Gᵀ·( Σ (A·dy·Aᵀ) ⊙ (Bᵀ·d·B) )·G over all tiles, and
// that of x is the same convolution of dy with kernels turned by 180°.
//
// The points are 0, ±a, ±b and infinity. Those near 1 keep the powers in the matrices of like size: with a = 5/8 and b = 3/2
// results are 2 to 6 times as far from the true ones as the sums of the definition, and with the usual a = 1 and b = 2 twice
// as far as that.
//
// An infinity or NaN in the middle 4×4 of a tile's inputs makes all of the tile's outputs NaN.
//
// Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015, arXiv:1509.09308. Points: Barabasz, Anderson,
// Soodhalter and Gregg, Error Analysis and Improving the Accuracy of Winograd Convolution, 2018, arXiv:1803.10986.
const (
	winogradA = 5.0 / 8
	winogradB = 3.0 / 2

	// The values of the kernel's polynomial are divided by the product of the differences of a point and the others.
	winogradScale0 = 1 / (winogradA * winogradA * winogradB * winogradB)
	winogradScaleA = 1 / (2 * winogradA * winogradA * (winogradA*winogradA - winogradB*winogradB))
	winogradScaleB = 1 / (2 * winogradB * winogradB * (winogradB*winogradB - winogradA*winogradA))

	winogradTile   = 4 // outputs
	winogradPatch  = 6 // inputs
	winogradPoints = winogradPatch * winogradPatch
)

// transform is one of the matrices L of the algorithm: it turns a square matrix X into L·X·Lᵀ.
type transform int

const (
	inputTransform          transform = iota // Bᵀ
	kernelTransform                          // G
	outputTransform                          // Aᵀ
	outputGradientTransform                  // A
	kernelGradientTransform                  // Gᵀ
)

// transformSizes are the numbers of columns and rows of the matrices.
var transformSizes = [...]struct{ in, out int }{
	inputTransform:          {winogradPatch, winogradPatch},
	kernelTransform:         {3, winogradPatch},
	outputTransform:         {winogradPatch, winogradTile},
	outputGradientTransform: {winogradTile, winogradPatch},
	kernelGradientTransform: {winogradPatch, 3},
}

// sandwich transforms a matrix X of vectors of n elements:
//
//	dst[to[i·out + j]:] = Σk,l L[i][k] · L[j][l] · src[from[k·in + l]:]
func sandwich[T Float](l transform, dst []T, to places, src []T, from places, n int) {
	if sandwichSIMD(l, dst, to, src, from, n) {
		return
	}
	in, out := transformSizes[l].in, transformSizes[l].out
	for p := range n {
		var half [winogradPatch][winogradPatch]T // (L·X)ᵀ
		for j := range in {
			for k := range in {
				half[j][k] = src[int(from.at[k*in+j])+p]
			}
			multiply(l, &half[j])
		}
		for i := range out {
			var row [winogradPatch]T
			for j := range in {
				row[j] = half[j][i]
			}
			multiply(l, &row)
			for j := range out {
				dst[int(to.at[i*out+j])+p] = row[j]
			}
		}
	}
}

// sandwichOutput is sandwich for outputs, each of which becomes max(floor, y + bias). bias may be nil.
func sandwichOutput[T Float](dst []T, to places, src []T, from places, n int, bias []T, floor T) {
	if sandwichOutputSIMD(dst, to, src, from, n, bias, floor) {
		return
	}
	sandwich(outputTransform, dst, to, src, from, n)
	for _, at := range to.at {
		y := dst[at:][:n]
		for p, v := range y {
			if bias != nil {
				v += bias[p]
			}
			y[p] = clamp(v, floor)
		}
	}
}

// places are where vectors start in a slice, last at the latest.
type places struct {
	at   []int32
	last int
}

// of returns places i·n to (i+1)·n−1.
func (p places) of(i, n int) places { return places{p.at[i*n:][:n], p.last} }

// size returns the number of elements of adjacent vectors, if all of p are.
func (p places) size() int { return len(p.at) * int(p.at[1]-p.at[0]) }

// every returns n places in distances of stride.
func every(n, stride int) places {
	p := places{make([]int32, n), (n - 1) * stride}
	for i := range p.at {
		p.at[i] = int32(i * stride)
	}
	return p
}

// multiply sets x to L·x.
func multiply[T Float](l transform, x *[winogradPatch]T) {
	const a, b = winogradA, winogradB
	switch l {
	case inputTransform:
		evenA, oddA := x[4]-b*b*x[2], a*(x[3]-b*b*x[1])
		evenB, oddB := x[4]-a*a*x[2], b*(x[3]-a*a*x[1])
		x[0] = x[4] + a*a*b*b*x[0] - (a*a+b*b)*x[2]
		x[5] = x[5] + a*a*b*b*x[1] - (a*a+b*b)*x[3]
		x[1], x[2], x[3], x[4] = evenA+oddA, evenA-oddA, evenB+oddB, evenB-oddB
	case kernelTransform:
		evenA, oddA := winogradScaleA*(x[0]+a*a*x[2]), winogradScaleA*a*x[1]
		evenB, oddB := winogradScaleB*(x[0]+b*b*x[2]), winogradScaleB*b*x[1]
		x[0], x[5] = winogradScale0*x[0], x[2]
		x[1], x[2], x[3], x[4] = evenA+oddA, evenA-oddA, evenB+oddB, evenB-oddB
	case outputTransform:
		sumA, differenceA, sumB, differenceB := x[1]+x[2], x[1]-x[2], x[3]+x[4], x[3]-x[4]
		x[0] += sumA + sumB
		x[1] = a*differenceA + b*differenceB
		x[2] = a*a*sumA + b*b*sumB
		x[3] = x[5] + a*a*a*differenceA + b*b*b*differenceB
	case outputGradientTransform:
		evenA, oddA := x[0]+a*a*x[2], a*(x[1]+a*a*x[3])
		evenB, oddB := x[0]+b*b*x[2], b*(x[1]+b*b*x[3])
		x[5] = x[3]
		x[1], x[2], x[3], x[4] = evenA+oddA, evenA-oddA, evenB+oddB, evenB-oddB
	case kernelGradientTransform:
		sumA, differenceA, sumB, differenceB := x[1]+x[2], x[1]-x[2], x[3]+x[4], x[3]-x[4]
		x[0] = winogradScale0*x[0] + winogradScaleA*sumA + winogradScaleB*sumB
		x[1] = winogradScaleA*a*differenceA + winogradScaleB*b*differenceB
		x[2] = x[5] + winogradScaleA*a*a*sumA + winogradScaleB*b*b*sumB
	}
}
