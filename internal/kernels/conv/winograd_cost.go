package conv

import (
	"anneal/internal/kernels"
)

// margin is the factor by which Winograd's algorithm must be estimated to be faster than the direct one to be used,
// since both costs are estimates.
const margin = 0.85

// winogradComputesY reports whether Winograd's algorithm computes y of s faster than the direct one. That depends on
// the shape alone. The costs, here and below, are in multiplications of two vectors. They were fitted on one Zen 4, and
// must not depend on the machine: the two algorithms round differently, and a shape must have the same bits everywhere.
func winogradComputesY(s Shape) bool {
	if !s.isWinograd() {
		return false
	}
	_, direct := cutForward(s)
	return winogradTime(s, cutWinograd(s)) < margin*direct
}

// winogradComputesDx is winogradComputesY for dx.
func winogradComputesDx(s Shape) bool {
	const packing = 5 // an element of the weights, which the direct algorithm rearranges
	if !s.isWinograd() {
		return false
	}
	_, direct := cutInput(s, sharedProcessors)
	rotated := s.rotated()
	return winogradTime(rotated, cutWinograd(rotated)) < margin*(direct+packing*float64(s.weights()))
}

// winogradComputesDw is winogradComputesY for dw and db.
func winogradComputesDw(s Shape) bool {
	if !s.isWinograd() {
		return false
	}
	c := cutWinogradWeight(s)
	oh, ow := s.Out()
	direct := longProductCost * float64(s.weights()*s.N*oh*ow) / kernels.Lanes
	slice := float64(s.N*c.down*c.across) * (transformCost*float64(kernels.CeilDiv(s.OutC,
		kernels.Lanes)) + copyCost*winogradOut*winogradOut*float64(s.OutC))
	return winogradTime(s, c.winogradCut)+float64(c.slices-1)*slice < margin*direct
}

// isWinograd reports whether Winograd's algorithm can compute s.
func (s Shape) isWinograd() bool {
	return s.KH == 3 && s.KW == 3 && s.StrideH == 1 && s.StrideW == 1 && s.DilH == 1 && s.DilW == 1 && s.Groups == 1 &&
		s.PadH <= 2 && s.PadW <= 2
}

const (
	longProductCost = 1.1 // a multiplication in a long product
	transformCost   = 215 // of a vector of a patch's inputs or outputs
)

// winogradTime estimates the cost of a pass.
func winogradTime(s Shape, c winogradCut) float64 {
	const (
		start      = 5000 // the work that transforms the kernels
		kernelCost = 400  // to transform a vector of kernels
	)
	oh, ow := s.Out()
	patches, in, out := float64(s.N*c.down*c.across), float64(kernels.CeilDiv(s.C, kernels.Lanes)),
		float64(kernels.CeilDiv(s.OutC, kernels.Lanes))
	product := longProductCost * winogradPoints * patches * float64(s.C) * rowCost(s.OutC)
	transforms := transformCost*patches*(in+out) + copyCost*float64(s.N*(s.C*s.H*s.W+s.OutC*oh*ow))
	read := 2.0 // a vector of transformed kernels, by what cache they fit into
	if size := winogradPoints * s.C * s.OutC; size > 1<<22 {
		read = 20
	} else if size > 1<<20 {
		read = 10
	}
	kernelCosts := float64(s.C) * out * (kernelCost + winogradPoints*read*float64(c.units()))
	return start + product + transforms + kernelCosts
}
