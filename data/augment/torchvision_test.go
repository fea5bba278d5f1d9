package augment

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// torchCase is a result of torchvision's, which testdata/gen.py recorded.
type torchCase struct {
	Op, Image  string
	Parameters struct {
		P    []float64
		Mode string
		Fill *float64
	}
	Result []float64
}

// run computes the case on x.
func (k torchCase) run(t *testing.T, c *canvas) {
	t.Helper()
	p := k.Parameters.P
	l := link{nearest: k.Parameters.Mode == "nearest"}
	if f := k.Parameters.Fill; f != nil {
		l.fill = []float64{*f}
	}
	colors := map[string]func(*canvas, float64){
		"brightness": (*canvas).brightness, "contrast": (*canvas).contrast, "saturation": (*canvas).saturation,
		"hue": (*canvas).hue, "sharpness": (*canvas).sharpness, "posterize": (*canvas).posterize,
		"solarize": (*canvas).solarize, "autocontrast": (*canvas).autocontrast, "equalize": (*canvas).equalize,
	}
	switch k.Op {
	case "affine":
		a := affine{angle: p[0], moveX: p[1], moveY: p[2], scale: p[3], shearX: p[4], shearY: p[5]}
		a.centerX, a.centerY = middle(p[6:], c.Frame)
		l.warp = a.warp()
		c.link(l)
	case "perspective":
		l.warp = k.perspective(c)
		c.link(l)
	case "resized_crop":
		c.link(resized(c.Frame, int(p[0]), int(p[1]), int(p[2]), int(p[3]), l.nearest))
	case "gaussian_blur":
		for at := 0; at < len(c.x); at += c.H * c.W {
			c.blur(c.x[at:at+c.H*c.W], int(p[0]), int(p[1]), p[2], p[2])
		}
	case "elastic":
		across, down := c.plane(0, c.H*c.W), c.plane(1, c.H*c.W)
		for i := range across {
			across[i], down[i] = float32(p[2*i]), float32(p[2*i+1])
		}
		c.displace(slices.Clone(c.x), float64(c.W)/2, float64(c.H)/2, l.nearest, l.fill)
	case "crop":
		left, top := int(p[0]), int(p[1])
		crop := RandomCrop{Fill: l.fill, Mode: k.Parameters.Mode}
		crop.place(c, int(p[3])-left, int(p[2])-top)
	case "autocontrast":
		for i := range c.x {
			c.x[i] = c.x[i]*0.5 + 0.2
			if p[0] == 1 {
				c.x[i] = 0.3
			}
		}
		c.colored((*canvas).autocontrast, 0)
	default:
		c.colored(colors[k.Op], p[0])
	}
	c.flush()
}

// ties returns the pixels that come from half way between two others, of which float32 takes either.
func (k torchCase) ties(c *canvas) map[int]bool {
	near := map[int]bool{}
	if k.Op != "perspective" || k.Parameters.Mode != "nearest" {
		return near
	}
	w := k.perspective(c)
	for i := range c.H * c.W {
		dx, dy := float64(i%c.W)-w.x0, float64(i/c.W)-w.y0
		var at [3]float64
		for j := range at {
			at[j] = w.m[j][0]*dx + w.m[j][1]*dy + w.m[j][2]
		}
		for _, place := range [2]float64{at[0] / at[2], at[1] / at[2]} {
			near[i] = near[i] || math.Abs(math.Abs(place-math.RoundToEven(place))-0.5) < 1e-4
		}
	}
	return near
}

// perspective returns the map of the corners.
func (k torchCase) perspective(c *canvas) warp {
	p, right, bottom := k.Parameters.P, float64(c.W-1), float64(c.H-1)
	w, _ := perspective(
		corners{{0, 0}, {right, 0}, {right, bottom}, {0, bottom}},
		corners{{p[0], p[1]}, {p[2], p[3]}, {p[4], p[5]}, {p[6], p[7]}})
	return w
}

// Every operation gives what torchvision's functional of its name gives, also on an image that is normalised.
func TestTorchvision(t *testing.T) {
	text, err := os.ReadFile("testdata/torchvision.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Images map[string]struct {
			Shape  [3]int
			Pixels []float32
		}
		Cases []torchCase
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	ops := map[string]int{}
	for _, k := range all.Cases {
		image := all.Images[k.Image]
		f := Frame{C: image.Shape[0], H: image.Shape[1], W: image.Shape[2]}
		worst, wrong := 0.0, 0
		c := canvas{Frame: f, x: slices.Clone(image.Pixels)}
		near := k.ties(&c)
		k.run(t, &c)
		for i, want := range k.Result {
			off := math.Abs(float64(c.x[i]) - want)
			if !(off <= 1e-5) && !near[i%(f.H*f.W)] {
				wrong++
				worst = max(worst, off)
			}
		}
		if wrong > 0 {
			t.Errorf("%s of %s, %v %s: %d of %d differ, by up to %v",
				k.Op, k.Image, k.Parameters.P[:min(8, len(k.Parameters.P))], k.Parameters.Mode, wrong, len(c.x), worst)
		}
		ops[k.Op]++
	}
	t.Log(ops)
	if len(all.Cases) < 150 || len(ops) < 15 {
		t.Errorf("%d cases of %d operations", len(all.Cases), len(ops))
	}
}
