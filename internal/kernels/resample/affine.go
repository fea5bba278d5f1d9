package resample

import "math"

// border is how many pixels of an empty border a Bordered has on each side.
const border = 2

// Bordered is an image of one channel with a border, so that the neighbours of any place in or near the image are in
// memory.
type Bordered struct {
	h, w   int
	pixels []float32 // [h + 2·border, w + 2·border]
}

// Set makes b the image of pixels, [h, w], in a border of fill. It allocates nothing if b had that size.
func (b *Bordered) Set(pixels []float32, h, w int, fill float32) {
	stride, n := w+2*border, (h+2*border)*(w+2*border)
	if b.h != h || b.w != w {
		b.h, b.w, b.pixels = h, w, make([]float32, n)
	}
	set := func(p []float32) {
		for i := range p {
			p[i] = fill
		}
	}
	first := border*stride + border
	set(b.pixels[:first])
	for y := range h {
		at := first + y*stride
		copy(b.pixels[at:at+w], pixels[y*w:(y+1)*w])
		set(b.pixels[at+w : at+stride]) // and the left border of the next row
	}
	set(b.pixels[first+h*stride:])
}

// Row says where the pixels of a row come from under an affine map: pixel i from column (Across[i] + Right) + Left and
// row (Down[i] + Below) + Top, computed in this order.
type Row struct {
	Across, Down            []float64
	Right, Left, Below, Top float64
}

// Bilinear sets y to the pixels of b at the places of r, each interpolated between its four neighbours: the left pair
// before the right one, the upper row before the lower one. A place of whole numbers copies a pixel.
func (r *Row) Bilinear(y []float32, b *Bordered) {
	if !affineRowSIMD(y, r, b) {
		affineRowGeneric(y, r, b)
	}
}

func affineRowGeneric(y []float32, r *Row, b *Bordered) {
	w1, h1, stride := float64(b.w+1), float64(b.h+1), b.w+2*border
	across, down := r.Across[:len(y)], r.Down[:len(y)]
	for i := range y {
		sx, sy := across[i]+r.Right+r.Left, down[i]+r.Below+r.Top
		if !(sx > -border && sx < w1 && sy > -border && sy < h1) { // all neighbours are fill
			sx, sy = outside(sx), outside(sy)
		}
		left, top := floor(sx), floor(sy)
		u, v := float32(sx-float64(left)), float32(sy-float64(top))
		at := (top+border)*stride + left + border
		upper, lower := b.pixels[at:at+2], b.pixels[at+stride:at+stride+2]
		if u == 0 && v == 0 {
			y[i] = upper[0]
			continue
		}
		// The conversions keep processors from fusing products with sums, which would round otherwise.
		above := float32((1-u)*upper[0]) + float32(u*upper[1])
		below := float32((1-u)*lower[0]) + float32(u*lower[1])
		y[i] = float32((1-v)*above) + float32(v*below)
	}
}

// outside returns a place from −2 to −1 with the same fraction as x, or −2 if x is not finite. Rounding of the pixels
// depends on the fraction even where all neighbours are fill.
func outside(x float64) float64 {
	if moved := x - math.Floor(x) - border; moved > -border {
		return moved
	}
	return -border
}

// floor returns x rounded down.
func floor(x float64) int {
	n := int(x) // towards 0
	if float64(n) > x {
		n--
	}
	return n
}
