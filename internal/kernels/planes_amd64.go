//go:build !noasm

package kernels

import (
	"math"
	"unsafe"
)

// The functions below run SIMD kernels if there are any for T, and else return false. The kernels trust the lengths, so
// every slice is cut to its own here.

func statisticsSIMD[T Float](sums []moments, x []T, size int) bool {
	if !simd[T]() || len(sums) == 0 {
		return false
	}
	x = x[:len(sums)*size]
	// Four elements away from the edges, where padding may make values unlike the others.
	at := func(share int) int { return size * share / 64 * 4 }
	kernel := statisticsAVX2
	if active == avx512 {
		kernel = statisticsAVX512
	}
	kernel(&sums[0].first, pointer(x), len(sums), size, at(11), at(26), at(41), at(57), 1/float64(size))
	return true
}

func affineForwardSIMD[T Float](y, x []T, maps []affine[T], ch, size int, relu bool) bool {
	if !simd[T]() || len(x) == 0 {
		return false
	}
	floor := float32(math.Inf(-1))
	if relu {
		floor = 0
	}
	kernel := affineForwardAVX2
	if active == avx512 {
		kernel = affineForwardAVX512
	}
	kernel(pointer(y[:len(x)]), pointer(x), mapsPointer(maps), ch, len(maps), len(x)/size, size, floor)
	return true
}

func affineBackwardSIMD[T Float](dx, dy, x, y []T, maps []affine[T], ch, size int) bool {
	if !simd[T]() || len(x) == 0 {
		return false
	}
	if y != nil {
		y = y[:len(x)]
	}
	kernel := affineBackwardAVX2
	if active == avx512 {
		kernel = affineBackwardAVX512
	}
	kernel(pointer(dx[:len(x)]), pointer(dy[:len(x)]), pointer(x), pointerOrNil(y), mapsPointer(maps), ch, len(maps), len(x)/size, size)
	return true
}

func affineReduceSIMD[T Float](sums []moments, dy, x, y []T, maps []affine[T], ch, size int) bool {
	if !simd[T]() || len(sums) == 0 {
		return false
	}
	n := len(sums) * size
	if y != nil {
		y = y[:n]
	}
	kernel := affineReduceAVX2
	if active == avx512 {
		kernel = affineReduceAVX512
	}
	kernel(&sums[0].first, pointer(dy[:n]), pointer(x[:n]), pointerOrNil(y), mapsPointer(maps), ch, len(maps), len(sums), size)
	return true
}

// pointerOrNil is pointer for a slice that may be nil.
func pointerOrNil[T Float](s []T) *float32 {
	if s == nil {
		return nil
	}
	return pointer(s)
}

// mapsPointer is pointerOrNil for maps.
func mapsPointer[T Float](maps []affine[T]) *float32 {
	if maps == nil {
		return nil
	}
	return (*float32)(unsafe.Pointer(&maps[0]))
}

func halvesForwardSIMD[T Float](y, chosen, x []T, maps []affine[T], ch, h, w int) bool {
	if !simd[T]() || len(x) == 0 {
		return false
	}
	for _, a := range maps {
		if !(a.scale < 0 || a.scale > 0) {
			return false
		}
	}
	y = y[:len(x)/4]
	if chosen != nil {
		chosen = chosen[:len(y)]
	}
	kernel := halvesForwardAVX2
	if active == avx512 {
		kernel = halvesForwardAVX512
	}
	first, channels := mapsPointer(maps), len(maps)
	if maps == nil {
		first, ch, channels = &identity.center, 0, 1
	}
	kernel(pointer(y), pointerOrNil(chosen), pointer(x), first, ch, channels, len(x)/(h*w), h/2, 4*w, w/2)
	return true
}

var identity = affine[float32]{scale: 1}

func halvesBackwardSIMD[T Float](dx, dy, x, y []T, maps []affine[T], ch, h, w int) bool {
	if !simd[T]() || len(x) == 0 {
		return false
	}
	dx, y, dy = dx[:len(x)], y[:len(x)/4], dy[:len(x)/4]
	kernel := halvesBackwardAVX2
	switch {
	case maps == nil && active == avx512:
		kernel = halvesUnpoolAVX512
	case maps == nil:
		kernel = halvesUnpoolAVX2
	case active == avx512:
		kernel = halvesBackwardAVX512
	}
	kernel(pointer(dx), pointer(dy), pointer(x), pointer(y), mapsPointer(maps), ch, len(maps), len(x)/(h*w), h/2, 4*w, w/2)
	return true
}
