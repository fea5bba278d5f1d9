//go:build !linux

package parallel

// YieldThread does nothing: only Linux needs it.
func YieldThread() {}
