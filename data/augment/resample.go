package augment

import (
	"math"

	"anneal/internal/kernels/resample"
)

// resample replaces the image by what l maps it to. Sums and products are in an order that recorded runs depend on:
// (m₀₀·dx + m₀₁·dy) + m₀₂, then the left pair of neighbours before the right one, the upper row before the lower one.
func (c *canvas) resample(l *link) {
	c.prepareFills(l.fill)
	if len(c.columns) < 3*c.W {
		c.columns = make([]float64, 3*c.W)
	}
	across, down, deep := c.columns[:c.W], c.columns[c.W:2*c.W], c.columns[2*c.W:3*c.W]
	for x := range c.W {
		dx := float64(x) - l.x0
		across[x], down[x], deep[x] = l.m[0][0]*dx, l.m[1][0]*dx, l.m[2][0]*dx
	}
	flat := l.flat()
	if flat && !l.boxed && !l.nearest {
		c.affine(l, resample.Row{Across: across, Down: down, Left: l.m[0][2], Top: l.m[1][2]})
		return
	}
	if c.spare == nil {
		c.spare = make([]float32, len(c.x))
	}
	src, dst := c.spare, c.x
	copy(src, dst)
	for y := range c.H {
		dy := float64(y) - l.y0
		right, below, w := l.m[0][1]*dy, l.m[1][1]*dy, l.m[2][1]*dy
		for x := range c.W {
			sx, sy := across[x]+right+l.m[0][2], down[x]+below+l.m[1][2]
			if !flat {
				depth := deep[x] + w + l.m[2][2]
				sx, sy = sx/depth, sy/depth
			}
			if l.boxed {
				if l.nearest { // of two pixels as near, the later one, as PyTorch's interpolate has it
					sx, sy = math.Floor(sx+0.5), math.Floor(sy+0.5)
				}
				sx, sy = min(max(sx, l.box[0]), l.box[1]), min(max(sy, l.box[2]), l.box[3])
			}
			if l.nearest {
				c.nearest(dst, src, y*c.W+x, sx, sy)
			} else {
				c.bilinear(dst, src, y*c.W+x, sx, sy)
			}
		}
	}
}

// affine resamples bilinearly without perspective, row by row. It computes the same bits as bilinear, in SIMD.
func (c *canvas) affine(l *link, row resample.Row) {
	plane := c.H * c.W
	for channel := range c.C {
		x := c.x[channel*plane:][:plane]
		c.bordered.Set(x, c.H, c.W, c.fills[channel])
		for y := range c.H {
			dy := float64(y) - l.y0
			row.Right, row.Below = l.m[0][1]*dy, l.m[1][1]*dy
			row.Bilinear(x[y*c.W:][:c.W], &c.bordered)
		}
	}
}

// prepareFills sets the value of what comes from outside, channel by channel.
func (c *canvas) prepareFills(fill []float64) {
	c.fills = c.fills[:0]
	for channel := range c.C {
		c.fills = append(c.fills, c.fill(fill, channel))
	}
}

// bilinear writes to place at of each plane of dst the value of src at column x and row y, in which neighbours outside
// the image have the value of fills.
func (c *canvas) bilinear(dst, src []float32, at int, x, y float64) {
	if !(x > -2 && x < float64(c.W)+1 && y > -2 && y < float64(c.H)+1) { // all neighbours are outside
		x, y = outside(x), outside(y)
	}
	left, top := int(x), int(y) // towards 0
	if float64(left) > x {
		left--
	}
	if float64(top) > y {
		top--
	}
	u, v := float32(x-float64(left)), float32(y-float64(top))
	plane := c.H * c.W
	if left >= 0 && left+1 < c.W && top >= 0 && top+1 < c.H {
		if u == 0 && v == 0 {
			for i := top*c.W + left; i < len(src); i, at = i+plane, at+plane {
				dst[at] = src[i]
			}
			return
		}
		for i := top*c.W + left; i < len(src); i, at = i+plane, at+plane {
			upper, lower := src[i:i+2:i+2], src[i+c.W:i+c.W+2:i+c.W+2]
			dst[at] = (1-v)*((1-u)*upper[0]+u*upper[1]) + v*((1-u)*lower[0]+u*lower[1])
		}
		return
	}
	for channel := range c.C {
		fill, from := c.fills[channel], src[channel*plane:(channel+1)*plane]
		if u == 0 && v == 0 {
			dst[at+channel*plane] = c.pixel(from, left, top, fill)
			continue
		}
		upper := (1-u)*c.pixel(from, left, top, fill) + u*c.pixel(from, left+1, top, fill)
		lower := (1-u)*c.pixel(from, left, top+1, fill) + u*c.pixel(from, left+1, top+1, fill)
		dst[at+channel*plane] = (1-v)*upper + v*lower
	}
}

// outside returns a place to the left of or above an image with the same fraction as x, 0 if that is not finite.
func outside(x float64) float64 {
	fraction := x - math.Floor(x)
	if !(fraction >= 0 && fraction < 1) {
		return -2
	}
	return fraction - 2
}

// pixel returns the value of a plane at a column and a row, and fill outside the image.
func (c *canvas) pixel(plane []float32, x, y int, fill float32) float32 {
	if x < 0 || x >= c.W || y < 0 || y >= c.H {
		return fill
	}
	return plane[y*c.W+x]
}

// nearest writes the value of the pixel nearest to column x and row y; of two that are as near, the even one.
func (c *canvas) nearest(dst, src []float32, at int, x, y float64) {
	x, y = math.RoundToEven(x), math.RoundToEven(y)
	in := x >= 0 && x < float64(c.W) && y >= 0 && y < float64(c.H)
	plane := c.H * c.W
	for channel := range c.C {
		dst[at+channel*plane] = c.fills[channel]
		if in {
			dst[at+channel*plane] = src[channel*plane+int(y)*c.W+int(x)]
		}
	}
}
