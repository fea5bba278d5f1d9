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

// floorOf is the lower bound a product's result is clamped to: 0 with a ReLU, -Inf without.
func floorOf[T Float](relu bool) T {
	if relu {
		return 0
	}
	return T(math.Inf(-1))
}

// checkLen panics unless the slice called name has want elements.
func checkLen(op, name string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("kernels: %s: %s has %d elements, want %d", op, name, got, want))
	}
}

// checkLenOrNil is checkLen for a slice that may be nil.
func checkLenOrNil[T Float](op, name string, s []T, want int) {
	if s != nil {
		checkLen(op, name, len(s), want)
	}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
