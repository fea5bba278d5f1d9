// Package rearrange moves the numbers of tensors without computing with them: it joins and cuts tensors along an axis,
// pads them, and changes the order of their axes.
package rearrange

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Pieces is the plan of a tensor that consists of pieces along one axis. In row-major order it is outer blocks, each of
// the pieces' blocks one after another.
type Pieces[T kernels.Float] struct {
	outer  int
	widths []int // elements of a block of each piece
	whole  int   // elements of a block of all

	runs      []run
	tensor    []T // the arguments of the call at work
	pieces    [][]T
	join, cut parallel.Loop
}

// run is a range of the elements of a piece's block: n of them, from place from of the piece's block and place at of
// the whole one.
type run struct{ piece, from, at, n int }

// NewPieces returns a plan for pieces whose blocks have so many elements each.
func NewPieces[T kernels.Float](outer int, widths ...int) *Pieces[T] {
	p := &Pieces[T]{outer: outer, widths: widths}
	for piece, width := range widths {
		for from := 0; from < width; from += parallel.PartSize {
			n := min(parallel.PartSize, width-from)
			p.runs = append(p.runs, run{piece, from, p.whole + from, n})
		}
		p.whole += width
	}
	size := kernels.CeilDiv(p.whole, max(len(p.runs), 1))
	p.join = parallel.NewLoop(outer*len(p.runs), size, func(from, to int) {
		p.each(from, to, func(piece []T, tensor []T) { copy(tensor, piece) }, func(tensor []T) { clear(tensor) })
	})
	p.cut = parallel.NewLoop(outer*len(p.runs), size, func(from, to int) {
		p.each(from, to, func(piece []T, tensor []T) { copy(piece, tensor) }, func([]T) {})
	})
	return p
}

// each calls both for the runs from up to to, counted through all blocks, or missing for those of a piece that is nil.
func (p *Pieces[T]) each(from, to int, both func(piece, tensor []T), missing func(tensor []T)) {
	for i := from; i < to; i++ {
		block, r := i/len(p.runs), &p.runs[i%len(p.runs)]
		tensor := p.tensor[block*p.whole+r.at:][:r.n]
		if piece := p.pieces[r.piece]; piece != nil {
			both(piece[block*p.widths[r.piece]+r.from:][:r.n], tensor)
		} else {
			missing(tensor)
		}
	}
}

// Join sets the tensor to its pieces one after another. A piece that is nil counts as zeros.
func (p *Pieces[T]) Join(tensor []T, pieces [][]T) { p.run("Pieces.Join", tensor, pieces, p.join) }

// Cut sets each of the pieces that is not nil to its part of the tensor.
func (p *Pieces[T]) Cut(pieces [][]T, tensor []T) { p.run("Pieces.Cut", tensor, pieces, p.cut) }

func (p *Pieces[T]) run(op string, tensor []T, pieces [][]T, loop parallel.Loop) {
	kernels.CheckLen(op, "the tensor", len(tensor), p.outer*p.whole)
	kernels.CheckLen(op, "the list of pieces", len(pieces), len(p.widths))
	for i, piece := range pieces {
		kernels.CheckLenOrNil(op, "a piece", piece, p.outer*p.widths[i])
	}
	p.tensor, p.pieces = tensor, pieces
	loop.Run()
	p.tensor, p.pieces = nil, nil
}
