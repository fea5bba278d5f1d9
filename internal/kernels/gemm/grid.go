package gemm

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// grid cuts a matrix into rectangles, one for each part of a product.
type grid struct{ rows, cols, across, down int }

type rectangle struct{ row, rows, col, cols int }

// newGrid cuts the product of [rows, depth] and [depth, cols] into parts of about width columns that are worth
// claiming. Each part copies its columns of the second matrix, so the columns are cut before the rows.
func newGrid(rows, cols, depth, width int) grid {
	const (
		height = 128 // of a part
		least  = 4   // parts, if there is work enough
	)
	want := max(1, min(rows*cols*depth/parallel.PartProducts, 4*kernels.MaxParts))
	g := grid{rows: rows, cols: cols}
	g.across = max(1, min(cols/width, want))
	g.down = max(1, min(rows/height, want/g.across))
	for n := g.parts(); n < least && n < want && rows/g.down >= 2*kernels.Lanes; n = g.parts() {
		g.down *= 2
	}
	return g
}

func (g grid) parts() int { return g.across * g.down }

// part returns part i. Columns are cut between vectors.
func (g grid) part(i int) rectangle {
	row, rowEnd := parallel.Range(i/g.across, g.down, g.rows)
	col, colEnd := parallel.Range(i%g.across, g.across, kernels.CeilDiv(g.cols, kernels.Lanes))
	col, colEnd = col*kernels.Lanes, min(colEnd*kernels.Lanes, g.cols)
	return rectangle{row, rowEnd - row, col, colEnd - col}
}
