//go:build !noasm

package kernels

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:generate go -C _gen run . -out ..

// bestVariant returns the last variant that the processor has.
func bestVariant() variant {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return generic
	case x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512VL && x.HasAVX512BW && x.HasBMI2:
		return avx512
	}
	return avx2
}

// Pointer returns a pointer to the first element of s, whose elements are float32. It panics if s is empty.
func Pointer[T Float](s []T) *float32 { return (*float32)(unsafe.Pointer(&s[0])) }

// SIMD reports whether the variant in use has SIMD kernels for T.
func SIMD[T Float]() bool {
	return active != generic && unsafe.Sizeof(T(0)) == unsafe.Sizeof(float32(0))
}

// Best returns its argument for the variant in use, AVX2 or AVX-512. Call it only if SIMD reports true.
func Best[K any](forAVX2, forAVX512 K) K {
	if active == avx512 {
		return forAVX512
	}
	return forAVX2
}

// multiplyAddSIMD is multiplyAdd with SIMD instructions. It returns 0 if the variant in use has none.
func multiplyAddSIMD(n int) int {
	if active == generic || n <= 0 {
		return 0
	}
	Best(multiplyAddAVX2, multiplyAddAVX512)(n)
	const chains = 12
	return 2 * chains * Best(8, 16) * n
}

// PointerOrNil is Pointer for a slice that may be nil.
func PointerOrNil[T Float](s []T) *float32 {
	if s == nil {
		return nil
	}
	return Pointer(s)
}

// Ahead returns a pointer to the element n elements after p.
func Ahead(p *float32, n int) *float32 { return (*float32)(unsafe.Add(unsafe.Pointer(p), 4*n)) }
