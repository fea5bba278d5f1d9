//go:build !amd64 || noasm

package elementwise

import (
	"anneal/internal/kernels"
)

func reluSIMD[T kernels.Float](y, x []T) bool { return false }

func reluBackwardSIMD[T kernels.Float](dx, dy, y []T) bool { return false }

func dropoutSIMD[T kernels.Float](y, x, mask []T) bool { return false }

func addSIMD[T kernels.Float](_, _, _ []T) bool { return false }

func exponentialsSIMD[T kernels.Float](e, x []T, top T) bool { return false }

func clipScaleSIMD[T kernels.Float](dst, g []T, scale, clip T) bool { return false }

func addScaledSIMD[T kernels.Float](dst, w []T, l2 T) bool { return false }

func sizeSIMD[T kernels.Float](x []T) (size T, done int) { return 0, 0 }

func sgdSIMD[T kernels.Float](k *SGD[T], w, g, v []T) bool { return false }

func adamSIMD[T kernels.Float](k *Adam[T], w, g, m, v []T) bool { return false }
