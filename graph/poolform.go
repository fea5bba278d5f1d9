package graph

import (
	"math"

	"anneal/internal/kernels/pool"
)

// The ONNX forms of pooling have the padding that CeilMode's last windows need in place of ceil_mode, about which
// runtimes disagree.

// padded returns the window of the same results without CeilMode, over so many axes.
func (c *poolConfig) padded(s pool.Shape) window {
	w := c.window
	if c.ceil {
		oh, ow := s.Out()
		for i, out := range []int{oh, ow} {
			size := []int{s.H, s.W}[i]
			w.more[i] = (out-1)*w.stride[i] + w.reach(i) - size - 2*w.padding[i]
		}
	}
	return w
}

// poolAttributes returns the ONNX attributes of pooling by w over so many axes.
func poolAttributes(w window, axes int) []Attribute {
	all := w.attributes(axes)
	if w.dilation == [2]int{1, 1} {
		return all[1:]
	}
	return all
}

// maxForm returns the ONNX form of maxima. Padding that is not smaller than the kernel, which MaxPool does not take, is
// a Pad of the least number.
func (c *poolConfig) maxForm(s pool.Shape, axes int) func(to ONNX, in []string) (string, error) {
	w := c.padded(s)
	return func(to ONNX, in []string) (string, error) {
		x, w := in[0], w
		if sides := w.sides(); sides[1] >= w.kernel[0] && sides[1] > 0 || sides[3] >= w.kernel[1] && sides[3] > 0 {
			pads := append([]int{0, 0}, []int{sides[0], sides[2]}[2-axes:]...)
			pads = append(append(pads, 0, 0), []int{max(sides[1], 0), max(sides[3], 0)}[2-axes:]...)
			least := to.Floats(nil, []float32{-math.MaxFloat32})
			x = to.Node("Pad", []string{x, to.Ints(pads...), least}, Attribute{"mode", "constant"})
			w.padding, w.more = [2]int{}, [2]int{}
		}
		return to.Node("MaxPool", []string{x}, poolAttributes(nonNegative(w), axes)...), nil
	}
}

// nonNegative returns w without the places that it leaves out at the end: there are no windows there.
func nonNegative(w window) window {
	for i := range w.more {
		w.more[i] = max(w.more[i], -w.padding[i])
	}
	return w
}

// averageForm returns the ONNX form of averages: sums divided by the size of a window and, where the divisor is another
// number, multiplied by their ratio.
func (c *poolConfig) averageForm(s pool.Shape, axes int) func(to ONNX, in []string) (string, error) {
	w := nonNegative(c.padded(s))
	native := c.divisor.ExcludePad && c.divisor.Override == 0 && !c.ceil
	all := append([]Attribute{{"count_include_pad", 1}}, poolAttributes(w, axes)...)
	if native {
		all[0].Value = 0
	}
	return func(to ONNX, in []string) (string, error) {
		y := to.Node("AveragePool", in, all...)
		down, across := c.divisor.Of(s)
		ratios := make([]float32, 0, len(down)*len(across))
		usual := true
		for _, n := range down {
			for _, m := range across {
				ratio := float32(s.KH*s.KW) / float32(n*m)
				ratios = append(ratios, ratio)
				usual = usual && ratio == 1
			}
		}
		if native || usual {
			return y, nil
		}
		shape := []int{1, 1, len(down), len(across)}
		if axes == 1 {
			shape = []int{1, 1, len(across)}
		}
		return to.Node("Mul", []string{y, to.Floats(shape, ratios)}), nil
	}
}
