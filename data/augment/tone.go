package augment

import "math"

// posterize keeps the first bits of eight of each pixel.
func (c *canvas) posterize(bits float64) {
	levels := float32(int(1) << int(bits))
	for i, x := range c.x {
		step := float32(math.Floor(float64(x * levels)))
		c.x[i] = min(max(step, 0), levels-1) * (1 / levels)
	}
}

// solarize turns pixels of at least threshold into their opposite.
func (c *canvas) solarize(threshold float64) {
	for i, x := range c.x {
		if x >= float32(threshold) {
			c.x[i] = 1 - x
		}
	}
}

// autocontrast stretches each channel to 0 to 1, unless all its pixels are alike.
func (c *canvas) autocontrast(float64) {
	plane := c.H * c.W
	for at := 0; at < len(c.x); at += plane {
		x := c.x[at : at+plane]
		low, high := x[0], x[0]
		for _, v := range x {
			low, high = min(low, v), max(high, v)
		}
		if low == high {
			continue
		}
		stretch := 1 / (high - low)
		for i, v := range x {
			x[i] = clamp((v - low) * stretch)
		}
	}
}

// equalize gives every one of 256 levels of a channel about as many pixels, as PIL does.
func (c *canvas) equalize(float64) {
	plane := c.H * c.W
	for at := 0; at < len(c.x); at += plane {
		x := c.x[at : at+plane]
		var counts, table [256]int
		for _, v := range x {
			counts[level(v)]++
		}
		top := 255
		for counts[top] == 0 {
			top--
		}
		step := (plane - counts[top]) / 255
		if step == 0 {
			for i, v := range x {
				x[i] = float32(level(v)) / 255
			}
			continue
		}
		sum := 0
		for i, n := range counts {
			table[i] = min((sum+step/2)/step, 255)
			sum += n
		}
		for i, v := range x {
			x[i] = float32(table[level(v)]) / 255
		}
	}
}

// level returns which of 256 levels a pixel in [0, 1] has.
func level(x float32) int { return min(max(int(x*(256-1e-3)), 0), 255) }

// sharpness moves the pixels away from a blurred image, factor times as far; the outermost ones stay.
func (c *canvas) sharpness(factor float64) {
	if c.H <= 2 || c.W <= 2 {
		return
	}
	src := c.keep()
	plane := c.H * c.W
	for at := 0; at < len(c.x); at += plane {
		for y := 1; y < c.H-1; y++ {
			for x := 1; x < c.W-1; x++ {
				i := at + y*c.W + x
				sum := src[i] * 4
				for _, row := range [3]int{i - c.W, i, i + c.W} {
					sum += src[row-1] + src[row] + src[row+1]
				}
				c.x[i] = clamp(float32(factor)*src[i] + float32(1-factor)*(sum/13))
			}
		}
	}
}
