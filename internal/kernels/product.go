package kernels

// panelWidth is the number of columns of a packed panel of B.
const panelWidth = 64

// product is a plan of C = A·B for a B of depth rows that are ldb elements apart.
type product struct {
	grid   grid
	depth  int
	ldb    int
	table  []pair
	packed bool // B is copied, a panel of columns at a time, since its rows are too far apart for the caches
}

// newProduct returns the plan for a C of [rows, cols]; A's columns are stepA elements apart.
func newProduct(rows, cols, depth, stepA, ldb int) product {
	p := product{grid: newGrid(rows, cols, depth), depth: depth, ldb: ldb}
	for k := range depth {
		p.table = append(p.table, pair{int32(k * stepA), int32(k * ldb)})
	}
	if depth*ldb > 1<<17 && rows >= 32 {
		p.pack()
	}
	return p
}

// pack makes the product copy B.
func (p *product) pack() {
	p.packed = true
	p.grid = grid{rows: p.grid.rows, cols: p.grid.cols, across: ceilDiv(p.grid.cols, panelWidth), down: 1}
	for k := range p.table {
		p.table[k].b = int32(k * panelWidth)
	}
}

// panel returns the number of elements of a packed panel.
func (p *product) panel() int {
	if !p.packed {
		return 0
	}
	return p.depth * panelWidth
}

// multiply computes part i of C = A·B. Rows of A are lda elements apart. panel is scratch memory.
func multiply[T Float](p *product, i int, c []T, ldc int, a []T, lda int, b []T, panel []T) {
	r := p.grid.part(i)
	c, a, none := c[r.row*ldc:], a[r.row*lda:], floorOf[T](false)
	if !p.packed {
		outer(c[r.col:], ldc, a, lda, b[r.col:], p.table, r.rows, r.cols, nil, nil, none)
		return
	}
	for col := r.col; col < r.col+r.cols; col += panelWidth {
		cols := min(panelWidth, p.grid.cols-col)
		copyRows(panel, b[col:], &rows{planes: 1, rows: p.depth, n: cols, dstRow: panelWidth, srcRow: p.ldb})
		outer(c[col:], ldc, a, lda, panel, p.table, r.rows, cols, nil, nil, none)
	}
}

// transpose copies the columns of src, [rows, cols], to the rows of dst, which are panelWidth elements apart.
func transpose[T Float](dst, src []T, rows, cols int) {
	const band = 8
	for r := 0; r < rows; r += band {
		if rows-r < band {
			for k := range cols {
				for q := r; q < rows; q++ {
					dst[k*panelWidth+q] = src[q*cols+k]
				}
			}
			return
		}
		s := src[r*cols:][:band*cols]
		s0, s1, s2, s3 := s[:cols], s[cols:][:cols], s[2*cols:][:cols], s[3*cols:][:cols]
		s4, s5, s6, s7 := s[4*cols:][:cols], s[5*cols:][:cols], s[6*cols:][:cols], s[7*cols:][:cols]
		for k := range s0 {
			d := dst[k*panelWidth+r:][:band:band]
			d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7] = s0[k], s1[k], s2[k], s3[k], s4[k], s5[k], s6[k], s7[k]
		}
	}
}

// grid cuts a matrix into rectangles, one for each part of a product.
type grid struct{ rows, cols, across, down int }

type rectangle struct{ row, rows, col, cols int }

// newGrid cuts the result of a product of [rows, depth] and [depth, cols] into parts that are worth a claim.
func newGrid(rows, cols, depth int) grid {
	const (
		small = 1 << 17 // multiplications of a part
		width = 128     // columns
	)
	g := grid{rows: rows, cols: cols, across: 1, down: 1}
	want := min(rows*cols*depth/small, 4*mostParts)
	if want > 1 {
		g.across = max(1, min(cols/width, want))
		g.down = max(1, min(rows/8, want/g.across))
	}
	return g
}

func (g grid) parts() int { return g.across * g.down }

func (g grid) part(i int) rectangle {
	row, rowEnd := part(i/g.across, g.down, g.rows)
	// Columns are cut between panels if there are as many, and always between vectors.
	unit := lanes
	if g.across == ceilDiv(g.cols, panelWidth) {
		unit = panelWidth
	}
	col, colEnd := part(i%g.across, g.across, ceilDiv(g.cols, unit))
	col, colEnd = col*unit, min(colEnd*unit, g.cols)
	return rectangle{row, rowEnd - row, col, colEnd - col}
}
