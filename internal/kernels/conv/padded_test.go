package conv

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels/kerneltest"
)

// Every output finds every tap where the table says, and leave takes back what enter brought.
func TestPaddedRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawDepthwiseShape(t)
		p := newPadded(s, rapid.IntRange(1, s.N).Draw(t, "images"))
		image := s.C * s.H * s.W
		x := kerneltest.Normals[float32](rand.New(rand.NewPCG(1, 1)), p.images*image)
		dst, deinterleaved := make([]float32, p.size()), make([]float32, p.deinterleavedSize())
		packPadded(p, dst, deinterleaved, x)
		for i := range p.images {
			for tap, k := range p.table {
				for o := range p.oh * p.ow {
					oy, ox := o/p.ow, o%p.ow
					iy, ix := oy*s.StrideH+tap/s.KW*s.DilH-s.PadH, ox*s.StrideW+tap%s.KW*s.DilW-s.PadW
					var want float32
					if iy >= 0 && iy < s.H && ix >= 0 && ix < s.W {
						want = x[i*image+iy*s.W+ix]
					}
					if got := dst[int(k.B)+oy*p.row+i*p.column+ox]; got != want {
						t.Fatalf("image %d, output (%d, %d), tap %d: %v, want %v", i, oy, ox, tap, got, want)
					}
				}
			}
		}
		back := slices.Clone(x)
		for i := range p.images {
			clear(back[i*image:][:s.H*s.W])
		}
		unpackPadded(p, back, deinterleaved, dst)
		if !slices.Equal(back, x) {
			t.Fatalf("leave gives %v, want %v", back, x)
		}
	})
}
