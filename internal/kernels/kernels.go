// Package kernels computes what the ops of package graph need on flat slices: convolution, linear layers, batch
// normalization, pooling, activations, cross-entropy and solver updates, forward and backward.
//
// Tensors are dense and row-major: images are [N, C, H, W], convolution weights [out, in/groups, kh, kw], linear weights
// [out, in]. float64 runs in plain Go. float32 runs through a few SIMD kernels where the processor has them.
//
// On amd64 there are two sets of them, for AVX2 with FMA and for AVX-512, and the best that the processor has is used. The
// environment variable ANNEAL_KERNELS chooses another: generic (plain Go), avx2 or avx512. For a value that is unknown or
// that the processor does not have, Choice returns an error. Elsewhere, and in a build with -tags noasm, all runs in plain
// Go. _gen, a module of its own, generates the assembly; go generate runs it.
//
// Work that repeats is a plan: New... makes it once, with its scratch memory, for one shape; its methods then allocate
// nothing. A plan must not be used by two goroutines at once, different plans may.
//
// Every result has the same bits for any GOMAXPROCS: work is cut into parts that depend on the shape alone, and partial
// sums are added in a fixed order. Convolutions and linear layers have the same bits with AVX2 and AVX-512 too.
package kernels

import (
	"fmt"
	"math"
)

// Float is the element type of a tensor.
type Float interface{ float32 | float64 }

// LowerBound returns the lower bound that results are clamped to: 0 with a ReLU, −Inf without.
func LowerBound[T Float](relu bool) T {
	if relu {
		return 0
	}
	return T(math.Inf(-1))
}

// CheckLen panics unless the slice called name has want elements.
func CheckLen(op, name string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("kernels: %s: %s has %d elements, want %d", op, name, got, want))
	}
}

// CheckLenOrNil is CheckLen for a slice that may be nil.
func CheckLenOrNil[T Float](op, name string, s []T, want int) {
	if s != nil {
		CheckLen(op, name, len(s), want)
	}
}

// CeilDiv returns a/b rounded up, for a ≥ 0 and b > 0.
func CeilDiv(a, b int) int { return (a + b - 1) / b }

// Clamp returns max(v, lower), and NaN for NaN.
func Clamp[T Float](v, lower T) T {
	if v < lower {
		return lower
	}
	return v
}

// Lanes is the number of float32 elements of an AVX-512 vector, or of two of AVX2.
const Lanes = 16

// MaxParts is about how many parts a pass is cut into if its size allows.
const MaxParts = 16

// Scratch returns memory of n elements for each slot; see package parallel.
func Scratch[T Float](slots, n int) [][]T {
	s := make([][]T, slots)
	for i := range s {
		s[i] = make([]T, n)
	}
	return s
}
