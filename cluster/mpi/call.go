//go:build mpi && (linux || darwin)

package mpi

import (
	"unsafe"

	"github.com/ebitengine/purego"
)

// call calls a function of C that returns an int. An argument that is an address must be converted in the call itself,
// as in uintptr(unsafe.Pointer(&x)): uintptrescapes then keeps x where it is until the function returns.
//
//go:uintptrescapes
func call(function uintptr, args ...uintptr) int32 {
	r, _, _ := purego.SyscallN(function, args...)
	return int32(r)
}

// abiVersion calls MPI_Abi_get_version.
func abiVersion(function uintptr, major, minor *int32) int32 {
	return call(function, uintptr(unsafe.Pointer(major)), uintptr(unsafe.Pointer(minor)))
}
