package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// window has the settings that convolution and pooling share, height first, then width.
type window struct {
	kernel, stride, padding, dilation [2]int

	more [2]int // padding at the end beyond that at the beginning
	same bool   // padding that keeps the size, before resolve
}

// WindowOption is a setting of both convolution and pooling. Layers of sequences, [N, C, L], take the width's number of
// those that have two.
type WindowOption func(*window)

func (o WindowOption) conv(c *convConfig) { o(&c.window) }
func (o WindowOption) pool(c *poolConfig) { o(&c.window) }

// Kernel makes the window h rows high and w columns wide instead of square. Both must be at least 1.
func Kernel(h, w int) WindowOption { return func(c *window) { c.kernel = [2]int{h, w} } }

// Stride moves the window by s rows and columns, at least 1. Default: 1 for convolutions, the kernel's size for
// pooling.
func Stride(s int) WindowOption { return Strides(s, s) }

// Strides moves the window by h rows and w columns.
func Strides(h, w int) WindowOption { return func(c *window) { c.stride = [2]int{h, w} } }

// Padding adds p rows and columns on each side, at least 0: zeros for convolutions, unless a PadMode says otherwise,
// and for averages, −Inf for maxima. Pooling allows at most half the kernel's size, as PyTorch does. Default 0.
func Padding(p int) WindowOption { return Paddings(p, p) }

// Paddings adds h rows on each side and w columns on each side.
func Paddings(h, w int) WindowOption { return PaddingSides(h, h, w, w) }

// PaddingSides adds so many rows at the top and at the bottom and columns on the left and on the right.
func PaddingSides(top, bottom, left, right int) WindowOption {
	return func(c *window) {
		c.padding, c.more, c.same = [2]int{top, left}, [2]int{bottom - top, right - left}, false
	}
}

// SamePadding pads so that y has ⌈H/stride⌉ rows and ⌈W/stride⌉ columns, the size of x with stride 1. If that takes an
// odd number, the end gets one more than the beginning. It is PyTorch's padding='same', which allows stride 1 only;
// other strides are as with TensorFlow's and ONNX's SAME_UPPER.
func SamePadding() WindowOption {
	return func(c *window) { c.padding, c.more, c.same = [2]int{}, [2]int{}, true }
}

// Dilation spreads a window's places d apart, at least 1. Averages allow 1 only. Default 1.
func Dilation(d int) WindowOption { return Dilations(d, d) }

// Dilations spreads a window's places h rows and w columns apart.
func Dilations(h, w int) WindowOption { return func(c *window) { c.dilation = [2]int{h, w} } }

// flatten makes w a window of sequences, of height 1.
func (w *window) flatten() {
	w.kernel[0], w.stride[0], w.padding[0], w.dilation[0], w.more[0] = 1, 1, 0, 1, 0
}

// reach returns how many rows or columns the window covers.
func (w *window) reach(i int) int { return w.dilation[i]*(w.kernel[i]-1) + 1 }

// resolve sets the padding that SamePadding stands for, if w's settings are in range.
func (w *window) resolve(x tensor.Shape) {
	if !w.same || w.checkSettings() != nil {
		return
	}
	for i := range w.padding {
		in := x[2+i]
		total := max((kernels.CeilDiv(in, w.stride[i])-1)*w.stride[i]+w.reach(i)-in, 0)
		w.padding[i], w.more[i] = total/2, total%2
	}
}

// sides returns the padding at the top, the bottom, the left and the right.
func (w *window) sides() []int {
	return []int{w.padding[0], w.padding[0] + w.more[0], w.padding[1], w.padding[1] + w.more[1]}
}

// check returns an error for settings that are out of range and windows that do not fit into x, [N, C, H, W].
func (w *window) check(x tensor.Shape) error {
	if err := w.checkSettings(); err != nil {
		return err
	}
	for i, axis := range []string{"height", "width"} {
		if need, have := w.reach(i), x[2+i]+2*w.padding[i]+w.more[i]; need > have {
			return fmt.Errorf("its window covers %d of a padded %s of %d: its input has shape %v", need, axis, have, x)
		}
	}
	return nil
}

// checkSettings returns an error for settings that are out of range.
func (w *window) checkSettings() error {
	for i, axis := range []string{"height", "width"} {
		switch {
		case w.kernel[i] < 1:
			return fmt.Errorf("kernel %s %d: want at least 1", axis, w.kernel[i])
		case w.stride[i] < 1:
			return fmt.Errorf("stride %d: want at least 1", w.stride[i])
		case w.padding[i] < 0:
			return fmt.Errorf("padding %d: want at least 0", w.padding[i])
		case w.padding[i]+w.more[i] < 0:
			return fmt.Errorf("padding %d: want at least 0", w.padding[i]+w.more[i])
		case w.dilation[i] < 1:
			return fmt.Errorf("dilation %d: want at least 1", w.dilation[i])
		}
	}
	return nil
}

// settings returns the settings of a window over so many axes, height and width or width alone.
func (w *window) settings(axes int, usualStride [2]int) []Setting {
	if axes == 1 {
		s := []Setting{{"", w.kernel[1], nil}, {"stride", w.stride[1], usualStride[1]}}
		if w.more[1] != 0 {
			return append(s, Setting{"padding", w.sides()[2:], nil}, Setting{"dilation", w.dilation[1], 1})
		}
		return append(s, Setting{"padding", w.padding[1], 0}, Setting{"dilation", w.dilation[1], 1})
	}
	s := []Setting{{"", w.kernel, nil}, {"stride", w.stride, usualStride}}
	if w.more != [2]int{} {
		s = append(s, Setting{"padding", w.sides(), nil})
	} else {
		s = append(s, Setting{"padding", w.padding, [2]int{}})
	}
	return append(s, Setting{"dilation", w.dilation, [2]int{1, 1}})
}

// attributes returns the ONNX attributes of a window over so many axes: padding is before each axis, then after.
func (w *window) attributes(axes int) []Attribute {
	from, s := 2-axes, w.sides()
	before, after := []int{s[0], s[2]}, []int{s[1], s[3]}
	return []Attribute{
		{"dilations", w.dilation[from:]},
		{"kernel_shape", w.kernel[from:]},
		{"pads", append(before[from:], after[from:]...)},
		{"strides", w.stride[from:]},
	}
}
