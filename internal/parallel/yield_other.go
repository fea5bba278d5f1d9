//go:build !linux

package parallel

// yieldThread does nothing: only Linux needs it.
func yieldThread() {}
