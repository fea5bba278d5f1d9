package pool

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

// Is2x2 reports whether s is pooling by 2×2 windows that cover each plane exactly. Such windows are pooled in one pass
// with the op before.
func Is2x2(s Shape) bool {
	return s.KH == 2 && s.KW == 2 && s.StrideH == 2 && s.StrideW == 2 &&
		s.PadH == 0 && s.PadW == 0 && s.H%2 == 0 && s.W%2 == 0 && s.MoreH == 0 && s.MoreW == 0 &&
		s.DilH <= 1 && s.DilW <= 1 && !s.adaptive()
}

// Forward2x2 scales and shifts the planes of x, [h, w] each, by their channels' maps, takes the maxima of 2×2 windows,
// and clamps them to at least 0. chosen is set to the values of x that gave the maxima. The first plane belongs to
// channel ch. If maps is nil, x is pooled as it is, and chosen is nil.
func Forward2x2[T kernels.Float](y, chosen, x []T, maps []elementwise.ScaleShift[T], ch, h, w int) {
	if forward2x2SIMD(y, chosen, x, maps, ch, h, w) {
		return
	}
	a := &elementwise.ScaleShift[T]{Scale: 1}
	o := 0
	for start := 0; start < len(x); start += h * w {
		if maps != nil {
			a = &maps[ch]
			ch = (ch + 1) % len(maps)
		}
		for row := start; row < start+h*w; row += 2 * w {
			for i := row; i < row+w; i += 2 {
				from := x[i]
				best := a.Apply(from)
				for _, at := range [3]int{i + 1, i + w, i + w + 1} {
					if v := a.Apply(x[at]); v > best || v != v {
						best, from = v, x[at]
					}
				}
				if best < 0 {
					best = 0
				}
				y[o] = best
				if chosen != nil {
					chosen[o] = from
				}
				o++
			}
		}
	}
}

// Backward2x2 sets dx to the gradient of Forward2x2. In each window dy goes to the first value that gives y, if y > 0,
// and back through maps. If maps is nil, dx is dy there and 0 elsewhere.
func Backward2x2[T kernels.Float](dx, dy, x, y []T, maps []elementwise.ScaleShift[T], ch, h, w int) {
	if backward2x2SIMD(dx, dy, x, y, maps, ch, h, w) {
		return
	}
	identity := elementwise.ScaleShift[T]{Scale: 1}
	o := 0
	for start := 0; start < len(x); start += h * w {
		a := &identity
		if maps != nil {
			a = &maps[ch]
			ch = (ch + 1) % len(maps)
		}
		for row := start; row < start+h*w; row += 2 * w {
			for i := row; i < row+w; i += 2 {
				gate := y[o] > 0
				for _, at := range [4]int{i, i + 1, i + w, i + w + 1} {
					var g T
					if gate && a.Apply(x[at]) == y[o] {
						gate, g = false, dy[o]
					}
					if maps != nil {
						g = a.Gradient(g, x[at])
					}
					dx[at] = g
				}
				o++
			}
		}
	}
}
