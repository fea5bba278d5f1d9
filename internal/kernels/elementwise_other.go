//go:build !amd64 || noasm

package kernels

func reluSIMD[T Float](y, x []T) bool { return false }

func reluBackwardSIMD[T Float](dx, dy, y []T) bool { return false }

func dropoutSIMD[T Float](y, x, mask []T) bool { return false }

func exponentialsSIMD[T Float](e, x []T, top T) bool { return false }

func clippedSIMD[T Float](dst, g []T, scale, clip T) bool { return false }

func addScaledSIMD[T Float](dst, w []T, l2 T) bool { return false }

func sgdSIMD[T Float](k *SGD[T], w, g, v []T) bool { return false }

func adamSIMD[T Float](k *Adam[T], w, g, m, v []T) bool { return false }
