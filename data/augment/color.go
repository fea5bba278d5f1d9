package augment

import "math"

// colored flushes the chain, turns the image into pixels in [0, 1], adjusts them by a factor, and normalises them
// again.
func (c *canvas) colored(adjust func(*canvas, float64), factor float64) {
	c.flush()
	plane := c.H * c.W
	for channel := range c.C {
		mean, std := c.scale(channel)
		x := c.x[channel*plane : (channel+1)*plane]
		for i := range x {
			x[i] = x[i]*std + mean
		}
	}
	adjust(c, factor)
	for channel := range c.C {
		mean, std := c.scale(channel)
		x := c.x[channel*plane : (channel+1)*plane]
		for i := range x {
			x[i] = (x[i] - mean) / std
		}
	}
}

// clamp returns x, or what is nearest to it in [0, 1].
func clamp(x float32) float32 { return min(max(x, 0), 1) }

// brightness multiplies the pixels by factor.
func (c *canvas) brightness(factor float64) {
	for i, x := range c.x {
		c.x[i] = clamp(float32(factor) * x)
	}
}

// contrast moves the pixels away from the mean luminance, factor times as far.
func (c *canvas) contrast(factor float64) {
	plane, sum := c.H*c.W, 0.0
	for i := range plane {
		sum += float64(c.luminance(i))
	}
	mean := float32(sum / float64(plane))
	for i, x := range c.x {
		c.x[i] = clamp(float32(factor)*x + float32(1-factor)*mean)
	}
}

// saturation moves the channels of each pixel away from its luminance, factor times as far.
func (c *canvas) saturation(factor float64) {
	plane := c.H * c.W
	if c.C != 3 {
		return
	}
	for i := range plane {
		gray := c.luminance(i)
		for j := i; j < len(c.x); j += plane {
			c.x[j] = clamp(float32(factor)*c.x[j] + float32(1-factor)*gray)
		}
	}
}

// luminance returns that of pixel number i of the plane: of three channels torchvision's, else the first channel's
// value.
func (c *canvas) luminance(i int) float32 {
	if c.C != 3 {
		return c.x[i]
	}
	plane := c.H * c.W
	return 0.2989*c.x[i] + 0.587*c.x[i+plane] + 0.114*c.x[i+2*plane]
}

// hue turns the colours of three channels by a share of the colour circle, by way of hue, saturation and value.
func (c *canvas) hue(share float64) {
	if c.C != 3 {
		return
	}
	plane := c.H * c.W
	for i := range plane {
		h, s, v := toHSV(c.x[i], c.x[i+plane], c.x[i+2*plane])
		h += float32(share)
		h -= float32(math.Floor(float64(h)))
		c.x[i], c.x[i+plane], c.x[i+2*plane] = fromHSV(h, s, v)
	}
}

// toHSV returns the hue, 0 to 1, the saturation and the value of a colour.
func toHSV(r, g, b float32) (h, s, v float32) {
	v = max(r, g, b)
	low := min(r, g, b)
	if v == low {
		return 0, 0, v
	}
	spread := v - low
	s = spread / v
	red, green, blue := (v-r)/spread, (v-g)/spread, (v-b)/spread
	switch v {
	case r:
		h = blue - green
	case g:
		h = 2 + red - blue
	default:
		h = 4 + green - red
	}
	h = h/6 + 1
	return h - float32(math.Floor(float64(h))), s, v
}

// fromHSV returns the colour of a hue, saturation and value.
func fromHSV(h, s, v float32) (r, g, b float32) {
	sector := float32(math.Floor(float64(h * 6)))
	f := h*6 - sector
	p, q, t := clamp(v*(1-s)), clamp(v*(1-s*f)), clamp(v*(1-s*(1-f)))
	switch int(sector) % 6 {
	case 0:
		return v, t, p
	case 1:
		return q, v, p
	case 2:
		return p, v, t
	case 3:
		return p, q, v
	case 4:
		return t, p, v
	default:
		return v, p, q
	}
}
