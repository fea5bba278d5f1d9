//go:build !linux

package kernels

// yieldThread is needed on Linux.
func yieldThread() {}
