//go:build !noasm

package gemm

import (
	"math"

	"anneal/internal/kernels"
)

type nnKernel func(c *float32, ldc int, a *float32, lda int, b *float32, table *int32, k, n int, rowBias,
	colBias *float32, lower float32, resume, tiles int)

// The kernels, indexed by the number of rows − 1 of a tile. AVX2's serves a single row of AVX-512 too: loads bound it.
var (
	nnKernelsAVX2   = []nnKernel{nn1AVX2, nn2AVX2, nn3AVX2, nn4AVX2, nn5AVX2, nn6AVX2}
	nnKernelsAVX512 = []nnKernel{nn1AVX2, nn2AVX512, nn3AVX512, nn4AVX512, nn5AVX512}
)

// product is a call of NN at work. It is cut into blocks of the depth and of the columns, so that what its tiles read
// again and again stays in the first caches. Every cut gives the same bits: between two blocks of the depth the sums
// are stored in C.
type product struct {
	c                *float32
	ldc              int
	a                *float32
	lda, m           int
	rowBias, colBias *float32
	lower            float32
	resume           bool // the sums go on from those in C

	tiles []nnKernel
	pack  func(dst *float32, b *float32, table *int32, k int, n int)
	width int // columns of the widest tile
}

const (
	maxBlockDepth  = 256     // steps of a block
	inPlaceBudget  = 1 << 15 // elements of B that are read in place by all rows of A before the next columns
	panelDepth     = 128     // from this depth on, with PanelRows rows, B is packed into panels
	maxDotColumns  = 4       // with at most so many columns, NT is not recast as NN
	maxTileColumns = 64      // columns of the widest tile of any variant
)

// newProduct returns the product that gives c, [m, n].
func newProduct[T kernels.Float](c []T, ldc int, a []T, lda, m, n int, lower T) product {
	_ = c[(m-1)*ldc+n-1] // the kernels trust the bounds
	t := product{c: kernels.Pointer(c), ldc: ldc, a: kernels.Pointer(a), lda: lda, m: m, lower: float32(lower)}
	t.tiles, t.pack, t.width = kernels.Best(nnKernelsAVX2, nnKernelsAVX512), kernels.Best(packAVX2, packAVX512),
		kernels.Best(16, maxTileColumns)
	return t
}

// nnSIMD is nn with SIMD kernels. It returns false if there are none for T.
func nnSIMD[T kernels.Float](c []T, ldc int, a []T, lda int, b []T, table []Pair, m, n int, rowBias, colBias []T,
	lower T, add bool,
) bool {
	if !kernels.SIMD[T]() || len(table) == 0 {
		return false
	}
	t := newProduct(c, ldc, a, lda, m, n, lower)
	t.rowBias, t.colBias, t.resume = kernels.PointerOrNil(rowBias), kernels.PointerOrNil(colBias), add
	from := kernels.Pointer(b)
	var p *panel
	if m >= PanelRows && len(table) >= panelDepth {
		p = getPanel()
		defer p.put()
	}
	for k, end := 0, 0; k < len(table); k = end {
		end = blockEnd(k, len(table))
		steps, last := table[k:end], end == len(table)
		if p == nil {
			columns := max(inPlaceBudget/len(steps)/t.width, 1) * t.width
			for j := 0; j < n; j += columns {
				t.run(j, min(columns, n-j), 0, kernels.Ahead(from, j), steps, last)
			}
		} else {
			dense := p.table[:len(steps)]
			for i, s := range steps {
				dense[i] = Pair{s.A, int32(i * t.width)}
			}
			for j := 0; j < n; j += t.width {
				cols := min(t.width, n-j)
				t.pack(&p.b[0], kernels.Ahead(from, j), &steps[0].A, len(steps), cols)
				t.run(j, cols, 0, &p.b[0], dense, last)
			}
		}
		t.resume = true
	}
	return true
}

// blockEnd returns where the block of the depth that begins at k ends. Blocks have about one size.
func blockEnd(k, depth int) int {
	count := kernels.CeilDiv(depth-k, maxBlockDepth)
	return min(k+kernels.CeilDiv(kernels.CeilDiv(depth-k, count), transposeRows)*transposeRows, depth)
}

// run computes the product's columns [j, j+cols), whose part of B begins at b, from the steps of a table that counts
// from column k of A. The last steps are followed by the biases and the lower.
func (t *product) run(j, cols, k int, b *float32, table []Pair, last bool) {
	c, a := kernels.Ahead(t.c, j), kernels.Ahead(t.a, k)
	resume, lower := 0, float32(math.Inf(-1))
	if t.resume {
		resume = 1
	}
	var rowBias, colBias *float32
	if last {
		lower = t.lower
		if t.colBias != nil {
			colBias = kernels.Ahead(t.colBias, j)
		}
	}
	for i, rows, tiles := 0, 0, 0; i < t.m; i += rows * tiles {
		rows, tiles = tileSizes(t.m-i, len(t.tiles))
		if last && t.rowBias != nil {
			rowBias = kernels.Ahead(t.rowBias, i)
		}
		t.tiles[rows-1](kernels.Ahead(c, i*t.ldc), t.ldc, kernels.Ahead(a, i*t.lda), t.lda, b, &table[0].A, len(table), cols,
			rowBias, colBias, lower, resume, tiles)
	}
}

// TileSize returns how many of the rows or columns that are left the next tile takes: as many as fit, but the last two
// tiles share evenly.
func TileSize(left, most int) int {
	if left > most && left < 2*most {
		return (left + 1) / 2
	}
	return min(left, most)
}

// tileSizes is TileSize with how many tiles of that size come next to each other.
func tileSizes(left, most int) (size, tiles int) {
	size = TileSize(left, most)
	tiles = left / size
	if left%size != 0 {
		tiles = max(tiles-1, 1) // the last two tiles share evenly
	}
	return size, tiles
}
