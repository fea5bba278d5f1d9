// Package pool computes max-pooling, average-pooling, and max-pooling in one pass with a ReLU. Tensors are [N, C, H,
// W].
package pool

// Shape is the geometry of a pooling of x, [N, C, H, W], by KH×KW windows, or by adaptive ones.
type Shape struct {
	N, C, H, W       int
	KH, KW           int
	StrideH, StrideW int
	PadH, PadW       int // on each side

	MoreH, MoreW int  // more padding at the bottom and on the right
	DilH, DilW   int  // how far apart the places of a window are; 0 stands for 1
	Ceil         bool // a last window may reach beyond the padding if it begins in x or in the padding before it

	// OutH and OutW, unless 0, are the result's size. Windows are then adaptive: window i of OutH has the rows from
	// ⌊i·H/OutH⌋ up to, and without, ⌈(i+1)·H/OutH⌉, and the settings of windows above do not count.
	OutH, OutW int
}

// Out returns the height and width of the result. Windows that do not fit are left out, unless Ceil is set.
func (s Shape) Out() (oh, ow int) {
	if s.adaptive() {
		return s.OutH, s.OutW
	}
	rows, columns := s.axes()
	return rows.windows(s.Ceil), columns.windows(s.Ceil)
}

func (s Shape) adaptive() bool { return s.OutH > 0 }

// axis is the geometry along the height or the width.
type axis struct{ size, kernel, stride, pad, more, dilation int }

func (s Shape) axes() (rows, columns axis) {
	return axis{s.H, s.KH, s.StrideH, s.PadH, s.MoreH, max(s.DilH, 1)},
		axis{s.W, s.KW, s.StrideW, s.PadW, s.MoreW, max(s.DilW, 1)}
}

// windows returns the number of windows.
func (a axis) windows(ceil bool) int {
	free := a.size + 2*a.pad + a.more - a.dilation*(a.kernel-1) - 1
	if !ceil || free < 0 {
		return free/a.stride + 1
	}
	n := (free+a.stride-1)/a.stride + 1
	if (n-1)*a.stride >= a.size+a.pad {
		n--
	}
	return n
}

// span is a window's part of the input's rows or columns: from, from + step and so on, below to.
type span struct{ from, to, step, n int }

// spans returns the rows under each row of outputs, and the columns under each column.
func (s Shape) spans() (rows, columns []span) {
	oh, ow := s.Out()
	if s.adaptive() {
		return adaptiveSpans(oh, s.H), adaptiveSpans(ow, s.W)
	}
	r, c := s.axes()
	return r.spans(oh), c.spans(ow)
}

// Windows returns the rows [from, to) under each row of outputs, and the columns under each column.
func (s Shape) Windows() [2][][2]int {
	var all [2][][2]int
	rows, columns := s.spans()
	for i, spans := range [2][]span{rows, columns} {
		for _, w := range spans {
			all[i] = append(all[i], [2]int{w.from, w.to})
		}
	}
	return all
}

// spans returns the spans of n windows.
func (a axis) spans(n int) []span {
	all := make([]span, n)
	for i := range all {
		from := i*a.stride - a.pad
		to := min(from+a.dilation*(a.kernel-1)+1, a.size)
		if from < 0 {
			from += (-from + a.dilation - 1) / a.dilation * a.dilation
		}
		all[i] = newSpan(from, to, a.dilation)
	}
	return all
}

func newSpan(from, to, step int) span {
	if from >= to {
		return span{step: step}
	}
	return span{from, to, step, (to-from-1)/step + 1}
}

// covered returns how many places each of n windows covers of x and its padding together.
func (a axis) covered(n int) []int {
	all := make([]int, n)
	for i := range all {
		from := i*a.stride - a.pad
		all[i] = min(from+a.kernel, a.size+a.pad+a.more) - from
	}
	return all
}

func adaptiveSpans(n, size int) []span {
	all := make([]span, n)
	for i := range all {
		all[i] = newSpan(i*size/n, ((i+1)*size+n-1)/n, 1)
	}
	return all
}
