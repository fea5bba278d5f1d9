package kernels

const (
	winogradCache = 3 << 16 // elements of V and M of a unit
	winogradRows  = 32      // tiles of a unit that are worth a pass over the transformed kernels
	winogradParts = 4       // of each computation, if there is enough work
	leastRows     = 8       // tiles of a unit
	shareRows     = 48      // tiles that are worth a share of dw
	sliceChannels = 32      // inputs that are worth transforming dy for a slice of dw
)

// winogradKernelParts returns the number of parts in which kernels are transformed.
func winogradKernelParts(s ConvShape) int {
	const size = 2048 // elements of a part
	return min(s.C, ceilDiv(s.weights(), size))
}

// cutWinograd cuts the tiles of s into units.
func cutWinograd(s ConvShape) winogradCut {
	oh, ow := s.Out()
	c := winogradCut{blocks: blocks{s.N, 1}, bands: 1, down: ceilDiv(oh, winogradTile), across: ceilDiv(ow, winogradTile)}
	tiles := s.N * c.down * c.across
	units := max(1, min(winogradParts, tiles/leastRows), tiles/max(winogradRows, winogradCache/(winogradPoints*(s.C+s.OutC))))
	if units <= s.N {
		c.blocks.size = s.N / units
	} else {
		c.bands = min(ceilDiv(units, s.N), c.down)
	}
	return c
}

// winogradWeightCut says how dw's work is cut.
type winogradWeightCut struct {
	winogradCut
	shares, slices int
}

// isWinograd reports whether Winograd's algorithm can compute s.
func isWinograd(s ConvShape) bool {
	return s.KH == 3 && s.KW == 3 && s.StrideH == 1 && s.StrideW == 1 && s.DilH == 1 && s.DilW == 1 && s.Groups == 1 &&
		s.PadH <= 2 && s.PadW <= 2
}

// winogradGain is how much less than the direct algorithm's the time of Winograd's must be, in estimates that are so good.
const winogradGain = 0.85

// cutWinogradForward cuts the work of the forward pass, if Winograd's algorithm takes less time.
func cutWinogradForward(s ConvShape) (cut winogradCut, ok bool) {
	if !isWinograd(s) {
		return cut, false
	}
	cut = cutWinograd(s)
	_, direct := cutForward(s)
	return cut, winogradCost(s, cut) < winogradGain*direct
}

// cutWinogradInput does the same for dx.
func cutWinogradInput(s ConvShape) (cut winogradCut, ok bool) {
	const packing = 5 // the time that the direct algorithm takes to rearrange an element of the weights
	if !isWinograd(s) {
		return cut, false
	}
	cut = cutWinograd(s.turned())
	_, direct := cutInput(s)
	return cut, winogradCost(s.turned(), cut) < winogradGain*(direct+packing*float64(s.weights()))
}

// cutWinogradWeight does the same for dw.
func cutWinogradWeight(s ConvShape) (cut winogradWeightCut, ok bool) {
	if !isWinograd(s) {
		return cut, false
	}
	c := cutWinograd(s)
	tiles := s.N * c.down * c.across
	shares := min(c.units(), winogradParts, max(1, tiles/shareRows))
	slices := 1
	for slices*2*shares <= winogradParts && s.C/(slices*2) >= sliceChannels && s.C%(slices*2) == 0 {
		slices *= 2
	}
	again := float64((slices-1)*tiles) * (transformCost*float64(ceilDiv(s.OutC, lanes)) + copyCost*winogradTile*winogradTile*float64(s.OutC))
	oh, ow := s.Out()
	direct := overhead * float64(s.weights()*s.N*oh*ow) / lanes
	return winogradWeightCut{c, shares, slices}, winogradCost(s, c)+again < winogradGain*direct
}

// transformCost is the time to transform a vector of a tile's inputs or outputs, in that of a multiplication of two vectors.
const transformCost = 215

// overhead is the time of a long product to that of its multiplications.
const overhead = 1.1

// winogradCost returns the time of a pass by Winograd's algorithm in the same unit.
func winogradCost(s ConvShape, c winogradCut) float64 {
	const (
		start      = 5000    // the work that transforms the kernels
		kernelCost = 400     // to transform a vector of kernels
		large      = 1 << 20 // transformed kernels no longer in any cache
	)
	oh, ow := s.Out()
	tiles, in, out := float64(s.N*c.down*c.across), float64(ceilDiv(s.C, lanes)), float64(ceilDiv(s.OutC, lanes))
	product := overhead * winogradPoints * tiles * float64(s.C) * rowCost(s.OutC)
	transforms := transformCost*tiles*(in+out) + copyCost*float64(s.N*(s.C*s.H*s.W+s.OutC*oh*ow))
	read := 2.0 // a vector of transformed kernels
	if winogradPoints*s.C*s.OutC > large {
		read = 10
	}
	kernels := float64(s.C) * out * (kernelCost + winogradPoints*read*float64(c.units()))
	return start + product + transforms + kernels
}
