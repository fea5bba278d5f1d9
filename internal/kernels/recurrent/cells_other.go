//go:build !amd64 || noasm

package recurrent

import (
	"anneal/internal/kernels"
)

// There are no SIMD kernels.

func rnnForwardSIMD[T kernels.Float](_, _ []T, _ int, _ []T, _ int, _ bool) bool { return false }

func rnnBackwardSIMD[T kernels.Float](_, _, _ []T, _ int, _ []T, _ int, _ bool) bool { return false }

func gruForwardSIMD[T kernels.Float](_, _ []T, _ int, _, _ []T, _ int) bool { return false }

func gruBackwardSIMD[T kernels.Float](_, _, _ []T, _ int, _ []T, _ int) bool { return false }

func lstmCellSIMD[T kernels.Float](_, _, _ []T, _ int) bool { return false }

func lstmOutputSIMD[T kernels.Float](_, _ []T, _ int, _, _ []T, _ int) bool { return false }

func lstmOutputBackwardSIMD[T kernels.Float](_, _, _, _ []T, _, _ int) bool { return false }

func lstmCellBackwardSIMD[T kernels.Float](_, _, _, _ []T, _ int) bool { return false }
