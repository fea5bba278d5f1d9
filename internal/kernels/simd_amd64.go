//go:build !noasm

package kernels

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:generate go -C _gen run . -out ..

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

// Pointer returns where s, whose elements are float32, begins. It panics if s is empty.
func Pointer[T Float](s []T) *float32 { return (*float32)(unsafe.Pointer(&s[0])) }

// SIMD reports whether the active variant has SIMD kernels for T.
func SIMD[T Float]() bool {
	return active != generic && unsafe.Sizeof(T(0)) == unsafe.Sizeof(float32(0))
}

// Best returns the kernel for AVX-512 if that is the active variant, and else the one for AVX2.
func Best[K any](forAVX2, forAVX512 K) K {
	if active == avx512 {
		return forAVX512
	}
	return forAVX2
}

// multiplyAddSIMD does n rounds of Peak with SIMD instructions, and returns the number of operations; 0 if there are none.
func multiplyAddSIMD(n int) int {
	if active == generic || n <= 0 {
		return 0
	}
	Best(multiplyAddAVX2, multiplyAddAVX512)(n)
	const chains = 12
	return 2 * chains * Best(8, 16) * n
}

// PointerOrNil is pointer for a slice that may be nil.
func PointerOrNil[T Float](s []T) *float32 {
	if s == nil {
		return nil
	}
	return Pointer(s)
}

// Ahead returns where the element n after p is.
func Ahead(p *float32, n int) *float32 { return (*float32)(unsafe.Add(unsafe.Pointer(p), 4*n)) }
