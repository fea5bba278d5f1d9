package conv

import (
	"slices"

	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
	"anneal/internal/parallel"
)

// winogradForward computes y of a convolution by Winograd's algorithm, or dx, which is the convolution of dy with the
// kernels rotated by 180° and their inputs and outputs exchanged. For each unit, M is the product of V and U,
// [point][c][o], at each point.
type winogradForward[T kernels.Float] struct {
	winogradLayout
	isInput bool // dx, not y
	args    *arguments[T]
	memory  *winogradMemory[T]
	steps   []gemm.Pair // from one column of V to the next, and from one row of U

	kernels       [][]T   // by slot: the kernels of one input, [ky, kx][o]
	kernelsAt     []int32 // where those of the first input start in w, by output
	inputStep     int     // from the kernels of one input to those of the next in w
	kernelAt, uAt places  // elements of the kernels of one input
	kernelWork    *parallel.Work
}

func newWinogradForward[T kernels.Float](args *arguments[T], memory *winogradMemory[T], s Shape, isInput bool,
	cut winogradCut,
) *winogradForward[T] {
	f := &winogradForward[T]{winogradLayout: newWinogradLayout(s, cut), isInput: isInput, args: args, memory: memory}
	memory.reserve(&f.winogradLayout)
	for c := range s.C {
		f.steps = append(f.steps, gemm.Pair{A: int32(c), B: int32(c * s.OutC)})
	}
	f.kernels = kernels.Scratch[T](min(f.kernelParts(), parallel.MaxSlots), 9*s.OutC)
	f.kernelAt, f.uAt = evenPlaces(9, s.OutC), pointPlaces(s.C*s.OutC)
	memory.kernels = kernels.Make[T](f.uAt.size())
	f.kernelsAt, f.inputStep = evenPlaces(s.OutC, 9*s.C).at, 9
	if isInput {
		f.kernelsAt, f.inputStep = evenPlaces(s.OutC, 9).at, 9*s.OutC
		slices.Reverse(f.kernelAt.at)
	}
	f.kernelWork = parallel.New(f.kernelPart)
	return f
}

// prepare transforms the kernels.
func (f *winogradForward[T]) prepare() {
	if !f.isInput || f.args.dx != nil {
		f.kernelWork.Run(f.kernelParts())
	}
}

func (f *winogradForward[T]) kernelParts() int { return winogradKernelParts(f.shape) }

func (f *winogradForward[T]) kernelPart(i, slot int) {
	s, inputKernels := &f.shape, f.kernels[slot]
	from, to := parallel.Range(i, f.kernelParts(), s.C)
	for c := from; c < to; c++ {
		gemm.Transpose(inputKernels, s.OutC, f.args.w[c*f.inputStep:], f.kernelsAt, 9)
		applyTransform(kernelTransform, f.memory.kernels[c*s.OutC:], f.uAt, inputKernels, f.kernelAt, s.OutC)
	}
}

func (f *winogradForward[T]) parts() int { return f.cut.units() }

func (f *winogradForward[T]) part(i, slot int) {
	x, y, bias, lower := f.args.x, f.args.y, f.args.bias, f.args.lower
	if f.isInput {
		x, y, bias, lower = f.args.dy, f.args.dx, nil, kernels.LowerBound[T](false)
		if y == nil {
			return
		}
	}
	s, u, transformed := &f.shape, f.cut.unit(i), f.memory.kernels
	v, m, in, out := f.memory.of(&f.winogradLayout, slot)
	first, n := f.cut.patchesOf(u)
	from, to := u.planeRows(winogradIn, s.PadH, s.H)
	image := s.C * s.H * s.W
	packNHWC(&f.in, in, x[u.first*image:], image, u.images, from, to)
	for t := range n {
		applyTransform(inputTransform, v[t*s.C:], f.vAt, in, f.inPatches.of(first+t, winogradPoints), s.C)
	}
	for p := range winogradPoints {
		gemm.NN(m[f.mAt.at[p]:], s.OutC, v[f.vAt.at[p]:], s.C, transformed[f.uAt.at[p]:], f.steps, n, s.OutC, nil, nil,
			kernels.LowerBound[T](false))
	}
	for t := range n {
		applyOutputTransform(out, f.outPatches.of(first+t, winogradOut*winogradOut), m[t*s.OutC:], f.mAt, s.OutC, bias, lower)
	}
	from, to = u.planeRows(winogradOut, 0, f.out.h)
	unpackNHWC(&f.out, y[u.first*s.OutC*f.out.h*f.out.w:], out, u.images, from, to)
}

func (f *winogradForward[T]) finish() {}
