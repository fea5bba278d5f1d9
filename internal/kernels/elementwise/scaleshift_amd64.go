//go:build !noasm

package elementwise

import (
	"unsafe"

	"anneal/internal/kernels"
)

// ScaleShiftPointer is pointerOrNil for maps.
func ScaleShiftPointer[T kernels.Float](maps []ScaleShift[T]) *float32 {
	if maps == nil {
		return nil
	}
	return (*float32)(unsafe.Pointer(&maps[0]))
}
