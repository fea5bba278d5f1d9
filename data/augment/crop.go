package augment

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"anneal/internal/spec"
)

// RandomCrop surrounds an image with a border and takes a piece of the image's own size, all places being equally
// likely: it moves the image by whole pixels.
type RandomCrop struct {
	Size    []int // height and width, or one number for both, which must be the image's; nil: the image's
	Padding []int // pixels of the border: all around, or across and down, or left, top, right and bottom; nil: none
	// Fill is the pixel of a constant border, 0 to 1, one per channel or one for all; nil: the background.
	Fill []float64
	// Mode is what the border has: "constant"; "edge", the outermost pixels; "reflect", the image mirrored without its
	// outermost pixels; "symmetric", with them. "": constant
	Mode string
}

const constant = "constant"

func (a *RandomCrop) settings() []spec.Setting {
	padIfNeeded := false // the size is the image's, so that it never is
	if a.Mode == "" {
		a.Mode = constant
	}
	return []spec.Setting{
		sizeSetting(&a.Size),
		wholeSetting("padding", &a.Padding, 1, 2, 4).Initially(func() { a.Padding = nil }, "[]").OrNone(),
		spec.Optional("pad_if_needed", &padIfNeeded, false),
		fillSetting(&a.Fill),
		spec.Optional("padding_mode", &a.Mode, constant).OneOf(constant, "edge", "reflect", "symmetric"),
	}
}

func (a RandomCrop) String() string { return spec.Format("RandomCrop", a.settings()...) }

func (a RandomCrop) Validate() error {
	if n := len(a.Padding); n == 3 || n > 4 || n > 0 && slices.Min(a.Padding) < 0 {
		return fmt.Errorf("RandomCrop: padding is %v: want 1, 2 or 4 whole numbers of at least 0", a.Padding)
	}
	return spec.Validate("RandomCrop", a.settings()...)
}

func (a RandomCrop) fits(f Frame) error {
	if err := fitsSize("RandomCrop", a.Size, f); err != nil {
		return err
	}
	left, top, right, bottom := a.sides()
	most := map[string]int{"reflect": 1, "symmetric": 0}
	if less, ok := most[a.Mode]; ok && (max(left, right) > f.W-less || max(top, bottom) > f.H-less) {
		return fmt.Errorf("RandomCrop: padding is %v: %s wants at most %d across and %d down for images of %d×%d",
			spec.Spell(a.Padding), a.Mode, f.W-less, f.H-less, f.H, f.W)
	}
	return fitsFill("RandomCrop", a.Fill, f)
}

// sides returns the widths of the border.
func (a RandomCrop) sides() (left, top, right, bottom int) {
	switch p := a.Padding; len(p) {
	case 1:
		return p[0], p[0], p[0], p[0]
	case 2:
		return p[0], p[1], p[0], p[1]
	case 4:
		return p[0], p[1], p[2], p[3]
	}
	return 0, 0, 0, 0
}

func (a RandomCrop) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

func (a RandomCrop) draw(c *canvas) {
	left, top, right, bottom := a.sides()
	dy := c.random.IntN(top+bottom+1) - top
	dx := c.random.IntN(left+right+1) - left
	a.place(c, dx, dy)
}

// place moves the image so that its upper left pixel is that of column dx and row dy.
func (a RandomCrop) place(c *canvas, dx, dy int) {
	if a.Mode == "" || a.Mode == constant {
		w := warp{m: [3][3]float64{{1, 0, float64(dx)}, {0, 1, float64(dy)}, {0, 0, 1}}}
		c.link(link{warp: w, fill: a.Fill, moves: true})
		return
	}
	src := c.keep()
	for at := 0; at < len(src); at += c.H * c.W {
		for y := range c.H {
			row := at + border(a.Mode, y+dy, c.H)*c.W
			for x := range c.W {
				c.x[at+y*c.W+x] = src[row+border(a.Mode, x+dx, c.W)]
			}
		}
	}
}

// border returns which of n pixels stands at place i, which may lie in a border.
func border(mode string, i, n int) int {
	switch {
	case i >= 0 && i < n:
		return i
	case mode == "edge" || n == 1:
		return min(max(i, 0), n-1)
	case mode == "symmetric":
		if i < 0 {
			return -1 - i
		}
		return 2*n - 1 - i
	}
	return reflect(i, n)
}

// reflect returns which of n pixels stands at place i of a row that is mirrored at its outermost pixels, again and
// again.
func reflect(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = (i%period + period) % period
	return min(i, period-i)
}
