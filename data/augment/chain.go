package augment

import "slices"

// warp maps the pixel at column x and row y of a new image to the place in the old one from which it comes:
//
//	(u, v, w) = M·(x − x0, y − y0, 1), at column u/w and row v/w
//
// The third row of M is 0, 0, 1 unless there is perspective.
type warp struct {
	m      [3][3]float64
	x0, y0 float64
}

// flat reports whether w has no perspective.
func (w *warp) flat() bool { return w.m[2] == [3]float64{0, 0, 1} }

// after returns the map that looks through w, and then through before: before was done first.
func (w *warp) after(before *warp) warp {
	shifted := before.m
	for i := range shifted {
		shifted[i][2] -= shifted[i][0]*before.x0 + shifted[i][1]*before.y0
	}
	product := warp{x0: w.x0, y0: w.y0}
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				product.m[i][j] += shifted[i][k] * w.m[k][j]
			}
		}
	}
	if n := product.m[2][2]; product.m[2][0] == 0 && product.m[2][1] == 0 && n != 1 {
		for i := range product.m {
			for j := range product.m[i] {
				product.m[i][j] /= n
			}
		}
	}
	return product
}

// nothing reports whether w leaves every pixel where it is.
func (w *warp) nothing() bool {
	return w.m == [3][3]float64{{1, 0, w.x0}, {0, 1, w.y0}, {0, 0, 1}}
}

// mirror is which axes a link reverses, if it is nothing but that.
type mirror int

const (
	noMirror mirror = iota
	horizontal
	vertical
)

// link is a part of a chain.
type link struct {
	warp
	mirror  mirror
	fill    []float64
	nearest bool
	moves   bool       // by whole pixels, so that nearest does not matter
	within  bool       // nothing comes from outside, so that fill does not matter
	boxed   bool       // places are clamped to box
	box     [4]float64 // its first and last column, then row
}

// link appends l to the chain. A link that fills or interpolates in another way begins a new chain.
func (c *canvas) link(l link) {
	for _, other := range c.chain {
		if l.mirror == noMirror && other.mirror == noMirror && (c.separate || !l.agrees(&other)) {
			c.flush()
			break
		}
	}
	c.chain = append(c.chain, l)
}

// agrees reports whether two links can be one.
func (l *link) agrees(other *link) bool {
	return (l.moves || other.moves || l.nearest == other.nearest) &&
		(l.within || other.within || slices.Equal(l.fill, other.fill))
}

// flush does what is in the chain. Mirrors at its ends move pixels without resampling; what is between them is one map.
func (c *canvas) flush() {
	first, last := 0, len(c.chain)
	for first < last && c.chain[first].mirror != noMirror {
		c.reverse(c.chain[first].mirror)
		first++
	}
	for first < last && c.chain[last-1].mirror != noMirror {
		last--
	}
	if first < last {
		if whole := product(c.chain[first:last]); !whole.nothing() {
			c.resample(&whole)
		}
	}
	for _, l := range c.chain[last:] {
		c.reverse(l.mirror)
	}
	c.chain = c.chain[:0]
}

// product returns links as one.
func product(links []link) link {
	whole := links[0]
	for i := range links[1:] {
		l := &links[1+i]
		whole.warp, whole.boxed = l.after(&whole.warp), false
		if l.mirror != noMirror {
			continue
		}
		if whole.moves {
			whole.nearest, whole.moves = l.nearest, l.moves
		}
		if whole.within {
			whole.fill, whole.within = l.fill, l.within
		}
	}
	return whole
}

// reverse mirrors the image in place.
func (c *canvas) reverse(m mirror) {
	if m == horizontal {
		for at := 0; at < len(c.x); at += c.W {
			slices.Reverse(c.x[at : at+c.W])
		}
		return
	}
	for at := 0; at < len(c.x); at += c.H * c.W {
		for top, bottom := at, at+(c.H-1)*c.W; top < bottom; top, bottom = top+c.W, bottom-c.W {
			for x := range c.W {
				c.x[top+x], c.x[bottom+x] = c.x[bottom+x], c.x[top+x]
			}
		}
	}
}
