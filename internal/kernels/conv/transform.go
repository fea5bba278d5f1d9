package conv

import (
	"anneal/internal/kernels"
)

// transform is one of the matrices L of Winograd's algorithm. It transforms a square matrix X into L·X·Lᵀ.
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
	inputTransform:          {winogradIn, winogradIn},
	kernelTransform:         {3, winogradIn},
	outputTransform:         {winogradIn, winogradOut},
	outputGradientTransform: {winogradOut, winogradIn},
	kernelGradientTransform: {winogradIn, 3},
}

// applyTransform transforms a matrix X of vectors of n elements:
//
//	dst[to[i·out + j]:] = Σk,l L[i][k] · L[j][l] · src[from[k·in + l]:]
func applyTransform[T kernels.Float](l transform, dst []T, to places, src []T, from places, n int) {
	if transformSIMD(l, dst, to, src, from, n) {
		return
	}
	in, out := transformSizes[l].in, transformSizes[l].out
	for p := range n {
		var half [winogradIn][winogradIn]T // (L·X)ᵀ
		for j := range in {
			for k := range in {
				half[j][k] = src[int(from.at[k*in+j])+p]
			}
			multiply(l, &half[j])
		}
		for i := range out {
			var row [winogradIn]T
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

// applyOutputTransform is applyTransform for outputs, each of which becomes max(lower, y + bias). bias may be nil.
func applyOutputTransform[T kernels.Float](dst []T, to places, src []T, from places, n int, bias []T, lower T) {
	if outputTransformSIMD(dst, to, src, from, n, bias, lower) {
		return
	}
	applyTransform(outputTransform, dst, to, src, from, n)
	for _, at := range to.at {
		y := dst[at:][:n]
		for p, v := range y {
			if bias != nil {
				v += bias[p]
			}
			y[p] = kernels.Clamp(v, lower)
		}
	}
}

// multiply sets x to L·x.
func multiply[T kernels.Float](l transform, x *[winogradIn]T) {
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
