//go:build !noasm

package elementwise

import (
	"unsafe"

	"anneal/internal/kernels"
)

// ScaleShiftPointer returns a pointer to the first number of maps, whose numbers are float32, or nil if maps is nil.
func ScaleShiftPointer[T kernels.Float](maps []ScaleShift[T]) *float32 {
	if maps == nil {
		return nil
	}
	return (*float32)(unsafe.Pointer(&maps[0]))
}
