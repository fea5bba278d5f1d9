//go:build !noasm

package kernels

import (
	"math"
	"unsafe"
)

type outerKernel func(c *float32, ldc int, a *float32, lda int, b *float32, table *int32, k, n int, rowBias, colBias *float32, floor float32, resume int)

// By the number of rows less one.
var (
	outerKernelsAVX2   = []outerKernel{outer1xAVX2, outer2xAVX2, outer3xAVX2, outer4xAVX2, outer5xAVX2, outer6xAVX2}
	outerKernelsAVX512 = []outerKernel{outer1xAVX2, outer2xAVX512, outer3xAVX512, outer4xAVX512, outer5xAVX512}
)

// tiles is an outer product at work. It is cut in depth and in columns, so that what its tiles read again and again stays
// in the first caches. Every cut gives the same bits: between two pieces of the depth the sums rest in C as they are.
type tiles struct {
	c                *float32
	ldc              int
	a                *float32
	lda, m           int
	rowBias, colBias *float32
	floor            float32
	resume           bool // the sums go on from those in C

	kernels []outerKernel
	pack    func(dst *float32, b *float32, table *int32, k int, n int)
	width   int // columns of the widest tile
}

const (
	pieceDepth = 256     // most steps of a piece
	readPanel  = 1 << 15 // elements of B that the rows of A go by where they lie
	manySteps  = 128     // with so many, and manyRows, a copy of B in columns as wide as a tile is worth it
	fewColumns = 4       // of C: inner products of no more are not worth it
	widestTile = 64      // columns, of any variant
)

// panel is a copy of some columns of B for a piece of the depth, and the table for it.
type panel struct {
	b     [pieceDepth * widestTile]float32
	table [pieceDepth]pair
}

// panels are those in no use, of which there is one at most for each goroutine that computes a product.
var panels = make(chan *panel, 64)

func takePanel() *panel {
	select {
	case p := <-panels:
		return p
	default:
		return new(panel)
	}
}

func (p *panel) giveBack() {
	select {
	case panels <- p:
	default: // the garbage collector has it
	}
}

// newTiles returns the product that gives c, [m, n].
func newTiles[T Float](c []T, ldc int, a []T, lda, m, n int, floor T) tiles {
	_ = c[(m-1)*ldc+n-1] // the kernels trust the bounds
	t := tiles{c: pointer(c), ldc: ldc, a: pointer(a), lda: lda, m: m, floor: float32(floor)}
	t.kernels, t.pack, t.width = outerKernelsAVX2, packAVX2, 16
	if active == avx512 {
		t.kernels, t.pack, t.width = outerKernelsAVX512, packAVX512, widestTile
	}
	return t
}

// outerSIMD is outer if there are SIMD kernels for it, and else returns false.
func outerSIMD[T Float](c []T, ldc int, a []T, lda int, b []T, table []pair, m, n int, rowBias, colBias []T, floor T, add bool) bool {
	if !simd[T]() || len(table) == 0 {
		return false
	}
	t := newTiles(c, ldc, a, lda, m, n, floor)
	t.rowBias, t.colBias, t.resume = pointerOrNil(rowBias), pointerOrNil(colBias), add
	from := pointer(b)
	var p *panel
	if m >= manyRows && len(table) >= manySteps {
		p = takePanel()
		defer p.giveBack()
	}
	for k, end := 0, 0; k < len(table); k = end {
		end = pieceEnd(k, len(table))
		steps, last := table[k:end], end == len(table)
		if p == nil {
			columns := max(readPanel/len(steps)/t.width, 1) * t.width
			for j := 0; j < n; j += columns {
				t.run(j, min(columns, n-j), 0, ahead(from, j), steps, last)
			}
		} else {
			dense := p.table[:len(steps)]
			for i, s := range steps {
				dense[i] = pair{s.a, int32(i * t.width)}
			}
			for j := 0; j < n; j += t.width {
				cols := min(t.width, n-j)
				t.pack(&p.b[0], ahead(from, j), &steps[0].a, len(steps), cols)
				t.run(j, cols, 0, &p.b[0], dense, last)
			}
		}
		t.resume = true
	}
	return true
}

// innerByOuter is inner for many rows: the rows of B become columns, and the product an outer one.
func innerByOuter[T Float](c []T, ldc int, a []T, lda int, b []T, offsets []int32, m, n int, add []T, ldadd int, floor T) {
	t := newTiles(c, ldc, a, lda, m, len(offsets), floor)
	if ldadd == 0 {
		t.colBias = pointerOrNil(add)
	} else {
		t.resume = add != nil // it is c itself
	}
	p := takePanel()
	defer p.giveBack()
	for i := range p.table {
		p.table[i] = pair{int32(i), int32(i * t.width)}
	}
	rows := unsafe.Slice(pointer(b), len(b))
	for k, end := 0, 0; k < n; k = end {
		end = pieceEnd(k, n)
		for j := 0; j < len(offsets); j += t.width {
			var columns [widestTile]int32 // the last ones again and again, since turn is fast for eights
			cols := copy(columns[:t.width], offsets[j:])
			for i := cols; i < t.width; i++ {
				columns[i] = columns[cols-1]
			}
			turn(p.b[:], t.width, rows[k:], columns[:ceilDiv(cols, turnRows)*turnRows], end-k)
			t.run(j, cols, k, &p.b[0], p.table[:end-k], end == n)
		}
		t.resume = true
	}
}

// pieceEnd returns where the piece of a depth that begins at k ends: pieces are alike.
func pieceEnd(k, depth int) int {
	pieces := ceilDiv(depth-k, pieceDepth)
	return min(k+ceilDiv(ceilDiv(depth-k, pieces), turnRows)*turnRows, depth)
}

// run computes the product's columns [j, j+cols), whose part of B begins at b, from the steps of a table that counts from
// column k of A. The last steps are followed by the biases and the floor.
func (t *tiles) run(j, cols, k int, b *float32, table []pair, last bool) {
	c, a := ahead(t.c, j), ahead(t.a, k)
	resume, floor := 0, float32(math.Inf(-1))
	if t.resume {
		resume = 1
	}
	var rowBias, colBias *float32
	if last {
		floor = t.floor
		if t.colBias != nil {
			colBias = ahead(t.colBias, j)
		}
	}
	for i, rows := 0, 0; i < t.m; i += rows {
		rows = tileSize(t.m-i, len(t.kernels))
		if last && t.rowBias != nil {
			rowBias = ahead(t.rowBias, i)
		}
		t.kernels[rows-1](ahead(c, i*t.ldc), t.ldc, ahead(a, i*t.lda), t.lda, b, &table[0].a, len(table), cols, rowBias, colBias, floor, resume)
	}
}

// ahead returns where the element n after p is.
func ahead(p *float32, n int) *float32 { return (*float32)(unsafe.Add(unsafe.Pointer(p), 4*n)) }

// tileSize returns how many of the rows or columns that are left the next tile takes: as many as fit, but the last two tiles
// share evenly.
func tileSize(left, most int) int {
	if left > most && left < 2*most {
		return (left + 1) / 2
	}
	return min(left, most)
}
