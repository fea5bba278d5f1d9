package predict

import "image"

// The strokes that are not part of a digit.
const (
	speck = 32  // a stroke with less than this share of the ink of the largest one is dirt
	strip = 0.6 // a stroke along more than this share of a side is the edge of a scanned page
)

// stroke is a connected area of ink.
type stroke struct {
	pixels []int  // their indices
	ink    int    // the sum of their values
	edges  [4]int // how many of them lie at the left, right, upper and lower edge of the picture
}

// clean removes what is not part of the digit: specks, strips along the edge of a scan and, on a photograph, all that
// reaches its edge, unless nothing would be left.
func clean(ink *image.Gray, photograph bool) {
	strokes := connected(ink)
	width, height := ink.Rect.Dx(), ink.Rect.Dy()
	for _, drop := range []func(s stroke, largest int) bool{
		func(s stroke, _ int) bool { return photograph && s.edges != [4]int{} },
		func(s stroke, _ int) bool {
			tall, wide := max(s.edges[0], s.edges[1]), max(s.edges[2], s.edges[3])
			return float64(tall) > strip*float64(height) || float64(wide) > strip*float64(width)
		},
		func(s stroke, largest int) bool { return speck*s.ink < largest },
	} {
		var kept, dropped []stroke
		largest := 0
		for _, s := range strokes {
			largest = max(largest, s.ink)
		}
		for _, s := range strokes {
			if drop(s, largest) {
				dropped = append(dropped, s)
			} else {
				kept = append(kept, s)
			}
		}
		if len(kept) == 0 {
			continue
		}
		for _, s := range dropped {
			for _, i := range s.pixels {
				ink.Pix[i] = 0
			}
		}
		strokes = kept
	}
}

// connected returns the areas of ink that is stronger than outline. Pixels that touch at a corner are connected.
func connected(ink *image.Gray) []stroke {
	width, height := ink.Rect.Dx(), ink.Rect.Dy()
	seen := make([]bool, len(ink.Pix))
	var strokes []stroke
	for start, v := range ink.Pix {
		if v < outline || seen[start] {
			continue
		}
		seen[start] = true
		s := stroke{pixels: []int{start}}
		for next := 0; next < len(s.pixels); next++ {
			i := s.pixels[next]
			s.ink += int(ink.Pix[i])
			x, y := i%width, i/width
			for e, at := range []bool{x == 0, x == width-1, y == 0, y == height-1} {
				if at {
					s.edges[e]++
				}
			}
			for ny := max(y-1, 0); ny <= min(y+1, height-1); ny++ {
				for nx := max(x-1, 0); nx <= min(x+1, width-1); nx++ {
					if j := ny*width + nx; ink.Pix[j] >= outline && !seen[j] {
						seen[j] = true
						s.pixels = append(s.pixels, j)
					}
				}
			}
		}
		strokes = append(strokes, s)
	}
	return strokes
}
