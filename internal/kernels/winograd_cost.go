package kernels

// The functions below report whether Winograd's algorithm computes a pass of s faster than the direct one. That depends on the
// shape alone. Times are in multiplications of two vectors, and one must be clearly less than the other, since both are estimates.

const clearly = 0.85

func winogradComputesY(s ConvShape) bool {
	if !s.isWinograd() {
		return false
	}
	_, direct := cutForward(s)
	return winogradTime(s, cutWinograd(s)) < clearly*direct
}

func winogradComputesDx(s ConvShape) bool {
	const packing = 5 // an element of the weights, which the direct algorithm rearranges
	if !s.isWinograd() {
		return false
	}
	_, direct := cutInput(s)
	turned := s.turned()
	return winogradTime(turned, cutWinograd(turned)) < clearly*(direct+packing*float64(s.weights()))
}

func winogradComputesDw(s ConvShape) bool {
	if !s.isWinograd() {
		return false
	}
	c := cutWinogradWeight(s)
	oh, ow := s.Out()
	direct := longProduct * float64(s.weights()*s.N*oh*ow) / lanes
	slice := float64(s.N*c.down*c.across) * (transformCost*float64(ceilDiv(s.OutC, lanes)) + copyCost*winogradTile*winogradTile*float64(s.OutC))
	return winogradTime(s, c.winogradCut)+float64(c.slices-1)*slice < clearly*direct
}

// isWinograd reports whether Winograd's algorithm can compute s.
func (s ConvShape) isWinograd() bool {
	return s.KH == 3 && s.KW == 3 && s.StrideH == 1 && s.StrideW == 1 && s.DilH == 1 && s.DilW == 1 && s.Groups == 1 &&
		s.PadH <= 2 && s.PadW <= 2
}

const (
	longProduct   = 1.1 // a multiplication in a long product
	transformCost = 215 // of a vector of a tile's inputs or outputs
)

// winogradTime estimates the time of a pass.
func winogradTime(s ConvShape, c winogradCut) float64 {
	const (
		start      = 5000 // the work that transforms the kernels
		kernelCost = 400  // to transform a vector of kernels
	)
	oh, ow := s.Out()
	tiles, in, out := float64(s.N*c.down*c.across), float64(ceilDiv(s.C, lanes)), float64(ceilDiv(s.OutC, lanes))
	product := longProduct * winogradPoints * tiles * float64(s.C) * rowCost(s.OutC)
	transforms := transformCost*tiles*(in+out) + copyCost*float64(s.N*(s.C*s.H*s.W+s.OutC*oh*ow))
	read := 2.0 // a vector of transformed kernels, by what cache they fit into
	if size := winogradPoints * s.C * s.OutC; size > 1<<22 {
		read = 20
	} else if size > 1<<20 {
		read = 10
	}
	kernels := float64(s.C) * out * (kernelCost + winogradPoints*read*float64(c.units()))
	return start + product + transforms + kernels
}
