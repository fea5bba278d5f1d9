// Package pool computes max-pooling, average-pooling, and max-pooling in one pass with a ReLU. Tensors are [N, C, H,
// W].
package pool

// Shape is the geometry of a pooling of x, [N, C, H, W], by KH×KW windows.
type Shape struct {
	N, C, H, W       int
	KH, KW           int
	StrideH, StrideW int
	PadH, PadW       int // on either side
}

// Out returns the height and width of the result. Windows that do not fit are left out.
func (s Shape) Out() (oh, ow int) {
	return (s.H+2*s.PadH-s.KH)/s.StrideH + 1, (s.W+2*s.PadW-s.KW)/s.StrideW + 1
}

// span is a window's part [from, to) of the input's rows or columns.
type span struct{ from, to int }

// spans returns the rows under each row of outputs, and the columns under each column.
func (s Shape) spans() (rows, columns []span) {
	oh, ow := s.Out()
	clip := func(from, n, size int) span {
		to := min(max(from+n, 0), size)
		return span{min(max(from, 0), to), to}
	}
	for oy := range oh {
		rows = append(rows, clip(oy*s.StrideH-s.PadH, s.KH, s.H))
	}
	for ox := range ow {
		columns = append(columns, clip(ox*s.StrideW-s.PadW, s.KW, s.W))
	}
	return rows, columns
}
