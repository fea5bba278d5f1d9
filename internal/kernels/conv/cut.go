package conv

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

// How the work of a convolution is cut depends on the shape alone, and weighs four things: the vectors of a product
// should be full, its rows long, a block's memory should stay in the processor's own cache, and there should be parts
// for every processor.
const (
	tileVectors   = 4       // vectors in a row of a register tile of gemm.NN
	blockBudget   = 160_000 // elements of scratch that a block may use: 640 kB of the second cache
	maxImages     = 16      // images of a block
	minProcessors = 4       // the work is cut finely enough for so many, even if the batch is small

	sharedProcessors = minProcessors / 2 // of dx, where the other processors compute dw
)

// blocks cuts a batch of n images into blocks of size images that are computed together; the last may be smaller.
type blocks struct{ n, size int }

func (b blocks) count() int { return kernels.CeilDiv(b.n, b.size) }

// block returns the first image of block i and the number of its images.
func (b blocks) block(i int) (first, images int) {
	return i * b.size, min(b.size, b.n-i*b.size)
}

// layouts are what a computation prepares for a full block and for a smaller last one.
type layouts[L any] struct {
	blocks
	full, last L
}

func newLayouts[L any](b blocks, prepare func(images int) L) layouts[L] {
	full := prepare(b.size)
	if rest := b.n % b.size; rest != 0 {
		return layouts[L]{b, full, prepare(rest)}
	}
	return layouts[L]{b, full, full}
}

// of returns the layout of block i, its first image and the number of its images.
func (l *layouts[L]) of(i int) (layout L, first, images int) {
	first, images = l.block(i)
	if images != l.size {
		return l.last, first, images
	}
	return l.full, first, images
}

// onesOf returns n ones.
func onesOf[T kernels.Float](n int) []T {
	ones := kernels.Make[T](n)
	for i := range ones {
		ones[i] = 1
	}
	return ones
}

// Costs, in multiplications of two vectors. They were fitted on one Zen 4. They must not depend on the machine, since
// they decide how sums are cut, and so the bits of the result.
const (
	copyCost = 0.5 // of an element
	callCost = 400 // of a product and of adding its result to dx, apart from what grows with their sizes
)

// cutForward cuts the batch for the forward pass, and returns its cost. A block is one image, whose outputs are written
// in place, unless several images fill the vectors better and that is worth the copying.
func cutForward(s Shape) (b blocks, time float64) {
	f := newIm2col(s, 1)
	y := s.OutC * f.oh * f.ow
	copied := y
	if f.inPlace() {
		copied += s.C * s.H * s.W
	}
	bands := outputBands(s)
	return cheapest(s.N, minProcessors, f.size()+y, copyCost*float64(copied), func(images int) float64 {
		cost := 0.0
		for _, r := range bands {
			cost += float64(s.weights()/s.KH*max(0, r.end-r.first)) * rowCost(r.rows*images*f.ow)
		}
		return cost
	})
}

// cutInput does the same for dx, for so many processors.
func cutInput(s Shape, processors int) (b blocks, time float64) {
	f := newIm2col(s, 1)
	dy := s.OutC * f.oh * f.ow
	return cheapest(s.N, processors, dy+s.C/s.Groups*s.KW*f.ow, copyCost*float64(dy), func(images int) float64 {
		bands := inputBands(s, images)
		cost := callCost * float64(s.Groups*len(bands))
		for _, b := range bands {
			cost += float64(s.C*s.KW*len(b.table)) * rowCost(b.rows*images*f.ow)
		}
		return cost
	})
}

// cheapest cuts n images into the blocks that cost least, and returns their cost on one processor. Each image of a
// block needs memory elements and, if there are several, copying. Blocks are counted in rounds, in which each processor
// computes one.
func cheapest(n, processors, memory int, copying float64, cost func(images int) float64) (b blocks, total float64) {
	rounds := func(images int) float64 { return float64(kernels.CeilDiv(kernels.CeilDiv(n, images), processors)) }
	best, bestCost := 1, rounds(1)*cost(1)
	for images := 2; images <= min(maxImages, n) && images*memory <= blockBudget; images++ {
		if c := rounds(images) * (copying*float64(images) + cost(images)); c < bestCost {
			best, bestCost = images, c
		}
	}
	b = blocks{n, best}
	if best > 1 {
		total = copying * float64(n)
	}
	return b, total + float64(n)/float64(best)*cost(best)
}

// rowCost returns the cost of one rank-1 update of a row of length elements. Narrow tiles use the processor less well.
func rowCost(length int) float64 {
	halfVectors := kernels.CeilDiv(length, kernels.Lanes/2)
	return float64(halfVectors/(2*tileVectors)*tileVectors) + [2 * tileVectors]float64{
		0, 0.8, 1.1, 1.7, 2.1, 2.6, 3,
		4,
	}[halfVectors%(2*tileVectors)]
}

// cutWeight cuts dw's work. A block has enough images for dot products that are long compared with the fixed cost of
// each. If that is too much memory, its channels are cut into slices. A share costs a pass over an array of dw's size.
func cutWeight(s Shape) weightCut {
	const size = 1 << 18 // elements of all shares together that are worth it in any case
	long := 512
	if s.OutC/s.Groups >= gemm.PanelRows {
		long = 192 // there is no sum over lanes
	}
	f := newIm2col(s, 1)
	dy := s.OutC * f.oh * f.ow
	images := min(kernels.CeilDiv(long, f.oh*f.ow), maxImages, s.N)
	slices := 1
	if s.Groups == 1 {
		for n := 1; n <= s.C && images*(f.size()/slices+dy) > blockBudget && f.size()/slices > dy; n++ {
			if s.C%n == 0 {
				slices = n
			}
		}
	}
	for images > 1 && images*(f.size()/slices+dy) > blockBudget {
		images--
	}
	shares := min(kernels.CeilDiv(s.N, images), kernels.MaxParts, max(minProcessors/slices, size/s.weights(), 1))
	images = kernels.CeilDiv(s.N, shares*kernels.CeilDiv(s.N, shares*images)) // equally many in each share
	return weightCut{blocks{s.N, images}, shares, slices}
}

// interleavedOrder returns the order in which the parts of dx and those of dw, whose numbers follow, are computed. It
// alternates between them, so that the parts of the same images find dy in the caches.
func interleavedOrder(dx, dw int) []int {
	var order []int
	for i, j := 0, 0; i < dx || j < dw; {
		if j == dw || i < dx && i*dw <= j*dx {
			order = append(order, i)
			i++
		} else {
			order = append(order, dx+j)
			j++
		}
	}
	return order
}
