package conv

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

// nhwc is the NHWC (channels-last) layout of a block of images, [image][iy][ix][c], followed by one extra pixel that
// stands for everything outside the images.
type nhwc struct {
	images, c, h, w int
	channels        []int32 // where the channels of an image of [c, h, w] start
	at              []int32 // where the pixels start
}

func newNHWC(images, c, h, w int) nhwc {
	return nhwc{images, c, h, w, evenPlaces(c, h*w).at, evenPlaces(images*h*w, c).at}
}

// size returns the number of elements.
func (p *nhwc) size() int { return (p.images*p.h*p.w + 1) * p.c }

// packNHWC sets rows [from, to) of dst's images to those of x. The images of x, [c, h, w], start image elements apart.
func packNHWC[T kernels.Float](p *nhwc, dst, x []T, image, images, from, to int) {
	for i := range images {
		gemm.Transpose(dst[(i*p.h+from)*p.w*p.c:], p.c, x[i*image+from*p.w:], p.channels, (to-from)*p.w)
	}
}

// unpackNHWC is the inverse of packNHWC, for images that follow each other.
func unpackNHWC[T kernels.Float](p *nhwc, y, src []T, images, from, to int) {
	for i := range images {
		gemm.Transpose(y[i*p.c*p.h*p.w+from*p.w:], p.h*p.w, src, p.at[(i*p.h+from)*p.w:][:(to-from)*p.w], p.c)
	}
}

// patches returns where the pixels of size×size patches start, [image][ty][tx][r][s]. The first patch of an image
// begins pad rows and columns before it. The down·across patches are winogradOut pixels apart.
func (p *nhwc) patches(down, across, size, padH, padW int) places {
	outside := p.images * p.h * p.w
	patches := places{last: outside * p.c}
	for i := range p.images {
		for t := range down * across {
			y, x := t/across*winogradOut-padH, t%across*winogradOut-padW
			for q := range size * size {
				iy, ix := y+q/size, x+q%size
				at := outside
				if iy >= 0 && iy < p.h && ix >= 0 && ix < p.w {
					at = (i*p.h+iy)*p.w + ix
				}
				patches.at = append(patches.at, int32(at*p.c))
			}
		}
	}
	return patches
}

// winogradLayout lays out units of patches: their inputs and outputs in NHWC, and the transformed inputs V,
// [point][patch][c], and outputs M, [point][patch][o].
type winogradLayout struct {
	shape                 Shape
	cut                   winogradCut
	in, out               nhwc
	inPatches, outPatches places // in them, by patch
	vAt, mAt              places // the points of the first patch
}

func newWinogradLayout(s Shape, cut winogradCut) winogradLayout {
	l := winogradLayout{shape: s, cut: cut}
	oh, ow := s.Out()
	l.in, l.out = newNHWC(cut.blocks.size, s.C, s.H, s.W), newNHWC(cut.blocks.size, s.OutC, oh, ow)
	l.inPatches = l.in.patches(cut.down, cut.across, winogradIn, s.PadH, s.PadW)
	l.outPatches = l.out.patches(cut.down, cut.across, winogradOut, 0, 0)
	l.vAt, l.mAt = pointPlaces(cut.patches()*s.C), pointPlaces(cut.patches()*s.OutC)
	return l
}

// pointPlaces returns where matrices of n elements for each of the points start. Those are an odd number of cache lines
// from each other, so that a vector of each has a place in the cache.
func pointPlaces(n int) places {
	const line = 16 // elements
	return evenPlaces(winogradPoints, (kernels.CeilDiv(n, line)|1)*line)
}

// winogradMemory is what the passes of a convolution share.
type winogradMemory[T kernels.Float] struct {
	size    int // of a slot's
	slots   [][]T
	kernels []T // U, [point][c][o]
}

func (m *winogradMemory[T]) allocate(slots int) { m.slots = kernels.Scratch[T](slots, m.size) }

// reserve makes a slot's memory large enough for a unit.
func (m *winogradMemory[T]) reserve(l *winogradLayout) {
	m.size = max(m.size, l.vAt.size()+l.mAt.size()+l.in.size()+l.out.size())
}

// of returns a slot's memory for the parts of a unit. What is outside of the inputs is 0.
func (m *winogradMemory[T]) of(l *winogradLayout, slot int) (v, products, in, out []T) {
	memory := m.slots[slot]
	take := func(n int) []T {
		taken := memory[:n:n]
		memory = memory[n:]
		return taken
	}
	v, products = take(l.vAt.size()), take(l.mAt.size())
	in, out = take(l.in.size()), take(l.out.size())
	clear(in[len(in)-l.in.c:])
	return v, products, in, out
}
