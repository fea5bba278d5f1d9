//go:build !playwasm

package play

var embedded *Program // Compiled compiles it
