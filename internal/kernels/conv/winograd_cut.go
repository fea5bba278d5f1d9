package conv

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// winogradCut cuts the patches of a batch into units, each of which a part computes at a time: the patches of a block
// of images or, if that is one image, those of a band of its rows of patches.
type winogradCut struct {
	blocks       blocks
	bands        int
	down, across int // patches of an image
}

func (c *winogradCut) units() int { return c.blocks.count() * c.bands }

// patches returns the number of patches of the largest unit.
func (c *winogradCut) patches() int {
	return c.blocks.size * kernels.CeilDiv(c.down, c.bands) * c.across
}

// unit is a range of rows of patches of each of a block's images.
type unit struct {
	first, images int
	from, to      int
}

func (c *winogradCut) unit(i int) unit {
	first, images := c.blocks.block(i / c.bands)
	from, to := parallel.Range(i%c.bands, c.bands, c.down)
	return unit{first, images, from, to}
}

// patchesOf returns the first of a unit's patches among the block's, and their number.
func (c *winogradCut) patchesOf(u unit) (first, n int) {
	return u.from * c.across, u.images * (u.to - u.from) * c.across
}

// planeRows returns the rows of a plane of h rows that the unit's patches of a size meet.
func (u unit) planeRows(size, pad, h int) (from, to int) {
	from = min(max(0, u.from*winogradOut-pad), h)
	return from, max(from, min(h, (u.to-1)*winogradOut-pad+size))
}

// minWinogradParts is the number of parts that each pass has if there is enough work, so that several processors share
// it.
const minWinogradParts = 4

// cutWinograd cuts the patches of s into units. A unit reads all of the transformed kernels, which many patches should
// share, but V and M should stay in the processor's own cache.
func cutWinograd(s Shape) winogradCut {
	const (
		memory    = 3 << 16 // elements of V and M
		least     = 32      // patches of a unit
		leastPart = 8       // patches of a part
	)
	oh, ow := s.Out()
	c := winogradCut{
		blocks: blocks{s.N, 1}, bands: 1, down: kernels.CeilDiv(oh, winogradOut),
		across: kernels.CeilDiv(ow, winogradOut),
	}
	patches := s.N * c.down * c.across
	units := max(1, min(minWinogradParts, patches/leastPart), patches/max(least, memory/(winogradPoints*(s.C+s.OutC))))
	if units <= s.N {
		c.blocks.size = s.N / units
	} else {
		c.bands = min(kernels.CeilDiv(units, s.N), c.down)
	}
	return c
}

// winogradWeightCut cuts dw's work into shares of the units times slices of the input channels.
type winogradWeightCut struct {
	winogradCut
	shares, slices int
}

// cutWinogradWeight cuts the work of s. A share costs another transformed dw. A slice costs another transform of dy.
func cutWinogradWeight(s Shape) winogradWeightCut {
	const (
		share = 48 // patches that are worth a share
		slice = 32 // channels that are worth a slice
	)
	c := winogradWeightCut{cutWinograd(s), 1, 1}
	patches := s.N * c.down * c.across
	for c.shares*c.slices < minWinogradParts {
		canShare := patches/(2*c.shares) >= share && 2*c.shares <= c.units()
		canSlice := s.C%(2*c.slices) == 0 && s.C/(2*c.slices) >= slice
		switch {
		case canSlice && (!canShare || s.C > 3*patches):
			c.slices *= 2
		case canShare:
			c.shares *= 2
		default:
			return c
		}
	}
	return c
}

// winogradKernelParts returns the number of parts in which kernels are transformed.
func winogradKernelParts(s Shape) int {
	const size = 2048 // elements of a part
	return min(s.C, kernels.CeilDiv(s.weights(), size))
}
