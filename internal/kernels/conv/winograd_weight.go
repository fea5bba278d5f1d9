package conv

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
	"anneal/internal/parallel"
)

// winogradWeight computes dw and db of a convolution by Winograd's algorithm.
//
// M is the transformed dy. The products Vᵀ·M at each point, [c][o], are the transformed dw, of which there is one for
// each share of the units; a share adds its units up, in order, and then the shares are added, in order. The work is
// cut into shares times slices of the input channels.
type winogradWeight[T kernels.Float] struct {
	winogradLayout // of one slice
	shape          Shape
	cut            winogradWeightCut
	args           *arguments[T]
	memory         *winogradMemory[T]
	steps          []gemm.Pair // from one row of V and M to the next
	ones           []gemm.Pair // from one pixel of dy to the next
	one            []T

	du, db        []T         // [share][c][point][o], [share][o]
	sums          []gemm.Pair // from one share's du to the next's
	dbSums        []gemm.Pair // from one share's db to the next's
	totals        [][]T       // by slot: the transformed dw of one input, [point][o]
	kernels       [][]T       // by slot: dw of one input, [ky, kx][o]
	uAt, kernelAt places      // elements of them
	kernelWork    *parallel.Work
}

func newWinogradWeight[T kernels.Float](args *arguments[T], memory *winogradMemory[T], s Shape,
	cut winogradWeightCut,
) *winogradWeight[T] {
	slice := s
	slice.C /= cut.slices
	w := &winogradWeight[T]{
		winogradLayout: newWinogradLayout(slice, cut.winogradCut), shape: s, cut: cut, args: args,
		memory: memory, one: []T{1},
	}
	memory.reserve(&w.winogradLayout)
	for t := range cut.patches() {
		w.steps = append(w.steps, gemm.Pair{A: int32(t * slice.C), B: int32(t * s.OutC)})
	}
	for _, at := range w.out.at {
		w.ones = append(w.ones, gemm.Pair{A: 0, B: at})
	}
	size := s.C * winogradPoints * s.OutC
	w.du, w.db = kernels.Make[T](cut.shares*size), kernels.Make[T](cut.shares*s.OutC)
	for share := range cut.shares {
		w.sums = append(w.sums, gemm.Pair{A: 0, B: int32(share * size)})
		w.dbSums = append(w.dbSums, gemm.Pair{A: 0, B: int32(share * s.OutC)})
	}
	slots := min(winogradKernelParts(s), parallel.MaxSlots)
	w.totals, w.kernels = kernels.Scratch[T](slots, winogradPoints*s.OutC), kernels.Scratch[T](slots, 9*s.OutC)
	w.uAt, w.kernelAt = evenPlaces(winogradPoints, s.OutC), evenPlaces(9, s.OutC)
	w.kernelWork = parallel.New(w.kernelPart)
	return w
}

func (w *winogradWeight[T]) prepare() {}

func (w *winogradWeight[T]) parts() int { return w.cut.shares * w.cut.slices }

func (w *winogradWeight[T]) part(i, slot int) {
	if w.args.dw == nil && w.args.db == nil {
		return
	}
	share, slice := i/w.cut.slices, i%w.cut.slices
	from, to := parallel.Range(share, w.cut.shares, w.cut.units())
	for i := from; i < to; i++ {
		w.unit(w.cut.unit(i), share, slice, slot, i > from)
	}
}

// unit adds the share of a unit and a slice of channels to dw and db, or sets them to it.
func (w *winogradWeight[T]) unit(u unit, share, slice, slot int, add bool) {
	s, channels := &w.shape, w.in.c
	v, m, in, out := w.memory.of(&w.winogradLayout, slot)
	clear(out[len(out)-s.OutC:])
	from, to := u.planeRows(winogradOut, 0, w.out.h)
	image := s.OutC * w.out.h * w.out.w
	packNHWC(&w.out, out, w.args.dy[u.first*image:], image, u.images, from, to)
	if w.args.db != nil && slice == 0 {
		pixels := u.images * (to - from) * w.out.w
		gemm.AddNN(w.db[share*s.OutC:], 0, w.one, 0, out[from*w.out.w*s.OutC:], w.ones[:pixels], 1, s.OutC, add)
	}
	if w.args.dw == nil {
		return
	}
	from, to = u.planeRows(winogradIn, s.PadH, s.H)
	image = s.C * s.H * s.W
	packNHWC(&w.in, in, w.args.x[u.first*image+slice*channels*s.H*s.W:], image, u.images, from, to)
	first, n := w.cut.patchesOf(u)
	for t := range n {
		applyTransform(inputTransform, v[t*channels:], w.vAt, in, w.inPatches.of(first+t, winogradPoints), channels)
		applyTransform(outputGradientTransform, m[t*s.OutC:], w.mAt, out, w.outPatches.of(first+t, winogradOut*winogradOut),
			s.OutC)
	}
	du := w.du[(share*s.C+slice*channels)*winogradPoints*s.OutC:]
	for p := range winogradPoints {
		gemm.AddNN(du[p*s.OutC:], winogradPoints*s.OutC, v[w.vAt.at[p]:], 1, m[w.mAt.at[p]:], w.steps[:n], channels, s.OutC,
			add)
	}
}

// finish adds the shares up and transforms dw back.
func (w *winogradWeight[T]) finish() {
	if w.args.dw != nil || w.args.db != nil {
		w.kernelWork.Run(winogradKernelParts(w.shape))
	}
}

func (w *winogradWeight[T]) kernelPart(i, slot int) {
	s, none := &w.shape, kernels.LowerBound[T](false)
	if w.args.db != nil && i == 0 {
		gemm.NN(w.args.db, 0, w.one, 0, w.db, w.dbSums, 1, s.OutC, nil, nil, none)
	}
	if w.args.dw == nil {
		return
	}
	total, inputKernels := w.totals[slot], w.kernels[slot]
	from, to := parallel.Range(i, winogradKernelParts(w.shape), s.C)
	for c := from; c < to; c++ {
		gemm.NN(total, 0, w.one, 0, w.du[c*len(total):], w.sums, 1, len(total), nil, nil, none)
		applyTransform(kernelGradientTransform, inputKernels, w.kernelAt, total, w.uAt, s.OutC)
		gemm.Transpose(w.args.dw[c*9:], 9*s.C, inputKernels, w.kernelAt.at, s.OutC)
	}
}
